"""The log of a run: every call of every hook, how long it took, and what it wrote."""

from leyden.train.log.record import Event, Total, Write
from leyden.train.log.runlog import RunLog
from leyden.train.log.value import Value

__all__ = ["Event", "RunLog", "Total", "Value", "Write"]
