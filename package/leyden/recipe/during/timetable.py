"""When changes are due: a first one, and others after it, so many epochs or steps apart."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, final

from leyden.errors import PruneError

__all__ = ["Timetable", "Unit"]

Unit: TypeAlias = Literal["epoch", "step"]
"""What is counted: epochs, or steps of the optimisers as `trainer.global_step` counts them."""


@final
@dataclass(frozen=True)
class Timetable:
    """Times of several changes in a run.

    Args:
        changes: how many there are.
        begin: epochs or steps that are done before the first.
        every: epochs or steps from one to the next.
        unit: which of the two.

    Raises:
        PruneError: if a number is not whole or too small, or the unit is none; all faults at once.

    Examples:
        >>> Timetable(3, begin=100, every=10, unit="step").last
        120
    """

    changes: int
    begin: int = 0
    every: int = 1
    unit: Unit = "epoch"

    def __post_init__(self) -> None:
        faults = [
            f"{name} is a whole number of {least} or more; {value!r} was given"
            for name, value, least in (("begin", self.begin, 0), ("every", self.every, 1))
            if isinstance(value, bool) or not isinstance(value, int) or value < least
        ]
        if self.unit not in ("epoch", "step"):
            faults.append(f'unit is "epoch" or "step"; {self.unit!r} was given')
        if faults:
            raise PruneError("; ".join(faults))

    @property
    def last(self) -> int:
        """How many epochs or steps are done before the last change."""
        return self.begin + (self.changes - 1) * self.every

    def due(self, now: int) -> int:
        """Say how many changes are to have been made once so many epochs or steps are done.

        Examples:
            >>> [Timetable(2, begin=1, every=2).due(now) for now in range(5)]
            [0, 1, 1, 2, 2]
        """
        return 0 if now < self.begin else min((now - self.begin) // self.every + 1, self.changes)
