"""The slow brightening and darkening over a scan that receive coils leave."""

from dataclasses import dataclass
from itertools import product
from math import inf
from typing import ClassVar, final

import torch
from torch import Tensor

from leyden.augment import Intensity, Numbers, Range, check, interval, range_text, register
from leyden.errors import DrawError
from leyden.items import Size
from leyden.types import Pixels

__all__ = ["BiasField"]


@final
@register
@dataclass(frozen=True, repr=False)
class BiasField(Intensity):
    """Multiply an MR scan by a smooth field, as a receive coil does that hears near tissue louder.

    The field is the exponential of a polynomial of the place, which runs from -1 to 1 along each axis between the
    outermost pixel centres. It has no constant term, so it is 1 in the middle of the grid. All channels share it:
    one coil received them all.

    Args:
        coefficients: of each term, from -coefficients to coefficients, or (low, high); at 0.5 and order 3 corners
            come out between a tenth and tenfold, at 0.2 between a third and threefold, in most draws.
        order: of the polynomial, 1..6.

    Source:
        Van Leemput et al. 1999, Automated model-based bias field correction of MR images of the brain, eq. 2;
        coefficients and order as in torchio.RandomBiasField 1.2, which has a constant term too.

    Examples:
        >>> BiasField(0.3).describe()
        'bias field of order 3, coefficients +-0.3'
        >>> from leyden.items import Image
        >>> BiasField(0.5, order=1)(torch.Generator().manual_seed(0), Image(torch.ones(1, 3, 3))).data
        tensor([[[0.5077, 0.8124, 1.2998],
                 [0.6250, 1.0000, 1.6001],
                 [0.7693, 1.2310, 1.9697]]])
    """

    whole: ClassVar[bool] = True

    coefficients: Range = 0.5
    order: int = 3

    def __post_init__(self) -> None:
        low, high = interval(self.coefficients)
        whole = isinstance(self.order, int) and 1 <= self.order <= 6
        ends = max(abs(low), abs(high)) < inf
        check(self, {"low <= high": low <= high, "an order of 1..6": whole, "finite coefficients": ends})

    def ranges(self, size: Size) -> tuple[tuple[float, float], ...]:
        """Draw a coefficient a term."""
        return (interval(self.coefficients),) * len(_powers(self.order, len(size)))

    def change(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Multiply by the field."""
        return data * self._field(numbers, data)

    def change_(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Multiply by the field in place."""
        return data.mul_(self._field(numbers, data))

    def undo(self, numbers: Numbers, data: Pixels) -> Pixels:
        """Divide by the field."""
        return data / self._field(numbers, data)

    def describe(self) -> str:
        """Say what happens."""
        return f"bias field of order {self.order}, coefficients {range_text(self.coefficients)}"

    def _field(self, numbers: Numbers, data: Pixels) -> Tensor:
        size = tuple(data.shape[1:])
        powers = _powers(self.order, len(size))
        if len(numbers) != len(powers):
            raise DrawError(f"{self!r}: {len(numbers)} coefficients for {len(size)} axes, wants {len(powers)}")
        field = torch.zeros((self.order + 1,) * len(size), dtype=torch.float64)
        for power, number in zip(powers, numbers, strict=True):
            field[power] = number
        *rest, first = reversed([_basis(length, self.order) for length in size])
        for basis in rest:
            field = torch.einsum("nk,...k->n...", basis, field)
        # only this one touches every pixel: in the precision of the image, where it lives
        return torch.einsum("nk,...k->n...", first.to(data), field.to(data)).exp_()


def _basis(length: int, order: int) -> Tensor:
    """Give the powers 0..order of every place of an axis, one row a place."""
    place = (2 * torch.arange(length, dtype=torch.float64) - (length - 1)) / max(length - 1, 1)
    return place[:, None] ** torch.arange(order + 1)


def _powers(order: int, axes: int) -> list[tuple[int, ...]]:
    """List the exponents of all terms up to an order, one an axis; without the constant."""
    every = product(range(order + 1), repeat=axes)
    return [power for power in every if 0 < sum(power) <= order]
