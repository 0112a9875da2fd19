"""All panels around one task."""

from leyden.widget.workbench.panel import Workbench, WorkbenchSection
from leyden.widget.workbench.record import Exported, Training
from leyden.widget.workbench.view import WorkbenchView

__all__ = ["Exported", "Training", "Workbench", "WorkbenchSection", "WorkbenchView"]
