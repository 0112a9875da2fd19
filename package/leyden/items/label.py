"""Labels: what a whole sample is."""

from dataclasses import dataclass
from typing import final

from leyden.items.grid.move import Move
from leyden.items.item import Item, complain

__all__ = ["Label"]


@final
@dataclass(frozen=True, eq=False)
class Label(Item):
    """A class of the whole sample; no move and no colour changes it.

    Args:
        index: 0 and up.
        classes: the names of all classes in order, or none.

    Raises:
        ItemError: the index is negative or beyond the classes.

    Examples:
        >>> Label(1, ("cat", "dog")).name
        'dog'
        >>> Label(3)
        Label(index=3, classes=())
    """

    index: int
    classes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        faults: list[str] = []
        if self.index < 0:
            faults.append(f"wants an index of 0 and up, got {self.index}")
        if self.classes and self.index >= len(self.classes):
            faults.append(f"index {self.index} is beyond the {len(self.classes)} classes {self.classes}")
        complain("Label", faults)

    @property
    def size(self) -> None:
        """None: a label lives on no grid."""
        return

    @property
    def name(self) -> str:
        """The name of the class; its index in digits if classes have no names."""
        return self.classes[self.index] if self.classes else str(self.index)

    def warp(self, move: Move) -> "Label":
        """Give the label itself."""
        del move
        return self
