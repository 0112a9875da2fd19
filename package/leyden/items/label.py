"""Labels: what a whole sample is, for certain or in shares."""

from dataclasses import dataclass
from numbers import Integral
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from leyden.items.grid.move import Move
from leyden.items.item import Item, complain, settle

__all__ = ["Label", "SoftLabel"]

_SUM = 1e-3
"""How far shares may be from 1 together: half precision keeps no more of hundreds of classes."""


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
        settle(self, ("classes",))
        if not isinstance(self.index, Integral):
            hint = "index.item()" if hasattr(self.index, "item") else "a number from 0 on, as classes.index(name)"
            complain("Label", [f"wants a whole number as index, got {self.index!r}; give {hint}"])
        object.__setattr__(self, "index", int(self.index))
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


@final
@dataclass(frozen=True, eq=False, repr=False)
class SoftLabel(Item):
    """How much of each class a sample is, as mixing leaves it; no move and no colour changes it.

    `torch.nn.functional.cross_entropy` takes a batch of `data` as its target.

    Args:
        data: a share a class, 0 and up, 1 together; real. Not copied.
        classes: the names of all classes in order, or none.

    Raises:
        ItemError: no such shares, or another number of classes.

    Examples:
        >>> SoftLabel(torch.tensor([0.25, 0.75]), ("cat", "dog"))
        SoftLabel(cat 0.25, dog 0.75)
        >>> SoftLabel.of(Label(2), 10)
        SoftLabel(2 1)
    """

    data: Float[Tensor, "class"]
    classes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.data, Tensor):
            complain("SoftLabel", [f"wants a tensor, got {type(self.data).__name__}; use torch.as_tensor"])
        settle(self, ("classes",))
        if not self.data.is_floating_point() or self.data.ndim != 1 or not len(self.data):
            complain(
                "SoftLabel",
                [f"wants one real share a class, got {self.data.dtype} of shape {tuple(self.data.shape)}"],
            )
        faults: list[str] = []
        low, total = self.data.min().item(), self.data.double().sum().item()
        if not (low >= 0 and abs(total - 1) <= _SUM):
            faults.append(f"wants shares of 0 and up that are 1 together, got {total:.4g}, the least {low:.4g}")
        if self.classes and len(self.classes) != len(self.data):
            faults.append(f"{len(self.classes)} classes {self.classes} for {len(self.data)} shares")
        complain("SoftLabel", faults)

    @staticmethod
    def of(label: Label, count: int = 0) -> "SoftLabel":
        """Give a label as shares: 1 of its class.

        Args:
            label: what the sample is.
            count: how many classes there are, if the label does not name them.

        Raises:
            ItemError: the number of classes is not known, or too small.
        """
        count = len(label.classes) or count
        if label.index >= count:
            complain("SoftLabel", [f"{label!r} among {count} classes; name all classes, or give how many there are"])
        shares = torch.zeros(count)
        shares[label.index] = 1.0
        return SoftLabel(shares, label.classes)

    @property
    def size(self) -> None:
        """None: a label lives on no grid."""
        return

    def warp(self, move: Move) -> "SoftLabel":
        """Give the label itself."""
        del move
        return self

    def __repr__(self) -> str:
        names = self.classes or tuple(map(str, range(len(self.data))))
        shares = zip(names, self.data.tolist(), strict=True)
        return f"SoftLabel({', '.join(f'{name} {share:.3g}' for name, share in shares if share)})"
