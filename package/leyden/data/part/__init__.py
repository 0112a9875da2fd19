"""Parting one container into several for training and testing. The public names live in `leyden.data`."""

from leyden.data.part.combination import Leavings, leave_out
from leyden.data.part.partition import kfolds, split
from leyden.data.part.series import time_series_folds

__all__ = [
    "Leavings",
    "kfolds",
    "leave_out",
    "split",
    "time_series_folds",
]
