"""Images and volumes: real-valued channels over space."""

from dataclasses import dataclass
from typing import final

from torch import Tensor

from leyden.items.grid.affine import Size
from leyden.items.grid.move import Move
from leyden.items.grid.sampling import resample
from leyden.items.item import Item, Recolour, complain
from leyden.types import Pixels

__all__ = ["Image"]


@final
@dataclass(frozen=True, eq=False, repr=False)
class Image(Item):
    """A picture (`channel y x`) or a volume (`channel z y x`); linear interpolation, coloured.

    Args:
        data: half, single or double precision; by convention 0..1, which nothing here needs. Not copied.

    Raises:
        ItemError: not a real tensor of two or three spatial axes with at least one pixel.

    Examples:
        >>> import torch
        >>> Image(torch.linspace(0, 1, 48).view(3, 4, 4))
        Image(3 x 4 x 4, float32, 0..1)
    """

    data: Pixels

    def __post_init__(self) -> None:
        # one cheap look for the good case: items are made once a draw
        if isinstance(self.data, Tensor) and self.data.is_floating_point() and self.data.ndim in (3, 4):
            complain("Image", [] if self.data.numel() else [f"shape {tuple(self.data.shape)} holds no pixel"])
            return
        complain("Image", _faults(self.data))

    @property
    def size(self) -> Size:
        """Pixels along each spatial axis."""
        return tuple(self.data.shape[1:])

    def warp(self, move: Move) -> "Image":
        """Give the image on the new grid, interpolated at most once; see `leyden.items.resample`."""
        if move.is_idle:
            return self
        return Image(resample(self.data, move, interpolation="linear", border=move.border))

    def recolour(self, change: Recolour) -> "Image":
        """Give the image with other values."""
        return Image(change(self.data))

    def __repr__(self) -> str:
        shape = " x ".join(map(str, self.data.shape))
        low, high = (bound.item() for bound in self.data.detach().aminmax())
        return f"Image({shape}, {str(self.data.dtype).removeprefix('torch.')}, {low:.3g}..{high:.3g})"


def _faults(data: object) -> list[str]:
    if not isinstance(data, Tensor):
        return [f"wants a tensor, got {type(data).__name__}; use torch.as_tensor"]
    faults: list[str] = []
    if not data.is_floating_point():
        faults.append(f"wants real numbers, got {data.dtype}; use data / 255 for a photograph, data.float() for a scan")
    if data.ndim not in (3, 4):
        faults.append(
            f"wants channel y x or channel z y x, got shape {tuple(data.shape)}; "
            "add a channel axis with data[None], and wrap the images of a batch one by one"
        )
    if not data.numel():
        faults.append(f"shape {tuple(data.shape)} holds no pixel")
    return faults
