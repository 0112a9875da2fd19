"""Looking at every case before training: what there is, and what is wrong with it."""

from leyden.medical.case.inspecting.inspection import Inspection, inspect
from leyden.medical.case.inspecting.row import CaseRow, Fault

__all__ = ["CaseRow", "Fault", "Inspection", "inspect"]
