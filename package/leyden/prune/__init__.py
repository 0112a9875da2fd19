"""Pruning as a function of a model: `sparse = prune(model, Magnitude(0.8))`.

`where=` says what may be pruned, a method says what to keep, `carry` takes the optimiser along, `sparsity` reports,
and `bake` gives a plain model back.
"""

from leyden.prune.masking import Masked
from leyden.prune.methods import Keep, Magnitude, Method, Random, Rule, Scope, Threshold
from leyden.prune.optimiser import carry
from leyden.prune.pruning import bake, masks, prune
from leyden.prune.report import Row, Sparsity, sparsity
from leyden.prune.selection import Place, Selector, Where, depthwise, layers, named, places

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
    "Selector",
    "Sparsity",
    "Threshold",
    "Where",
    "bake",
    "carry",
    "depthwise",
    "layers",
    "masks",
    "named",
    "places",
    "prune",
    "sparsity",
]
