"""The grid of a scanner, made that of a network: axes in a known order, pixels of a known size."""

from dataclasses import dataclass
from itertools import permutations
from math import hypot
from typing import ClassVar, final

import torch

from leyden.augment.chain.chance import check
from leyden.augment.chain.span import finite
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Arguments, Numbers, register
from leyden.augment.spatial.base import Spatial
from leyden.augment.spatial.geometry import onto_window, turn_axes
from leyden.errors import DrawError
from leyden.items import Affine, Size

__all__ = ["Orientation", "Spacing"]

_WORLD = ("LR", "PA", "IS")
"""What the axes of the world are called at their low and high ends, as NIfTI has them."""


@final
@register
@dataclass(frozen=True, repr=False)
class Orientation(Spatial):
    """Let axes change places and direction until they point where they should; pixels are copied, nothing is turned.

    Needs the affine of an item of the sample. A volume that lies askew is laid as near as it goes, and its affine says
    what is left.

    Args:
        code: where x, y and z point to, one letter each: R or L, A or P, S or I, in any order. x is the last axis in
            memory; "RAS" is a volume whose last axis goes to the right, whose middle one to the front, and whose first
            one to the head.

    Raises:
        DrawError: when drawn for a picture, or for a sample without an affine.

    Examples:
        >>> from leyden.items import Image
        >>> to_right = ((0.0, 0.0, 1.0, 0.0), (0.0, 1.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
        >>> scan = Image(torch.tensor([[[[1.0, 2.0, 3.0]]]]), affine=to_right)  # RAS
        >>> turned = Orientation("LAS")(torch.Generator(), scan)
        >>> turned.data.flatten(), turned.affine[0]  # x now counts down, from 2 mm
        (tensor([3., 2., 1.]), (0.0, 0.0, -1.0, 2.0))

    Source:
        monai.transforms.Orientation and nibabel.orientations, whose letters name the array axes x y z likewise.
    """

    code: str

    exact: ClassVar[bool] = True
    looks_at: ClassVar[str] = "the affine"

    def __post_init__(self) -> None:
        letters = self.code if isinstance(self.code, str) else ""
        ends = sorted(next((ends for ends in _WORLD if letter in ends), "") for letter in letters)
        check(self, {'three letters such as "RAS", one of R L, one of A P, one of S I': ends == sorted(_WORLD)})

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Find, for each new axis, the old one it shows, counted from 1, negative where it is reversed."""
        del generator
        if len(scene.size) != 3:
            raise DrawError(f"{self!r} needs a volume; the axes of a picture have no place in the body")
        affine = scene.affine
        if affine is None:
            raise DrawError(f"{self!r} needs an affine, to know where axes point to; give Image(data, affine=...)")
        shown = _nearest(affine)
        codes: list[float] = []
        for letter in reversed(self.code):
            world = next(axis for axis, ends in enumerate(_WORLD) if letter in ends)
            rises = (affine[world][shown[world]] > 0) == (letter == _WORLD[world][1])
            codes.append(float(shown[world] + 1 if rises else -shown[world] - 1))
        return tuple(codes)

    def matrix(self, numbers: Numbers, size: Size) -> Affine:
        """Lay the axes upon each other, from outer edge to outer edge."""
        return turn_axes(numbers, size)[0]

    def new_size(self, numbers: Numbers, size: Size) -> Size:
        """Give the lengths along with their axes."""
        return turn_axes(numbers, size)[1]

    def describe(self) -> str:
        """Say what happens."""
        return f"orient to {self.code}"


def _nearest(affine: Affine) -> tuple[int, ...]:
    """Give, for each axis of the world, the axis of the grid that goes along it best, all taken together."""
    columns = list(zip(*affine[:3], strict=True))[:3]
    shares = [[abs(entry) / hypot(*column) for entry in column] for column in columns]
    return max(permutations(range(3)), key=lambda order: sum(shares[axis][world] for world, axis in enumerate(order)))


@final
@register
@dataclass(frozen=True, init=False, repr=False)
class Spacing(Spatial):
    """Resize so that pixels have a size in mm, by the spacing of an item of the sample; the outer edges stay.

    The new grid has whole pixels, so the spacing comes out as near to what was asked for as edges that stay allow;
    items say it exactly.

    Args:
        millimetres: from pixel to pixel along each axis, in axis order (z y x); one number for all axes.

    Raises:
        DrawError: when drawn for a sample without spacing.

    Examples:
        >>> from leyden.items import Image
        >>> scan = Image(torch.rand(1, 20, 64, 64), spacing=(3.0, 0.75, 0.75))
        >>> Spacing(1.5).draw(torch.Generator(), scan)(scan).spacing
        (1.5, 1.5, 1.5)

    Source:
        monai.transforms.Spacing with align_corners=False and the resampling of nnU-Net keep the edges likewise.
    """

    millimetres: tuple[float, ...]

    regrids: ClassVar[bool] = True
    looks_at: ClassVar[str] = "the spacing"

    def __init__(self, *millimetres: float) -> None:
        object.__setattr__(self, "millimetres", millimetres)
        fit = len(millimetres) in (1, 2, 3) and finite(*millimetres) and min(millimetres) > 0
        check(self, {"one length, or one an axis, finite and above 0, in mm": fit})

    def arguments(self) -> Arguments:
        """Give the lengths one by one."""
        return self.millimetres, {}

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Find how many pixels each axis gets."""
        del generator
        spacing, axes = scene.spacing, len(scene.size)
        if spacing is None:
            raise DrawError(
                f"{self!r} needs the spacing of an item; give Image(data, spacing=(3.0, 0.75, 0.75)), in mm"
            )
        wanted = self.millimetres * axes if len(self.millimetres) == 1 else self.millimetres
        if len(wanted) != axes:
            raise DrawError(f"{self!r} asked of a grid of {axes} axes; give one length, or one an axis")
        lengths = zip(scene.size, spacing, wanted, strict=True)
        return tuple(float(max(1, round(count * old / new))) for count, old, new in lengths)

    def new_size(self, numbers: Numbers, size: Size) -> Size:
        """Give the pixels found."""
        del size
        return tuple(map(int, numbers))

    def matrix(self, numbers: Numbers, size: Size) -> Affine:
        """Stretch each axis."""
        return onto_window((0.0,) * len(size), size, self.new_size(numbers, size))

    def describe(self) -> str:
        """Say what happens."""
        return f"resample to {' x '.join(f'{step:.4g}' for step in self.millimetres)} mm"
