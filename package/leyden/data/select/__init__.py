"""Views that choose elements by what they are: filtered, grouped, matched, weighted, balanced, dealt out to ranks.

`notes` and `key` hold what they share; every other file is one or two verbs. The public names live in `leyden.data`.
"""

from leyden.data.select.balance import oversample, undersample
from leyden.data.select.beside import zip
from leyden.data.select.condition import filter
from leyden.data.select.grouping import Groups, group
from leyden.data.select.matching import Joined, Unmatched, join
from leyden.data.select.neighbours import window
from leyden.data.select.ranks import shard
from leyden.data.select.sampler import sample
from leyden.data.select.weighting import weighted_sample

__all__ = [
    "Groups",
    "Joined",
    "Unmatched",
    "filter",
    "group",
    "join",
    "oversample",
    "sample",
    "shard",
    "undersample",
    "weighted_sample",
    "window",
    "zip",
]
