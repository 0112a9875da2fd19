"""Laws for transforms: what every one of leyden's keeps, for those of one's own."""

from leyden.augment.checking.tried import check_transform
from leyden.augment.checking.verdict import Finding, Report

__all__ = ["Finding", "Report", "check_transform"]
