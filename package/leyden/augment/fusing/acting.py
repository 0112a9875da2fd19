"""What a draw does to the items of a sample: all of it, a window of it, and back."""

from collections.abc import Callable
from itertools import chain
from math import ceil, isnan, prod
from numbers import Integral
from typing import TypeVar

from torch import Tensor

from leyden.augment.fusing.colouring import recolour, restore
from leyden.augment.fusing.fusion import Fusion
from leyden.augment.fusing.line import Change, Line
from leyden.errors import DrawError
from leyden.items import Image, Item, Move, Size, map_items, resample
from leyden.items.grid import size_text

__all__ = ["act", "act_back", "act_within", "forbid_nan"]

_Sample = TypeVar("_Sample")

_COARSE = 64**3
"""Places of the coarse copy that statistics are taken of: a mean of so many is good to 0.2 % of the spread."""


def act(fusion: Fusion, sample: _Sample) -> _Sample:
    """Give a sample with every item moved, relabelled and recoloured.

    Args:
        fusion: what the steps come to.
        sample: on the grid that it starts from.

    Raises:
        DrawError: an image that it is to recolour holds NaN.
    """
    return map_items(_changing(fusion, fusion.move()), sample)


def act_back(fusion: Fusion, sample: _Sample) -> _Sample:
    """Give a sample from before; the other way round of `act`.

    Args:
        fusion: what the steps came to.
        sample: on the grid that it ends on.

    Raises:
        DrawError: a step has no way back.
    """
    move, colours, relabels = fusion.move_back(), fusion.colours, fusion.relabels

    def change(item: Item) -> Item:
        for relabelling in reversed(relabels):
            item = item.relabel(relabelling.undo)
        return (item.recolour(lambda data: restore(colours, data)) if colours else item).warp(move)

    return map_items(change, sample)


def act_within(fusion: Fusion, sample: _Sample, start: Size, size: Size) -> _Sample:
    """Give a window of what `act` would give; see `Draw.part` for what of it is a likeness only.

    Args:
        fusion: what the steps come to.
        sample: on the grid that it starts from.
        start: the first pixel of the window along each axis of the new grid.
        size: how many pixels it has.

    Raises:
        DrawError: the window is not within the new grid.
    """
    _check_window(fusion.new_size, start, size)
    whole = any(isinstance(colour, Change) and colour.whole for colour in fusion.colours)
    if whole or prod(fusion.new_size) <= _COARSE:
        return map_items(lambda item: item.warp(_crop(fusion.new_size, start, size)), act(fusion, sample))
    move = fusion.move().window(start, size)
    coarse = _coarse(fusion) if any(map(_measures, fusion.colours)) else None
    return map_items(_changing(fusion, move, coarse), sample)


def forbid_nan(data: Tensor) -> None:
    """Raise if an image holds a value that is no number, which would spread through interpolation and statistics.

    Args:
        data: `channel *space`; bytes hold none.

    Raises:
        DrawError: it does.
    """
    # a sum is one quick pass, and NaN if any value is; infinite values may cancel to it, so only then look closely
    if data.is_floating_point() and isnan(data.sum().item()):
        count = int(data.isnan().sum())
        if count:
            raise DrawError(
                f"an image with NaN, {count} of {data.numel()} values in view; clean it first: torch.nan_to_num(data)"
            )


def _changing(fusion: Fusion, move: Move, coarse: Move | None = None) -> Callable[[Item], Item]:
    """Give what happens to each item."""
    colours, relabels = fusion.colours, fusion.relabels

    def change(item: Item) -> Item:
        moved = item.warp(move)
        if isinstance(moved, Image):
            # checked where it is seen and still warm in the cache: to look at all of a scan costs more than a crop
            forbid_nan(moved.data)
        for relabelling in relabels:
            moved = moved.relabel(relabelling.do)
        if not colours:
            return moved
        like = None
        if coarse is not None and isinstance(item, Image):
            like = resample(item.data, coarse, interpolation="nearest", border=coarse.border)
        return moved.recolour(lambda data: recolour(colours, data, owned=moved is not item, like=like))

    return change


def _measures(colour: Line | Change) -> bool:
    """Tell whether a colour step depends on a statistic of the whole image."""
    if isinstance(colour, Change):
        return colour.measure is not None
    return any(chain.from_iterable(row if isinstance(row, tuple) else (row,) for row in colour.pull))


def _coarse(fusion: Fusion) -> Move:
    """Give the move onto a grid of at most about 64 x 64 x 64 places, evenly spread over the new one."""
    stride = max(1.0, (prod(fusion.new_size) / _COARSE) ** (1 / len(fusion.new_size)))
    size = tuple(ceil(count / stride) for count in fusion.new_size)
    rows = [[0.0] * (len(size) + 1) for _ in size]
    for axis, (count, coarse) in enumerate(zip(fusion.new_size, size, strict=True)):
        # from outer edge to outer edge, so that fields, which are fractions of the grid, keep their place
        rows[axis][axis], rows[axis][-1] = coarse / count, (coarse / count - 1) / 2
    shrink = (*map(tuple, rows), (*(0.0 for _ in size), 1.0))
    return fusion.moved(shrink, size).move()


def _crop(grid: Size, start: Size, size: Size) -> Move:
    axes = range(len(grid))
    rows = [(*(float(row == column) for column in axes), float(-start[row])) for row in axes]
    return Move((*rows, (*(0.0 for _ in axes), 1.0)), grid, size)


def _check_window(grid: Size, start: Size, size: Size) -> None:
    whole = all(isinstance(count, Integral) for count in (*start, *size))
    fits = whole and len(start) == len(size) == len(grid)
    if not fits or any(
        first < 0 or count < 1 or first + count > whole for first, count, whole in zip(start, size, grid, strict=True)
    ):
        raise DrawError(
            f"a window of {size_text(size)} from {start} is not within the new grid of {size_text(grid)}; give a first "
            "pixel and a length for each axis"
        )
