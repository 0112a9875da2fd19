"""Layouts of folders: which files belong to one case."""

from leyden.medical.case.layout.brats import find_brats
from leyden.medical.case.layout.found import Found, Part
from leyden.medical.case.layout.msd import find_msd, is_msd
from leyden.medical.case.layout.pattern import find_by_pattern

__all__ = ["Found", "Part", "find_brats", "find_by_pattern", "find_msd", "is_msd"]
