"""What changes labels: the class that label transforms derive from."""

from abc import abstractmethod
from functools import partial
from typing import ClassVar

from leyden.augment.chain.transform import Single
from leyden.augment.fusing.fusion import Fusion, Relabelling
from leyden.augment.fusing.step import Kind, Numbers
from leyden.errors import DrawError
from leyden.items import Item, Mask

__all__ = ["Labelling"]


class Labelling(Single):
    """A transform of masks; derive with `relabel`, `ranges` to draw from, and `undo` if there is a way back.

    Label steps act after all spatial ones, in their order, on the masks of a sample only.

    Examples:
        >>> from dataclasses import dataclass
        >>> import torch
        >>> from leyden.augment import register
        >>> @register
        ... @dataclass(frozen=True, repr=False)
        ... class Foreground(Labelling):
        ...     "Make one label of all that is not background."
        ...     def relabel(self, numbers, mask):
        ...         return Mask((mask.data > 0).to(torch.uint8), mask.spacing, mask.affine)
        >>> Foreground()(torch.Generator(), Mask(torch.tensor([[0, 5]]))).data
        tensor([[0, 1]], dtype=torch.uint8)
    """

    kind: ClassVar[Kind] = "label"

    ends: ClassVar[bool] = False
    """Whether it leaves no mask, so that no other label step may follow."""

    @abstractmethod
    def relabel(self, numbers: Numbers, mask: Mask) -> Item:
        """Give a new mask on the same grid, or what is made of one.

        Args:
            numbers: what was drawn.
            mask: on its new grid; not to be changed.
        """

    def undo(self, numbers: Numbers, mask: Mask) -> Mask:
        """Give the mask before; raises `DrawError` unless overridden."""
        del numbers, mask
        raise DrawError(f"{self!r} has no way back; give it an `undo`, or invert `draw.spatial` to leave labels alone")

    def fuse(self, fusion: Fusion, numbers: Numbers) -> Fusion:
        """Put the change behind those before it."""
        return fusion.relabelled(Relabelling(partial(self.relabel, numbers), partial(self.undo, numbers), self.ends))
