"""Cases: which files show one patient at one time, in the layouts of MSD, BraTS and by a pattern."""

from leyden.medical.case.container import Cases, as_cases
from leyden.medical.case.declared import scans
from leyden.medical.case.finding import cases_in
from leyden.medical.case.inspecting import CaseRow, Fault, Inspection, inspect
from leyden.medical.case.study import Case, Series

__all__ = [
    "Case", "CaseRow", "Cases", "Fault", "Inspection", "Series", "as_cases", "cases_in", "inspect", "scans",
]  # fmt: skip
