"""Means and deviations of values that pass by once and are not kept."""

import math
from typing import Any, TypeAlias, final

import numpy as np
import torch
from torch import Tensor

from leyden.data.fitted.fields import Kind
from leyden.errors import DataError
from leyden.items import Image

__all__ = ["Figure", "Moments", "channels"]

Figure: TypeAlias = float | tuple[float, ...]
"""One number of a field of single values, or one for every channel of a field of tensors."""

_CHUNK = 4096  # single values are gathered up to this many, as numpy costs more for each call than for each number


@final
class Moments:
    """Count, mean and spread of all values so far, channel by channel, in double precision; NaN is left out.

    Memory does not grow with the number of values: they are taken in chunks whose moments are then joined.

    Source:
        T. F. Chan, G. H. Golub, R. J. LeVeque, Updating formulae and a pairwise algorithm for computing sample
        variances, 1979, equations 2.1.

    Examples:
        >>> moments = Moments()
        >>> for value in (1.0, 2.0, float("nan"), 3.0):
        ...     moments.take(value, "real")
        >>> moments.mean, round(moments.deviation, 6)
        (2.0, 0.816497)
    """

    def __init__(self) -> None:
        self._gathered: list[float] = []
        self._single = True
        self._count = self._mean = self._squares = np.zeros(0)

    def take(self, value: Any, kind: Kind) -> None:
        """Note one more value; what is no number is passed over.

        Raises:
            DataError: it is infinite, or has another number of channels than those before.
        """
        if kind in ("real", "whole"):
            number = float(value)
            if math.isinf(number):  # now, while it is known whose it is
                raise DataError("is infinite; replace it first, with map")
            self._gathered.append(number)
            if len(self._gathered) == _CHUNK:
                self._flush()
        elif kind in ("reals", "wholes"):
            self._single = False
            self._join(channels(value))

    @property
    def mean(self) -> Figure:
        """The mean; of every channel."""
        self._flush()
        return self._figure(self._mean)

    @property
    def deviation(self) -> Figure:
        """The root of the mean squared distance from the mean; exactly 0 where all values are equal."""
        self._flush()
        variance = self._squares / np.maximum(self._count, 1)
        # what rounding alone makes of equal values, as scikit-learn's _is_constant_feature bounds it
        noise = self._count * np.finfo(np.float64).eps
        constant = variance <= noise * variance + (noise * self._mean) ** 2
        return self._figure(np.where(constant, 0.0, np.sqrt(variance)))

    @property
    def empty(self) -> bool:
        """Whether the field, or any of its channels, has had no value so far."""
        self._flush()
        return self._count.size == 0 or bool((self._count == 0).any())

    def _figure(self, values: np.ndarray) -> Figure:
        return float(values[0]) if self._single else tuple(values.tolist())

    def _flush(self) -> None:
        if self._gathered:
            values, self._gathered = np.asarray([self._gathered]), []
            self._join(values)

    def _join(self, values: np.ndarray) -> None:
        if np.isinf(values).any():
            raise DataError("is infinite; replace it first, with map")
        there = ~np.isnan(values)
        count = there.sum(1).astype(np.float64)
        safe = np.maximum(count, 1)
        mean = np.where(there, values, 0.0).sum(1) / safe
        squares = (np.where(there, values - mean[:, None], 0.0) ** 2).sum(1)
        if self._count.size == 0:
            self._count, self._mean, self._squares = count, mean, squares
            return
        if len(count) != len(self._count):
            raise DataError(
                f"has {len(count)} channels, those before {len(self._count)}; the first axis holds the channels"
            )
        total = np.maximum(self._count + count, 1)
        apart = mean - self._mean
        self._squares = self._squares + squares + apart**2 * self._count * count / total
        self._mean = self._mean + apart * count / total
        self._count = self._count + count


def channels(value: Any) -> np.ndarray:
    """A tensor, array or image as double precision numbers, one row a channel: its first axis."""
    data = value.data if isinstance(value, Image) else value
    array = data.detach().to("cpu", torch.float64).numpy() if isinstance(data, Tensor) else np.asarray(data, np.float64)
    return array.reshape(len(array), math.prod(array.shape[1:]))
