"""Labels by other numbers, and as one channel each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from numbers import Integral
from typing import ClassVar, final

import torch

from leyden.augment.chain.chance import check
from leyden.augment.fusing.step import Arguments, Numbers, register
from leyden.augment.label.base import Labelling
from leyden.errors import DrawError
from leyden.items import Item, Mask
from leyden.items.heatmap import Heatmap

__all__ = ["OneHot", "Remap"]


@final
@register
@dataclass(frozen=True, repr=False)
class OneHot(Labelling):
    """Give each mask one channel a class, 1 where its label is: a `Heatmap`, as soft losses want it; the last step.

    Inverting leaves heat maps what they are, as predictions are shares too; `Heatmap.to_mask` gives their labels.

    Args:
        classes: how many labels there are, the background 0 among them; at least 1.

    Raises:
        ItemError: when applied to a mask with a label beyond the classes.

    Examples:
        >>> OneHot(3)(torch.Generator(), Mask(torch.tensor([[0, 2]]))).data.tolist()
        [[[1.0, 0.0]], [[0.0, 0.0]], [[0.0, 1.0]]]
    """

    classes: int

    ends: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check(self, {"at least one class, a whole number": isinstance(self.classes, int) and self.classes >= 1})

    def relabel(self, numbers: Numbers, mask: Mask) -> Item:
        """Compare with each label."""
        del numbers
        return Heatmap.of_mask(mask, self.classes)

    def undo(self, numbers: Numbers, mask: Mask) -> Mask:
        """Give the mask itself: it has labels."""
        del numbers
        return mask

    def describe(self) -> str:
        """Say what happens."""
        return f"one-hot of {self.classes} classes"


@final
@register
@dataclass(frozen=True, init=False, repr=False)
class Remap(Labelling):
    """Give labels other numbers, all at once, so that two may change places.

    Inverting gives the old numbers, which needs all new ones to be different. Of labels that met at one number it
    gives the one that was named.

    Args:
        labels: new numbers by old ones, or pairs of them; each old one once.
        rest: the number of all labels that are not named; they keep theirs if left out.

    Raises:
        DrawError: when applied to a mask of a type that does not hold the new numbers.

    Examples:
        >>> tumour = Remap({1: 2, 2: 1, 4: 3})
        >>> tumour, tumour(torch.Generator(), Mask(torch.tensor([[0, 1, 2, 4]]))).data
        (Remap(((1, 2), (2, 1), (4, 3))), tensor([[0, 2, 1, 3]]))
    """

    labels: tuple[tuple[int, int], ...]
    rest: int | None

    def __init__(self, labels: Mapping[int, int] | tuple[tuple[int, int], ...], *, rest: int | None = None) -> None:
        given = tuple(labels.items() if isinstance(labels, Mapping) else labels)
        pairs = tuple(tuple(pair) if isinstance(pair, list | tuple) else (pair,) for pair in given)
        object.__setattr__(self, "labels", pairs)
        object.__setattr__(self, "rest", rest)
        old = [pair[0] for pair in pairs if pair]
        whole = all(isinstance(number, Integral) for pair in pairs for number in pair)
        check(
            self,
            {
                "pairs of whole numbers, old and new": whole and all(len(pair) == 2 for pair in pairs),
                "each old label once": len(set(old)) == len(old),
                "at least one label to change": bool(pairs) or rest is not None,
            },
        )

    def arguments(self) -> Arguments:
        """Give the pairs, which JSON holds where it holds no numbers as names."""
        return (self.labels,), {} if self.rest is None else {"rest": self.rest}

    def relabel(self, numbers: Numbers, mask: Mask) -> Mask:
        """Write the new numbers."""
        del numbers
        return self._written(mask, self.labels, self.rest)

    def undo(self, numbers: Numbers, mask: Mask) -> Mask:
        """Write the old numbers."""
        del numbers
        back = tuple((new, old) for old, new in self.labels)
        taken = [new for new, _ in back] + ([] if self.rest is None else [self.rest])
        if len(set(taken)) < len(taken):
            raise DrawError(f"{self!r} gives two labels one number; it cannot be undone: invert `draw.spatial`")
        return self._written(mask, back, None)

    def _written(self, mask: Mask, pairs: tuple[tuple[int, int], ...], rest: int | None) -> Mask:
        limits = torch.iinfo(mask.data.dtype)
        wide = [new for new in (*(new for _, new in pairs), rest or 0) if not limits.min <= new <= limits.max]
        if wide:
            raise DrawError(f"{self!r}: a mask of {mask.data.dtype} holds no {wide}; use data.to(torch.int16) or wider")
        data = mask.data.clone() if rest is None else torch.full_like(mask.data, rest)
        for old, new in pairs:
            if limits.min <= old <= limits.max:
                data.masked_fill_(mask.data == old, new)
        return replace(mask, data=data)

    def describe(self) -> str:
        """Say what happens."""
        changes = [f"{old} to {new}" for old, new in self.labels]
        return f"remap {', '.join([*changes, *([] if self.rest is None else [f'the rest to {self.rest}'])])}"
