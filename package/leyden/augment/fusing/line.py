"""Changes of values: linear ones, of which any row comes to one matrix over the channels, and all others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal, TypeAlias, final

import numpy as np
import torch
from torch import Tensor

from leyden.augment.fusing.layout import BYTES, channel_means, floating, is_small, planar
from leyden.augment.fusing.weights import Channels, Weights, any_of, count_of, mixes, plus, repeat, times, weigh
from leyden.errors import DrawError

__all__ = ["About", "Change", "Line"]

About: TypeAlias = Literal["zero", "mean"]
"""The value that a scale leaves where it is: 0, or the mean of the channel over the grid the image then has."""

_LOST = float(np.finfo(np.float32).eps)
"""A matrix that squeezes one direction of colour this much more than another leaves no digit of it in float32."""


@final
@dataclass(frozen=True)
class Change:
    """Any change of values, with the one that undoes it; all take and give `channel *space`, float32 or float64.

    Args:
        do: gives a new tensor.
        undo: gives the values before.
        do_: the same as `do`, allowed to overwrite what it is given; `do` where none is given.
        measure: the statistics of the image that `do` and `do_` then take as their second argument; none by default.
        whole: whether a part can only be had by changing all of the image.
    """

    do: Callable[..., Tensor]
    undo: Callable[[Tensor], Tensor]
    do_: Callable[..., Tensor] | None = None
    measure: Callable[[Tensor], Channels] | None = None
    whole: bool = False

    def statistics(self, data: Tensor) -> Channels:
        """Give what it needs to know of the whole image, or of a coarse copy."""
        return self.measure(floating(data)) if self.measure else ()

    def act(self, data: Tensor, statistics: Channels, *, owned: bool) -> Tensor:
        """Give the changed values, contiguous.

        Args:
            data: `channel *space`.
            statistics: what `statistics` gave.
            owned: whether `data` may be overwritten.

        Raises:
            DrawError: what came out is of another shape.
        """
        work = floating(data)
        do = self.do_ if self.do_ and (owned or work is not data) else self.do
        result = do(work, statistics) if self.measure else do(work)
        if result.shape != data.shape:
            raise DrawError(
                f"a colour step made shape {tuple(result.shape)} of {tuple(data.shape)}; it must keep channels and grid"
            )
        return planar(result)


@final
@dataclass(frozen=True)
class Line:
    """`scale x + pull mean(x) + offset`: what any chain of linear colour steps comes to.

    `x` is the vector of the channels at a place, `mean(x)` that of their means. Steps about the mean need not look at
    the image between steps, because means go through lines as any value does: after the steps so far they are
    `(scale + pull) mean(x) + offset`.

    Args:
        scale: factors of the values; a matrix from the first step on that mixes channels.
        pull: factors of the means.
        offset: what is added.

    Examples:
        >>> Line((2.0,), offset=(1.0,)).then(Line.about((3.0,), (0.0,), "mean"))
        Line(scale=(6.0,), pull=(-4.0,), offset=(1.0,))
        >>> Line(((0.0, 1.0), (1.0, 0.0))).do(torch.tensor([[[5.0]], [[6.0]]])).flatten()
        tensor([6., 5.])
    """

    scale: Weights = (1.0,)
    pull: Weights = (0.0,)
    offset: Channels = (0.0,)

    @staticmethod
    def about(scale: Channels, offset: Channels, about: About) -> "Line":
        """Give the line of one step that leaves a value where it is, but for the offset."""
        pull = tuple(1 - factor for factor in scale) if about == "mean" else (0.0,)
        return Line(scale, pull, offset)

    def then(self, step: "Line") -> "Line":
        """Give this line followed by another."""
        count_of(*self._parts, *step._parts)
        offset = plus(weigh(step.scale, self.offset), step.offset)
        pull = times(step.scale, self.pull) if any_of(self.pull) else (0.0,)
        if any_of(step.pull):
            pull = plus(pull, times(step.pull, plus(self.scale, self.pull)))
            offset = plus(offset, weigh(step.pull, self.offset))
        return Line(times(step.scale, self.scale), pull, repeat(offset, len(offset)))

    @property
    def inverse(self) -> "Line":
        """The line that undoes it.

        Raises:
            DrawError: it sends different colours to one.
        """
        a, b, c = self._matrices(count_of(*self._parts))
        if _singular(a) or _singular(a + b):
            raise DrawError("this colour step sends all values of a channel to one, or colours to gray; no way back")
        back = np.linalg.inv(a)
        pull = -back @ b @ np.linalg.inv(a + b)
        return Line(_weights(back), _weights(pull), _numbers(-back @ c - pull @ c))

    def statistics(self, data: Tensor) -> Channels:
        """Give the mean of each channel, if it is needed.

        Raises:
            DrawError: a mean is not finite.
        """
        if not any_of(self.pull):
            return ()
        means = channel_means(data)
        if not all(map(isfinite, means)):
            raise DrawError(
                "an image with NaN or infinite values has no mean to spread colours about; "
                "clean it with torch.nan_to_num first"
            )
        return means

    def act(self, data: Tensor, statistics: Channels, *, owned: bool) -> Tensor:
        """Give the changed values, contiguous: one pass that mixes channels, or one or two in place.

        Args:
            data: `channel *space`; bytes stand for 0..1 and become float32.
            statistics: what `statistics` gave.
            owned: whether `data` may be overwritten.
        """
        offset = self._shift(statistics, data.shape[0])
        work = planar(data)
        owned = owned or work is not data
        if is_small(work):
            return _paint(work, self.scale, offset, owned=owned)
        gain = 1.0
        if work.dtype == torch.uint8:
            work, owned, gain = work.float(), True, 1 / BYTES
        if mixes(self.scale):
            matrix = work.new_tensor(self.scale, dtype=torch.float64).mul_(gain).to(work.dtype)
            column = work.new_tensor(offset).expand(len(matrix)).unsqueeze(1)
            return torch.addmm(column, matrix, work.view(len(matrix), -1)).view(work.shape)
        scale = tuple(gain * factor for factor in repeat(self.scale, 1))
        return _stretch(work, scale, offset, owned=owned)

    def do(self, data: Tensor) -> Tensor:
        """Give the changed values as a new tensor, of the same dtype; bytes become float32."""
        return self.act(data, self.statistics(data), owned=False)

    def undo(self, data: Tensor) -> Tensor:
        """Give the values before, as a new tensor.

        Raises:
            DrawError: it sends different colours to one.
        """
        return self.inverse.do(data)

    @property
    def _parts(self) -> tuple[Weights, Weights, Channels]:
        return self.scale, self.pull, self.offset

    def _shift(self, means: Channels, channels: int) -> Channels:
        """Add up what does not depend on the place."""
        count = count_of(*self._parts)
        if count not in (1, channels):
            raise DrawError(f"a colour step for {count} channels, an image of {channels}; give one a channel")
        if not means:
            return self.offset
        fixed = repeat(self.offset, channels)
        return tuple(pull + offset for pull, offset in zip(weigh(self.pull, means), fixed, strict=True))

    def _matrices(self, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        scale, pull = (
            np.array(part, float) if mixes(part) else np.diag(repeat(part, count)).astype(float)
            for part in (self.scale, self.pull)
        )
        return scale, pull, np.array(repeat(self.offset, count), float)


def _weights(matrix: np.ndarray) -> Weights:
    """Write a matrix as plain numbers, without rows if it mixes nothing."""
    diagonal = np.diagonal(matrix)
    if np.array_equal(matrix, np.diag(diagonal)):
        return _numbers(diagonal) if diagonal.any() else (0.0,)
    return tuple(map(_numbers, matrix))


def _numbers(row: np.ndarray) -> Channels:
    return tuple(row.tolist())


def _singular(matrix: np.ndarray) -> bool:
    diagonal = np.diagonal(matrix)
    if np.array_equal(matrix, np.diag(diagonal)):
        return not diagonal.all()
    return bool(np.linalg.cond(matrix) > 1 / _LOST)


def _stretch(data: Tensor, scale: Channels, offset: Channels, *, owned: bool) -> Tensor:
    """Scale and shift each channel for itself, in place if it is ours."""
    if any(factor != 1 for factor in scale):
        data, owned = (data.mul_ if owned else data.mul)(_fit(scale, data)), True
    if any(offset) or not owned:
        data = (data.add_ if owned else data.add)(_fit(offset, data))
    return data


def _paint(data: Tensor, scale: Weights, offset: Channels, *, owned: bool) -> Tensor:
    """Mix, scale and shift the channels of a picture, bytes as 0..1, with numpy, in place if it is ours."""
    planes, gain = data.numpy(), 1 / BYTES if data.dtype == torch.uint8 else 1.0
    if not mixes(scale):
        here = owned and gain == 1
        made = planes if here else np.empty(planes.shape, np.float32)
        np.multiply(planes, _column([gain * factor for factor in repeat(scale, 1)]), out=made)
        made += _column(offset)
        return data if here else torch.from_numpy(made)
    joined = np.empty((len(planes) + 1, *planes.shape[1:]), np.float32)
    joined[:-1], joined[-1] = planes, 1  # a plane of ones carries the offset
    rows = zip(scale, repeat(offset, len(scale)), strict=True)
    matrix = np.array([(*(gain * factor for factor in row), end) for row, end in rows], np.float32)
    return torch.from_numpy(np.matmul(matrix, joined.reshape(len(joined), -1)).reshape(planes.shape))


def _column(numbers: Sequence[float]) -> np.ndarray:
    return np.array(numbers, np.float32).reshape(-1, 1, 1)


def _fit(numbers: Channels, data: Tensor) -> Tensor | float:
    """Give numbers so that they act a channel each."""
    if len(set(numbers)) == 1:
        return numbers[0]
    return data.new_tensor(numbers).view(-1, *(1 for _ in data.shape[1:]))
