"""Pruning as a function of a model: `sparse = prune(model, Magnitude(0.8))`.

`where=` says what may be pruned, a method says what to keep, `carry` takes the optimiser along, `sparsity` reports,
and `bake` gives a plain model back.
"""

from leyden.prune.masking import Masked
from leyden.prune.method import Magnitude, Random, Threshold
from leyden.prune.optimiser import carry
from leyden.prune.pruning import bake, masks, prune, prune_, remask, remask_
from leyden.prune.ranking import Scope, keep_highest
from leyden.prune.report import Row, Sparsity, sparsity
from leyden.prune.scored import Scored
from leyden.prune.selection import Place, Selector, Where, depthwise, layers, named, places
from leyden.prune.subject import Keep, Method, Rule, Subject

__all__ = [
    "Keep",
    "Magnitude",
    "Masked",
    "Method",
    "Place",
    "Random",
    "Row",
    "Rule",
    "Scope",
    "Scored",
    "Selector",
    "Sparsity",
    "Subject",
    "Threshold",
    "Where",
    "bake",
    "carry",
    "depthwise",
    "keep_highest",
    "layers",
    "masks",
    "named",
    "places",
    "prune",
    "prune_",
    "remask",
    "remask_",
    "sparsity",
]
