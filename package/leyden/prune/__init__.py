"""Pruning as a function of a model: `sparse = prune(model, Magnitude(0.8))`.

`where=` says what may be pruned, a method says what to keep, `carry` takes the optimiser along, `sparsity` reports,
and `bake` gives a plain model back.
"""

from leyden.prune.masking import Masked
from leyden.prune.method import (
    BatchNormScale, Channels, Filters, GeometricMedian, Magnitude, Random, SemiStructured, Side, Structured, Threshold,
    channels,
)  # fmt: skip
from leyden.prune.optimiser import carry, mask_history_
from leyden.prune.pruning import bake, masks, prune, prune_, remask, remask_
from leyden.prune.ranking import Scope, keep_highest
from leyden.prune.regrowth import Regrowth, regrow, regrow_
from leyden.prune.report import Row, Sparsity, sparsity
from leyden.prune.rewinding import rewind
from leyden.prune.schedule import At, Search, Status, Trial, Way, annealed, geometric, gradual, prune_until
from leyden.prune.score import (
    Batches, Feed, Grasp, Loss, Movement, Snip, SynFlow, Taylor, Wanda, cross_entropy, gradients,
)  # fmt: skip
from leyden.prune.scored import Scored
from leyden.prune.selection import Place, Selector, Where, depthwise, layers, named, places
from leyden.prune.subject import Keep, Method, Rule, Subject

__all__ = [
    "At", "BatchNormScale", "Batches", "Channels", "Feed", "Filters", "GeometricMedian", "Grasp", "Keep", "Loss",
    "Magnitude", "Masked", "Method", "Movement", "Place", "Random", "Regrowth", "Row", "Rule", "Scope", "Scored",
    "Search", "Selector", "SemiStructured", "Side", "Snip", "Sparsity", "Status", "Structured", "Subject", "SynFlow",
    "Taylor", "Threshold", "Trial", "Wanda", "Way", "Where", "annealed", "bake", "carry", "channels", "cross_entropy",
    "depthwise", "geometric", "gradients", "gradual", "keep_highest", "layers", "mask_history_", "masks", "named",
    "places", "prune", "prune_", "prune_until", "regrow", "regrow_", "remask", "remask_", "rewind", "sparsity",
]  # fmt: skip
