"""Mean and spread of many blocks of numbers, one block at a time."""

import math
from typing import final

import torch
from torch import Tensor

__all__ = ["Moments"]

_BLOCK = 2**20  # values turned to double precision at once: 8 MB


@final
class Moments:
    """Count, least, greatest, mean and standard deviation of all numbers added; what is not finite is counted apart.

    Blocks are joined in double precision, so a billion values around 1e6 lose nothing that float32 held.

    Examples:
        >>> moments = Moments()
        >>> moments.add(torch.tensor([1.0, 2.0])); moments.add(torch.tensor([6.0, float("nan")]))
        >>> moments.count, moments.mean, round(moments.std, 4), moments.low, moments.high, moments.not_finite
        (3, 3.0, 2.1602, 1.0, 6.0, 1)

    Source:
        T. Chan, G. Golub and R. LeVeque, Updating Formulae and a Pairwise Algorithm for Computing Sample Variances,
        1979: the mean and the sum of squares of two parts joined into those of the whole.
    """

    def __init__(self) -> None:
        self.count, self.not_finite = 0, 0
        self.low, self.high = math.inf, -math.inf
        self.mean, self._squares = 0.0, 0.0

    @property
    def std(self) -> float:
        """Standard deviation of what was added, taken as the whole (divided by the count)."""
        return math.sqrt(self._squares / self.count) if self.count else math.nan

    def add(self, values: Tensor) -> None:
        """Add the numbers of a real tensor; it stays as it is."""
        flat = values.reshape(-1)
        if flat.dtype == torch.uint8:
            self._add_bytes(flat)
            return
        for block in flat.split(_BLOCK):
            wide = block.double()
            finite = wide[wide.isfinite()]
            self.not_finite += wide.numel() - finite.numel()
            if finite.numel():
                mean = float(finite.mean())
                squares = float((finite - mean).square().sum())
                low, high = finite.aminmax()
                self._join(finite.numel(), mean, squares, float(low), float(high))

    def join(self, other: "Moments") -> None:
        """Add all that another has seen; it stays as it is."""
        self.not_finite += other.not_finite
        if other.count:
            self._join(other.count, other.mean, other._squares, other.low, other.high)

    def _add_bytes(self, flat: Tensor) -> None:
        """Bytes take 256 values: they are counted, which is exact and many times faster."""
        times = torch.bincount(flat, minlength=256).double()
        count = int(times.sum())
        if count:
            values = torch.arange(256, dtype=torch.float64)
            mean = float(times @ values) / count
            met = times.nonzero()[:, 0]
            squares = float(times @ (values - mean).square())
            self._join(count, mean, squares, float(met[0]), float(met[-1]))

    def _join(self, count: int, mean: float, squares: float, low: float, high: float) -> None:
        total, apart = self.count + count, mean - self.mean
        self._squares += squares + apart * apart * self.count * count / total
        self.mean += apart * count / total
        self.count, self.low, self.high = total, min(self.low, low), max(self.high, high)
