"""Symmetries of the square and of the cube, by chance; pixels are copied, never interpolated."""

from dataclasses import dataclass
from itertools import permutations, product
from typing import ClassVar, final, get_args

import torch

from leyden.augment.chain.chance import check, uniform
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Numbers, register
from leyden.augment.spatial.base import Spatial
from leyden.augment.spatial.geometry import Axis, across, turn_axes
from leyden.errors import DrawError
from leyden.items import Affine, Size
from leyden.items.grid import determinant

__all__ = ["Cubic", "Dihedral", "Rot90"]

_CUBE = tuple(
    tuple(sign * axis for sign, axis in zip(signs, order, strict=True))
    for order in permutations((1, 2, 3))
    for signs in product((1, -1), repeat=3)
)
"""The 48 ways to lay three axes upon each other, forwards or backwards; the first leaves all in place."""

_TURNS = tuple(codes for codes in _CUBE if determinant(turn_axes(codes, (1, 1, 1))[0]) > 0)
"""The 24 of them that a cube in the hand can make."""

_SQUARE = ((1, 2), (-2, 1), (-1, -2), (2, -1), (1, -2), (2, 1), (-1, 2), (-2, -1))
"""No turn, quarter turns anticlockwise one, two and three, and the same after left and right have been swapped."""


@dataclass(frozen=True, repr=False)
class _Symmetry(Spatial):
    """Axes take each other's place; a number an axis, as `turn_axes` reads them."""

    exact: ClassVar[bool] = True

    def matrix(self, numbers: Numbers, size: Size) -> Affine:
        """Lay the axes upon each other, from outer edge to outer edge."""
        return turn_axes(numbers, size)[0]

    def new_size(self, numbers: Numbers, size: Size) -> Size:
        """Give the lengths along with their axes."""
        return turn_axes(numbers, size)[1]


def _in_plane(codes: tuple[int, ...], plane: tuple[int, int], size: Size) -> Numbers:
    """Give the codes of two axes as those of all."""
    numbers = [float(index + 1) for index in range(len(size))]
    for place, code in zip(plane, codes, strict=True):
        numbers[place] = float((plane[abs(code) - 1] + 1) * (1 if code > 0 else -1))
    return tuple(numbers)


@final
@register
@dataclass(frozen=True, repr=False)
class Rot90(_Symmetry):
    """Turn by no, one, two or three quarters, each as likely; the sides of the grid change places along with it.

    A fixed quarter turn that keeps the grid is `Rotate((90, 90))`.

    Args:
        axis: what a volume turns about: `z` turns every slice in its plane; pictures turn about `z`.

    Examples:
        >>> from leyden.items import Image
        >>> Rot90().draw(torch.Generator().manual_seed(4), Image(torch.rand(1, 4, 6)))
        Draw(4 x 6 -> 6 x 4: Rot90() at -2, 1)

    Source:
        torch.rot90 with k of 0..3, as albumentations.RandomRotate90 draws it.
    """

    axis: Axis = "z"

    def __post_init__(self) -> None:
        check(self, {"an axis x, y or z": self.axis in get_args(Axis)})

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw, for each new axis, the old one it shows, counted from 1, negative where it is reversed."""
        plane = across(self.axis, len(scene.size), who=self)
        return _in_plane(_SQUARE[int(4 * uniform(generator))], plane, scene.size)

    def describe(self) -> str:
        """Say what happens."""
        return f"quarter turns{'' if self.axis == 'z' else f' about {self.axis}'}"


@final
@register
@dataclass(frozen=True, repr=False)
class Dihedral(_Symmetry):
    """One of the eight symmetries of the square, each as likely: quarter turns, mirrored or not.

    For pictures without an upright, such as tissue or land from above. Where they swap axes, the sides of the grid
    change places too.

    Args:
        axis: a volume is turned in the plane across it, every slice alike; pictures lie across `z`.

    Examples:
        >>> from leyden.items import Mask
        >>> square, generator = Mask(torch.tensor([[1, 2], [3, 4]])), torch.Generator().manual_seed(0)
        >>> seen = {tuple(Dihedral()(generator, square).data.flatten().tolist()) for _ in range(100)}
        >>> len(seen), (2, 4, 1, 3) in seen  # that one is a quarter turn anticlockwise
        (8, True)

    Source:
        The group D4, as in albumentations.D4.
    """

    axis: Axis = "z"

    def __post_init__(self) -> None:
        check(self, {"an axis x, y or z": self.axis in get_args(Axis)})

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw, for each new axis, the old one it shows, counted from 1, negative where it is reversed."""
        plane = across(self.axis, len(scene.size), who=self)
        return _in_plane(_SQUARE[int(8 * uniform(generator))], plane, scene.size)

    def describe(self) -> str:
        """Say what happens."""
        return f"symmetry of the square{'' if self.axis == 'z' else f' across {self.axis}'}"


@final
@register
@dataclass(frozen=True, repr=False)
class Cubic(_Symmetry):
    """One of the 48 symmetries of the cube, each as likely: a volume is laid on any side, mirrored or not.

    Where axes are swapped, the sides of the grid change places too, and so does the spacing.

    Args:
        mirrored: False leaves the 24 turns, which keep left and right apart.

    Examples:
        >>> from leyden.items import Image
        >>> scan = Image(torch.zeros(1, 2, 4, 6), spacing=(3.0, 1.0, 0.5))
        >>> Cubic()(torch.Generator().manual_seed(0), scan)
        Image(1 x 6 x 4 x 2, float32, 0..0, 0.5 x 1 x 3 mm)

    Source:
        The octahedral group; Winkels and Cohen 2019, "Pulmonary nodule detection in CT scans with equivariant CNNs",
        section 3.
    """

    mirrored: bool = True

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw, for each new axis, the old one it shows, counted from 1, negative where it is reversed."""
        if len(scene.size) != 3:
            raise DrawError(f"{self!r} needs a volume; a picture has the symmetries of the square: use Dihedral()")
        group = _CUBE if self.mirrored else _TURNS
        return tuple(map(float, group[int(len(group) * uniform(generator))]))

    def describe(self) -> str:
        """Say what happens."""
        return f"symmetry of the cube{'' if self.mirrored else ', not mirrored'}"
