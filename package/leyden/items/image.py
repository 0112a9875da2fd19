"""Images and volumes: channels over space."""

from dataclasses import dataclass, field
from typing import TypeAlias, final, get_args

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from leyden.items.grid.affine import Affine, Size
from leyden.items.grid.move import Interpolation, Move
from leyden.items.grid.sampling import resample
from leyden.items.item import Item, Recolour, complain
from leyden.items.world import Spacing, agreed, followed, in_millimetres

__all__ = ["Image", "Values"]

Values: TypeAlias = Float[Tensor, "channel *space"] | UInt8[Tensor, "channel *space"]
"""What a camera or scanner saw: real numbers, or the bytes that files hold."""

_HOW = get_args(Interpolation)

_WIDE = (torch.uint16, torch.uint32)
"""What photographs of more than 8 bits are stored in."""

_KINDS = (torch.float32, torch.uint8, torch.float16, torch.bfloat16, torch.float64)


@final
@dataclass(frozen=True, eq=False, repr=False)
class Image(Item):
    """A picture (`channel y x`) or a volume (`channel z y x`); interpolated as it says, coloured.

    Args:
        data: half, single or double precision, by convention 0..1, which nothing here needs; or bytes (uint8), whose
            0..255 stand for 0..1: moves keep them bytes, the first colour step makes them float32. Not copied; any
            order in memory.
        spacing: mm from pixel to pixel along each axis, in axis order; that of the affine if left out. Turns
            and shears take place in mm by it. After a shear the axes lean, and a pixel's volume is no longer their
            product.
        affine: where pixels lie in the world: rows that take a place in axis order (z y x 1) to mm (x y z, towards
            right, anterior and superior, as in NIfTI). Moves keep both right; of a perspective they take the scale at
            the centre, and displacement fields they leave out.
        interpolation: how moves find values between pixels, whatever moves it: `linear`; `cubic`, which keeps more of
            the fine detail, takes about ten times as long and overshoots a little beside sharp edges (bytes are cut to
            0..255); `nearest` for pictures whose values must not be mixed. Everything that is made of the image by
            moves and colours keeps it.

    Raises:
        ItemError: not a tensor of real numbers or bytes of two or three spatial axes with at least one pixel; a
            spacing and affine that do not fit it or each other; or an interpolation that there is not.

    Examples:
        >>> from dataclasses import replace
        >>> import torch
        >>> Image(torch.linspace(0, 1, 48).view(3, 4, 4))
        Image(3 x 4 x 4, float32, 0..1)
        >>> scan = Image(torch.zeros(1, 2, 4, 4), spacing=(3.0, 0.5, 0.5))
        >>> double = ((1.0, 0.0, 0.0, 0.0), (0.0, 2.0, 0.0, 0.5), (0.0, 0.0, 2.0, 0.5), (0.0, 0.0, 0.0, 1.0))
        >>> scan.warp(Move(double, (2, 4, 4), (2, 8, 8)))
        Image(1 x 2 x 8 x 8, float32, 0..0, 3 x 0.25 x 0.25 mm)
        >>> replace(scan, interpolation="cubic")
        Image(1 x 2 x 4 x 4, float32, 0..0, 3 x 0.5 x 0.5 mm, cubic)
        >>> ahead = Move(((1.0, 0.0, 0.0), (0.0, 1.0, -0.5), (0.0, 0.0, 1.0)), (1, 6), (1, 5))
        >>> squares = torch.tensor([[[0.0, 1.0, 4.0, 9.0, 16.0, 25.0]]])
        >>> [Image(squares, interpolation=how).warp(ahead).data[0, 0, 2].item() for how in ("linear", "cubic")]
        [6.5, 6.25]
    """

    data: Values
    spacing: Spacing | None = None
    affine: Affine | None = None
    interpolation: Interpolation = field(default="linear", kw_only=True)

    def __post_init__(self) -> None:
        # one cheap look for the good case: items are made once a draw
        faults = _faults(self.data) if not isinstance(self.data, Tensor) or not _is_plain(self.data) else []
        if faults or not self.data.numel():
            complain("Image", faults or [f"shape {tuple(self.data.shape)} holds no pixel"])
        if self.interpolation not in _HOW:
            complain("Image", [f"wants an interpolation of {', '.join(_HOW)}, got {self.interpolation!r}"])
        if self.spacing is not None or self.affine is not None:
            object.__setattr__(self, "spacing", agreed("Image", self.size, self.spacing, self.affine))

    @property
    def size(self) -> Size:
        """Pixels along each spatial axis."""
        return tuple(self.data.shape[1:])

    def warp(self, move: Move) -> "Image":
        """Give the image on the new grid, interpolated at most once; see `leyden.items.resample`."""
        if move.is_idle:
            return self
        moved = resample(self.data, move, interpolation=self.interpolation, border=move.border)
        return Image(moved, *followed(self.spacing, self.affine, move), interpolation=self.interpolation)

    def recolour(self, change: Recolour) -> "Image":
        """Give the image with other values."""
        return Image(change(self.data), self.spacing, self.affine, interpolation=self.interpolation)

    def __repr__(self) -> str:
        shape = " x ".join(map(str, self.data.shape))
        low, high = (bound.item() for bound in self.data.detach().aminmax())
        kind = str(self.data.dtype).removeprefix("torch.")
        how = "" if self.interpolation == "linear" else f", {self.interpolation}"
        return f"Image({shape}, {kind}, {low:.3g}..{high:.3g}{in_millimetres(self.spacing)}{how})"


def _is_plain(data: Tensor) -> bool:
    return data.dtype in _KINDS and data.ndim in (3, 4) and data.layout == torch.strided


def _faults(data: object) -> list[str]:
    if not isinstance(data, Tensor):
        return [f"wants a tensor, got {type(data).__name__}; use torch.as_tensor"]
    faults: list[str] = []
    if data.layout != torch.strided:
        faults.append(f"wants a dense tensor, got {data.layout}; use data.to_dense()")
    if data.dtype not in _KINDS:
        scaled = f", divided by {torch.iinfo(data.dtype).max} for 0..1" if data.dtype in _WIDE else ""
        faults.append(
            f"wants real numbers or bytes (uint8), got {data.dtype}; use data.float(){scaled or ' for a scan'}, "
            "data.to(torch.uint8) for what is bytes already, 0..255"
        )
    if data.ndim not in (3, 4):
        faults.append(
            f"wants channel y x or channel z y x, got shape {tuple(data.shape)}; "
            "add a channel axis with data[None], and wrap the images of a batch one by one"
        )
    if not data.numel():
        faults.append(f"shape {tuple(data.shape)} holds no pixel")
    return faults
