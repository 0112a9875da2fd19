"""What the steps of a draw come to: one map of places, then as few colour steps as possible."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, final

import torch
from torch import Tensor

from leyden.errors import DrawError
from leyden.items import Affine, BorderMode, Move, Size
from leyden.items.grid import compose, identity

__all__ = ["About", "Change", "Channels", "Fusion", "Line"]

About: TypeAlias = Literal["zero", "mean"]
"""The value that a scale leaves where it is: 0, or the mean of the channel over the grid the image then has."""

Channels: TypeAlias = tuple[float, ...]
"""One number for all channels, or one a channel."""


@final
@dataclass(frozen=True)
class Change:
    """Any change of values, with the one that undoes it; both take and give `channel *space`."""

    do: Callable[[Tensor], Tensor]
    undo: Callable[[Tensor], Tensor]


@final
@dataclass(frozen=True)
class Line:
    """`scale * x + pull * mean(x) + offset` a channel: what any chain of linear colour steps comes to.

    Steps about the mean need not look at the image between steps, because the mean goes through lines as any value
    does: after the steps so far it is `(scale + pull) * mean(x) + offset`.

    Args:
        scale: factor of the value.
        pull: factor of the mean of its channel.
        offset: what is added.

    Examples:
        >>> Line().then((2.0,), (1.0,), "zero").then((3.0,), (0.0,), "mean")
        Line(scale=(6.0,), pull=(-4.0,), offset=(1.0,))
    """

    scale: Channels = (1.0,)
    pull: Channels = (0.0,)
    offset: Channels = (0.0,)

    def then(self, scale: Channels, offset: Channels, about: About) -> "Line":
        """Give this line followed by one more step.

        Args:
            scale: the step's factor.
            offset: what it adds.
            about: the value that its factor leaves where it is.
        """
        columns = _even(self.scale, self.pull, self.offset, scale, offset)
        if about == "zero":
            rows = [(s * a, s * b, s * c + o) for a, b, c, s, o in columns]
        else:
            rows = [(s * a, s * b + (1 - s) * (a + b), c + o) for a, b, c, s, o in columns]
        return Line(*zip(*rows, strict=True))

    def do(self, data: Tensor) -> Tensor:
        """Give the changed values of `channel *space`, in the same dtype."""
        scale, offset = _fit(self.scale, data), _fit(self.offset, data)
        if any(self.pull):
            offset = offset + _fit(self.pull, data) * _mean(data)
        if self.scale == (1.0,):
            return data + offset
        return torch.mul(data, scale).add_(offset)

    def undo(self, data: Tensor) -> Tensor:
        """Give the values before.

        Raises:
            DrawError: every value was sent to the same one.
        """
        columns = _even(self.scale, self.pull, self.offset)
        if any(a == 0 or (b != 0 and a + b == 0) for a, b, _ in columns):
            raise DrawError("this colour step sends all values of a channel to one; it cannot be undone")
        result = data - _fit(self.offset, data)
        if any(self.pull):
            result = result - _mean(result) * _fit(tuple(b / (a + b) for a, b, _ in columns), data)
        return result / _fit(self.scale, data)


@final
@dataclass(frozen=True)
class Fusion:
    """The steps so far, fused; each method gives the fusion with one step more.

    Args:
        size: the grid of the sample.
        new_size: the grid after the steps so far.
        matrix: the map of places from the one to the other.
        border: what images show outside their grid.
        colours: changes of values, in order, of the image on its new grid.
    """

    size: Size
    new_size: Size
    matrix: Affine
    border: BorderMode = "reflection"
    colours: tuple[Line | Change, ...] = ()

    @staticmethod
    def of(size: Size) -> "Fusion":
        """Give the fusion of no steps, for a grid."""
        return Fusion(size, size, identity(len(size)))

    def moved(self, matrix: Affine, new_size: Size) -> "Fusion":
        """Add a map from the grid after the steps so far to a new one."""
        return Fusion(self.size, new_size, compose(self.matrix, matrix), self.border, self.colours)

    def bordered(self, border: BorderMode) -> "Fusion":
        """Set what images show outside their grid."""
        return replace(self, border=border)

    def scaled(self, scale: Channels, offset: Channels, about: About) -> "Fusion":
        """Add a linear colour step; neighbours become one."""
        last = self.colours[-1] if self.colours else None
        if isinstance(last, Line):
            return self._coloured(*self.colours[:-1], last.then(scale, offset, about))
        return self._coloured(*self.colours, Line().then(scale, offset, about))

    def changed(self, change: Change) -> "Fusion":
        """Add a colour step that is not linear."""
        return self._coloured(*self.colours, change)

    def _coloured(self, *colours: Line | Change) -> "Fusion":
        return Fusion(self.size, self.new_size, self.matrix, self.border, colours)

    def move(self) -> Move:
        """Give the move that items make."""
        return Move(self.matrix, self.size, self.new_size, self.border)

    def move_back(self) -> Move:
        """Give the move that undoes it; what the way there cut off comes back as zeros."""
        forth = self.move()
        return Move(forth.back, self.new_size, self.size, "zeros")


def _even(*sequences: Channels) -> list[tuple[float, ...]]:
    """Repeat single numbers so that all sequences give one a channel; list them channel by channel."""
    channels = max(map(len, sequences))
    if any(len(numbers) not in (1, channels) for numbers in sequences):
        counts = sorted(set(map(len, sequences)) - {1})
        raise DrawError(f"colour steps for {' and '.join(map(str, counts))} channels in one chain; give them alike")
    return list(zip(*(numbers * channels if len(numbers) == 1 else numbers for numbers in sequences), strict=True))


def _fit(numbers: Channels, data: Tensor) -> Tensor | float:
    """Give numbers so that they act a channel each."""
    if len(numbers) == 1:
        return numbers[0]
    if len(numbers) != data.shape[0]:
        raise DrawError(f"a colour step for {len(numbers)} channels, an image of {data.shape[0]}; give one a channel")
    return torch.tensor(numbers, dtype=data.dtype, device=data.device).view(-1, *(1 for _ in data.shape[1:]))


def _mean(data: Tensor) -> Tensor:
    return data.mean(dim=tuple(range(1, data.ndim)), keepdim=True)
