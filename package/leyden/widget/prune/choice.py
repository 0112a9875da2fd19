"""What is asked for, and what was asked for before: both values."""

from dataclasses import dataclass
from typing import final

from leyden.errors import PanelError

__all__ = ["Choice", "History"]


@final
@dataclass(frozen=True)
class Choice:
    """What is asked for: a share of zeros among the weights that may be pruned, a method, and which weights may be.

    Attributes:
        sparsity: share of zeros, from 0 to below 1.
        method: one of `PrunePanel.methods`.
        where: one of `PrunePanel.offers`.
        tuned: which network it is pruned from: 0 for the one given, n for the n-th that was tuned in the panel.

    Examples:
        >>> print(Choice(0.8, where="all but last layer"))
        80% of all but last layer by magnitude, global
    """

    sparsity: float = 0.0
    method: str = "magnitude, global"
    where: str = "every weight"
    tuned: int = 0

    def __str__(self) -> str:
        source = f", from tuning {self.tuned}" if self.tuned else ""
        return f"{100 * self.sparsity:.4g}% of {self.where} by {self.method}{source}"


@final
@dataclass(frozen=True)
class History:
    """A choice, those before it and those that were undone.

    Attributes:
        now: what is asked for now.
        past: what was asked for before, the oldest first.
        future: what was undone, the next first.

    Examples:
        >>> history = History(Choice()).to(Choice(0.5)).to(Choice(0.9)).back()
        >>> history.now.sparsity, len(history.past), len(history.future), history.forward().now.sparsity
        (0.5, 1, 1, 0.9)
    """

    now: Choice
    past: tuple[Choice, ...] = ()
    future: tuple[Choice, ...] = ()

    def to(self, choice: Choice) -> "History":
        """Go on to another choice, which ends what could be redone; to the same one is no step."""
        return self if choice == self.now else History(choice, (*self.past, self.now))

    def back(self) -> "History":
        """Go back to the choice before.

        Raises:
            PanelError: there is none.
        """
        if not self.past:
            raise PanelError("nothing to undo: this is where it began")
        return History(self.past[-1], self.past[:-1], (self.now, *self.future))

    def forward(self) -> "History":
        """Go forward to what was undone.

        Raises:
            PanelError: nothing was undone, or something else was asked for since.
        """
        if not self.future:
            raise PanelError("nothing to redo: nothing was undone since the last change")
        return History(self.future[0], (*self.past, self.now), self.future[1:])
