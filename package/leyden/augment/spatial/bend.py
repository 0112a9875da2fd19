"""Fields: displacements that differ from place to place, for what is soft."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar, final

import torch
from torch import Tensor

from leyden.augment.chain.chance import check, seed_number, seeded
from leyden.augment.chain.span import finite
from leyden.augment.chain.transform import Single
from leyden.augment.fusing.fusion import Fusion
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Kind, Numbers, register
from leyden.errors import DrawError
from leyden.items.grid import Field

__all__ = ["Bending", "Elastic", "GridDistortion"]

_SAFE = {2: 0.40, 3: 0.36}
"""Parts of a cell that Elastic may move a point of its lattice by: below Choi and Lee's bounds 0.48 and 0.40, so that
the way back stays well conditioned."""


class Bending(Single):
    """A transform that is a field of displacements; derive a frozen dataclass with `field`.

    Fields act on the grid that the chain ends on, after all its maps, wherever they stand; several add up. The
    interpolation stays one. What could fold the grid is refused.

    Examples:
        >>> from leyden.augment import RandomCrop
        >>> @register
        ... @dataclass(frozen=True, repr=False)
        ... class Bulge(Bending):
        ...     "Push the middle of every slice down by a fraction of its height."
        ...     amount: float
        ...     def field(self, numbers, axes):
        ...         control = torch.zeros((axes, *(3,) * axes), dtype=torch.float64)
        ...         control[-2][(1,) * axes] = -self.amount
        ...         return Field(control, "linear")
        >>> Bulge(0.1) | RandomCrop(96)
        Bulge(0.1) | RandomCrop(96)
    """

    kind: ClassVar[Kind] = "spatial"
    bends: ClassVar[bool] = True

    @abstractmethod
    def field(self, numbers: Numbers, axes: int) -> Field:
        """Give the displacements: what is seen at a place p comes from p + u(p), in fractions of the axes.

        Args:
            numbers: what was drawn.
            axes: how many spatial axes the grid has.
        """

    def fuse(self, fusion: Fusion, numbers: Numbers) -> Fusion:
        """Add the field to those before."""
        return fusion.bent(self.field(numbers, len(fusion.new_size)))


@final
@register
@dataclass(frozen=True, repr=False)
class Elastic(Bending):
    """Bend smoothly and by chance, as soft tissue does.

    A coarse lattice lies over the grid that the chain ends on, each of its points goes a way of its own, and a cubic
    spline carries the rest along. Nothing tears and nothing folds.

    Args:
        amount: how far a point of the lattice goes at most along each axis, as a fraction of the axis; most
            places move by a third of it or less.
        cells: how many cells the lattice has along each axis, at least one; more are finer. cells * amount must be
            below 0.4 in pictures and 0.36 in volumes.

    Examples:
        >>> from leyden.items import Keypoints
        >>> points = Keypoints(torch.tensor([[10.0, 10.0], [50.0, 90.0]], dtype=torch.float64), (100, 100))
        >>> draw = Elastic(0.08).draw(torch.Generator().manual_seed(3), points)
        >>> (draw(points).data - points.data).round(decimals=1)  # 8 pixels at most
        tensor([[ 3.5000, -5.6000],
                [-0.6000, -2.9000]], dtype=torch.float64)
        >>> torch.allclose(draw.invert(draw(points)).data, points.data)
        True

    Source:
        Rueckert et al. 1999, "Nonrigid registration using free-form deformations", eq. 3, with points by chance as
        torchio.RandomElasticDeformation has them; bounds after Choi and Lee 2000, theorem 1.
    """

    amount: float
    cells: int = 4

    def __post_init__(self) -> None:
        rules = {"a finite amount above 0": finite(self.amount) and self.amount > 0}
        rules["at least one cell, a whole number"] = isinstance(self.cells, int) and self.cells >= 1
        check(self, rules)
        check(self, {self._bound(2): self.cells * self.amount < _SAFE[2]})

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw a seed for the ways of the lattice points."""
        del scene
        return (seed_number(generator),)

    def field(self, numbers: Numbers, axes: int) -> Field:
        """Draw the ways from the seed, each from -amount to amount."""
        if self.cells * self.amount >= _SAFE[axes]:
            raise DrawError(f"{self!r}: wants {self._bound(axes)}")
        return Field(self.amount * (2 * _chance(numbers[0], (axes, *(self.cells + 3,) * axes)) - 1), "cubic")

    def _bound(self, axes: int) -> str:
        most = _SAFE[axes] / self.cells
        return f"an amount below {most:.3g} for {self.cells} cells a side in {axes}-D, so that nothing folds"

    def describe(self) -> str:
        """Say what happens."""
        return f"elastic +-{100 * self.amount:.4g} % at {self.cells} cells"


@final
@register
@dataclass(frozen=True, repr=False)
class GridDistortion(Bending):
    """Stretch some stretches of each axis and squeeze others, by chance; straight lines along the axes stay straight.

    Each axis of the grid that the chain ends on is cut into cells; their widths change, their order cannot, so nothing
    folds. The outer edges stay.

    Args:
        amount: the width of a cell changes by a factor of 1 - amount to 1 + amount, before all are fitted into the
            axis; above 0 and below 1.
        cells: how many cells an axis has, at least two.

    Examples:
        >>> from leyden.items import Mask
        >>> columns = Mask(torch.arange(8).expand(8, 8))  # every pixel says which column it is in
        >>> bent = GridDistortion(0.5, cells=4)(torch.Generator().manual_seed(1), columns).data
        >>> bent[0], (bent == bent[0]).all()
        (tensor([0, 1, 1, 2, 3, 4, 5, 7]), tensor(True))

    Source:
        albumentations.GridDistortion with normalized=True, its distort_limit and num_steps.
    """

    amount: float
    cells: int = 5

    def __post_init__(self) -> None:
        whole = isinstance(self.cells, int) and self.cells >= 2
        check(
            self,
            {
                "an amount above 0 and below 1": finite(self.amount) and 0 < self.amount < 1,
                "two or more cells, a whole number": whole,
            },
        )

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw a seed for the widths of the cells."""
        del scene
        return (seed_number(generator),)

    def field(self, numbers: Numbers, axes: int) -> Field:
        """Draw the widths from the seed, and give how far they push the edges of the cells."""
        widths = 1 + self.amount * (2 * _chance(numbers[0], (axes, self.cells)) - 1)
        edges = widths.cumsum(1) / widths.sum(1, keepdim=True)
        pushed = edges - torch.arange(1, self.cells + 1, dtype=torch.float64) / self.cells
        # the last edge stays to the last bit
        pushed = torch.nn.functional.pad(pushed[:, :-1], (1, 1))
        shape = (self.cells + 1,) * axes
        rows = [row.view(-1, *(1,) * (axes - 1 - axis)).expand(shape) for axis, row in enumerate(pushed)]
        return Field(torch.stack(rows), "linear")

    def describe(self) -> str:
        """Say what happens."""
        return f"grid distortion +-{100 * self.amount:.4g} % at {self.cells} cells"


def _chance(seed: float, shape: tuple[int, ...]) -> Tensor:
    return torch.rand(shape, generator=seeded(seed, "cpu"), dtype=torch.float64)
