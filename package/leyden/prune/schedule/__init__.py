"""How much to prune when: levels that rise step by step, and a search for the highest that a model can bear."""

from leyden.prune.schedule.asking import At, methods_for
from leyden.prune.schedule.levels import annealed, check_levels, geometric, gradual
from leyden.prune.schedule.searching import Search, Status, Trial, Way, prune_until

__all__ = [
    "At",
    "Search",
    "Status",
    "Trial",
    "Way",
    "annealed",
    "check_levels",
    "geometric",
    "gradual",
    "methods_for",
    "prune_until",
]
