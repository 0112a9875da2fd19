"""Moves that need no interpolation: flips, right angles and whole-pixel shifts copy pixels bit for bit."""

import torch
from torch import Tensor

from leyden.items.grid.move import BorderMode, Move

__all__ = ["copy_pixels"]


def copy_pixels(data: Tensor, move: Move, border: BorderMode) -> Tensor:
    """Give the moved pixels as a new tensor, for a move that is exact.

    Args:
        data: `channel *space`, any dtype, on the grid `move.size`.
        move: an exact move.
        border: what is seen outside the grid.

    Returns:
        `channel *new space`, of the same dtype; never a view of `data`.
    """
    sources = [next(axis for axis, entry in enumerate(row[:-1]) if entry) for row in move.back[:-1]]
    flips: list[int] = []
    for axis, (row, new_axis) in enumerate(zip(move.back[:-1], sources, strict=True)):
        step, shift, count = int(row[new_axis]), int(row[-1]), move.new_size[new_axis]
        first = shift if step > 0 else shift - count + 1
        if first >= 0 and first + count <= move.size[axis]:
            data = data.narrow(axis + 1, first, count)
        else:
            data = _reach_out(data, axis + 1, first, count, border)
        if step < 0:
            flips.append(axis + 1)
    if flips:
        data = data.flip(flips)
    order = sorted(range(len(sources)), key=sources.__getitem__)
    moved = data.permute(0, *(axis + 1 for axis in order))
    return moved.contiguous() if flips else moved.clone(memory_format=torch.contiguous_format)


def _reach_out(data: Tensor, axis: int, first: int, count: int, border: BorderMode) -> Tensor:
    """Read `count` pixels from `first` on along one axis, some of them outside the grid."""
    length = data.shape[axis]
    wanted = torch.arange(first, first + count, device=data.device)
    inside = wanted.clamp(0, length - 1)
    if border == "reflection":
        around = wanted.remainder(2 * length)
        inside = torch.minimum(around, 2 * length - 1 - around)
    taken = data.index_select(axis, inside)
    if border == "zeros":
        outside = ((wanted < 0) | (wanted >= length)).nonzero().squeeze(1)
        taken.index_fill_(axis, outside, 0)
    return taken
