"""What moves places: the class that spatial transforms derive from, and the border of a chain."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar, final, get_args

import torch

from leyden.augment.chain.chance import check
from leyden.augment.chain.transform import Single
from leyden.augment.fusing.fusion import Fusion
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Kind, Numbers, Step, register
from leyden.errors import DrawError
from leyden.items import Affine, BorderMode, Size

__all__ = ["Border", "Spatial"]


class Spatial(Single):
    """A transform that is a homogeneous matrix; derive a frozen dataclass with `matrix`, and `ranges` to draw from.

    A matrix that flattens the grid or folds it is refused when drawn.

    Examples:
        >>> from leyden.augment import Rotate, about_centre, register, scaling
        >>> @register
        ... @dataclass(frozen=True, repr=False)
        ... class Squeeze(Spatial):
        ...     "Narrow the picture along x by a factor from `low` to 1."
        ...     low: float
        ...     def ranges(self, size):
        ...         return ((self.low, 1.0),)
        ...     def matrix(self, numbers, size):
        ...         return about_centre(scaling((*(1.0 for _ in size[1:]), *numbers)), size)
        >>> Squeeze(0.5) | Rotate(15)
        Squeeze(0.5) | Rotate(15)
    """

    kind: ClassVar[Kind] = "spatial"

    @abstractmethod
    def matrix(self, numbers: Numbers, size: Size) -> Affine:
        """Give where places go: rows of numbers in axis order, the last (0, ..., 0, 1) unless it is a perspective.

        Args:
            numbers: what was drawn.
            size: the grid before this step; the centre of its first pixel is at 0.
        """

    def fuse(self, fusion: Fusion, numbers: Numbers) -> Fusion:
        """Put the map behind those of the steps before."""
        size = fusion.new_size
        try:
            return fusion.moved(_square(self.matrix(numbers, size), size), self.new_size(numbers, size))
        except DrawError as error:
            raise self._naming(error) from error

    def regridding(self, numbers: Numbers, size: Size) -> Affine | None:
        """Give the map of a step that is exact or `regrids`."""
        return self.matrix(numbers, size) if self.exact or self.regrids else None

    def decide(self, generator: torch.Generator, scene: Scene) -> tuple[tuple[Step, ...], Scene]:
        """Draw this one step; what goes wrong is told with the transform that it went wrong in."""
        try:
            return super().decide(generator, scene)
        except DrawError as error:
            raise self._naming(error) from error

    def _naming(self, error: DrawError) -> DrawError:
        told = str(error)
        return error if told.startswith(repr(self)) else DrawError(f"{self!r}: {told}")


def _square(matrix: Affine, size: Size) -> Affine:
    if len(matrix) != len(size) + 1 or any(len(row) != len(matrix) for row in matrix):
        raise DrawError(f"gave the matrix {matrix} for {len(size)} axes; give as many rows and one more")
    return matrix


@final
@register
@dataclass(frozen=True, repr=False)
class Border(Single):
    """Set what images show outside their grid, for the whole chain wherever this stands in it; the last one counts.

    Chains without it reflect, so that no network learns to see the black corners of a rotation. Masks get
    their label `outside` there.

    Args:
        mode: `zeros`, `border` (the nearest pixel) or `reflection`.

    Examples:
        >>> from leyden.augment import CenterCrop
        >>> from leyden.items import Image
        >>> row, wide = Image(torch.tensor([[[1.0, 2.0, 3.0]]])), CenterCrop(1, 7, outside="fill")
        >>> for mode in ("zeros", "border", "reflection"):
        ...     (wide | Border(mode))(torch.Generator(), row).data.flatten()
        tensor([0., 0., 1., 2., 3., 0., 0.])
        tensor([1., 1., 1., 2., 3., 3., 3.])
        tensor([2., 1., 1., 2., 3., 3., 2.])
    """

    mode: BorderMode

    kind: ClassVar[Kind] = "border"

    def __post_init__(self) -> None:
        check(self, {f"one of {get_args(BorderMode)}": self.mode in get_args(BorderMode)})

    def fuse(self, fusion: Fusion, numbers: Numbers) -> Fusion:
        """Set the border."""
        del numbers
        return fusion.bordered(self.mode)
