"""What one field of many elements holds: kinds, shapes, types, moments, gaps."""

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np
import torch
from torch import Tensor

from leyden.data.look.leaf import Kind, grid_of, tensor_of
from leyden.data.look.moments import Moments
from leyden.data.pipe.view import Element
from leyden.items import Item, Label

__all__ = ["FieldStatistics", "FieldTally"]

_CHANNELS = 16  # an image of more, such as a spectrum, is measured as a whole


@final
@dataclass(frozen=True)
class FieldStatistics:
    """What is in one field of the elements that were read.

    Args:
        kinds: of what kind its values are; more than one says that elements differ.
        count: elements in which it has a value.
        missing: elements in which it is None, NaN or not there.
        types: the types of its values, such as `uint8`, `Image float32` or `text`.
        shapes: least and greatest length of every axis; of a text its signs; empty where there is none, or where the
            number of axes differs.
        sizes: pixels along the spatial axes of images and volumes, and how many have them, the most frequent first.
        low: the least number; None where there are no numbers, and of labels.
        high: the greatest number.
        mean: of all numbers.
        std: their standard deviation.
        channels: mean and standard deviation of every channel, of images and volumes of equal channels.
        not_finite: numbers inside tensors that are NaN or infinite; they are left out of the above.
    """

    kinds: tuple[Kind, ...]
    count: int
    missing: int
    types: tuple[str, ...]
    shapes: tuple[tuple[int, int], ...]
    sizes: tuple[tuple[tuple[int, ...], int], ...]
    low: float | None
    high: float | None
    mean: float | None
    std: float | None
    channels: tuple[tuple[float, float], ...]
    not_finite: int

    HEADS: ClassVar[tuple[str, ...]] = (
        "kind", "count", "type", "shape", "least", "greatest", "mean", "std", "missing"
    )  # fmt: skip

    def row(self) -> tuple[str, ...]:
        """The field as words under `HEADS`."""
        axes = [f"{low}" if low == high else f"{low}..{high}" for low, high in self.shapes]
        numbers = ["" if value is None else f"{value:.3g}" for value in (self.low, self.high, self.mean, self.std)]
        gaps = [
            f"{self.missing:,}" if self.missing else "",
            f"{self.not_finite:,} NaN or infinite" * bool(self.not_finite),
        ]
        kinds, types = " or ".join(self.kinds), " or ".join(self.types)
        return (kinds, f"{self.count:,}", types, " x ".join(axes), *numbers, ", ".join(filter(None, gaps)))


@final
class FieldTally:
    """Statistics of one field under way."""

    def __init__(self) -> None:
        self._kinds: Counter[Kind] = Counter()
        self._types: Counter[str] = Counter()
        self._shapes: list[tuple[int, int]] | None = None
        self._uneven = False
        self._sizes: Counter[tuple[int, ...]] = Counter()
        self._channels: list[Moments] = []
        self._splits: set[int] = set()
        self._count = 0

    def add(self, kind: Kind, value: Element) -> None:
        """Count one value."""
        numbers = _numbers(value)
        if kind == "missing" or (kind == "number" and numbers is not None and bool(numbers.isnan().any())):
            return
        self._count += 1
        self._kinds[kind] += 1
        self._types[_type(value)] += 1
        if numbers is None or numbers.ndim:
            self._measure(tuple(numbers.shape) if numbers is not None else _length(value))
        if kind in ("image", "volume", "mask"):
            self._sizes[grid_of(value)] += 1
        if numbers is not None and kind != "label":  # the mean of class numbers says nothing
            self._weigh(kind, value, numbers)

    def result(self, elements: int) -> FieldStatistics:
        """What was counted in so many elements."""
        whole = Moments()
        for each in self._channels:
            whole.join(each)
        known = whole.count > 0
        several = len(self._channels) > 1 and len(self._splits) == 1
        return FieldStatistics(
            tuple(kind for kind, _ in self._kinds.most_common()),
            self._count,
            elements - self._count,
            tuple(name for name, _ in self._types.most_common()),
            () if self._uneven or self._shapes is None else tuple(self._shapes),
            tuple(self._sizes.most_common()),
            *((whole.low, whole.high, whole.mean, whole.std) if known else (None, None, None, None)),
            tuple((each.mean, each.std) for each in self._channels if several and known),
            whole.not_finite,
        )

    def _measure(self, shape: tuple[int, ...]) -> None:
        if self._shapes is None:
            self._shapes = [(size, size) for size in shape]
        elif len(shape) != len(self._shapes):
            self._uneven = True
        else:
            ends = zip(self._shapes, shape, strict=True)
            self._shapes = [(min(low, size), max(high, size)) for (low, high), size in ends]

    def _weigh(self, kind: Kind, value: Element, numbers: Tensor) -> None:
        """Channel by channel where there are a few, so that the mean and spread of each are known."""
        parts = [numbers]
        grid = grid_of(value) if kind in ("image", "volume") else ()
        if grid and 1 < numbers.numel() // max(1, torch.Size(grid).numel()) <= _CHANNELS:
            last = tuple(numbers.shape[: len(grid)]) == grid and isinstance(value, np.ndarray)
            parts = list(numbers.unbind(-1 if last else 0))
        self._splits.add(len(parts))
        while len(self._channels) < len(parts):
            self._channels.append(Moments())
        for moments, part in zip(self._channels, parts, strict=False):
            moments.add(part)


def _numbers(value: Element) -> Tensor | None:
    if isinstance(value, Label):
        return torch.tensor(value.index)
    if isinstance(value, bool | int | float | np.number | np.bool_):
        return torch.tensor(float(value), dtype=torch.float64)
    return tensor_of(value)


def _type(value: Element) -> str:
    if isinstance(value, Item):
        data = tensor_of(value)
        inside = "" if data is None else " " + str(data.dtype).removeprefix("torch.")
        return type(value).__name__ + inside
    if isinstance(value, Tensor | np.ndarray | np.generic):
        return str(value.dtype).removeprefix("torch.")
    return "text" if isinstance(value, str) else type(value).__name__


def _length(value: Element) -> tuple[int, ...]:
    return (len(value),) if isinstance(value, str | bytes | list | tuple) else ()
