"""Interpolation by torch: any device, any real dtype, with gradients; what the other backends are measured against."""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import torch
from torch import Tensor
from torch.nn import functional

from leyden.items.grid.move import BorderMode, Interpolation, Move, Reading
from leyden.items.grid.prefilter import smooth
from leyden.items.grid.voting import vote

__all__ = ["by_torch", "read_at", "rounded", "torch_refuses"]

_Read: TypeAlias = Callable[[Tensor], Tensor]


def torch_refuses(data: Tensor, move: Move, *, interpolation: Reading) -> str:
    """Say nothing: torch can do all of it."""
    del data, move, interpolation
    return ""


def by_torch(data: Tensor, move: Move, *, interpolation: Reading, border: BorderMode) -> Tensor:
    """Give an image on its new grid.

    Args:
        data: `channel *space` on the grid `move.size`, on any device.
        move: where everything goes.
        interpolation: how values between pixels are found.
        border: what is seen more than half a pixel outside the grid.
    """
    if interpolation == "vote":
        return vote(data, move, border=border)
    work, nearest = _widen(data), interpolation == "nearest"
    if nearest and data.dtype == torch.int64 and not torch.equal(work.long(), data):
        # double precision holds 53 bits of a label: carry its halves
        halves = torch.cat((data >> 32, data & 0xFFFFFFFF))
        high, low = by_torch(halves, move, interpolation="nearest", border=border).chunk(2)
        return high << 32 | low
    if not nearest:
        work = smooth(work, move.footprint)
    grid = move.grid(work.dtype, work.device)
    moved = read_at(work.unsqueeze(0), grid, interpolation=interpolation, border=border).squeeze(0)
    return rounded(moved, data.dtype, interpolation)


def read_at(work: Tensor, places: Tensor, *, interpolation: Interpolation, border: BorderMode) -> Tensor:
    """Give a batch read at places.

    Args:
        work: `batch channel *space`, in a dtype that torch computes in; averaged already where it shrinks.
        places: `batch *new_space axis`, -1 and 1 at the outer edges, the last spatial axis first.
        interpolation: how values between pixels are found.
        border: what is seen more than half a pixel outside the grid.

    Examples:
        >>> squares = torch.tensor([[[[0.0, 1.0, 4.0, 9.0]]]])
        >>> read_at(squares, torch.zeros(1, 1, 1, 2), interpolation="cubic", border="zeros")  # in the middle
        tensor([[[[2.2500]]]])
    """
    # torch's zeros fade over a pixel at the edge; ours end where the outermost pixel ends, as they do for masks
    cut = border == "zeros" and interpolation != "nearest"
    mode = "nearest" if interpolation == "nearest" else "bilinear"
    padding: BorderMode = "border" if cut else border
    read = partial(functional.grid_sample, grid=places, mode=mode, padding_mode=padding, align_corners=False)
    if interpolation == "cubic":
        counts = work.shape[:1:-1]
        shares = [_share(line, count, padding) for line, count in zip(places.unbind(-1), counts, strict=True)]
        moved = _curved(work, shares[::-1], read)
    else:
        moved = read(work)
    return moved.masked_fill((places.abs() > 1 + 1e-6).any(-1).unsqueeze(1), 0) if cut else moved


def rounded(moved: Tensor, kind: torch.dtype, interpolation: Interpolation) -> Tensor:
    """Give what was interpolated in the dtype that it had before; integers rounded, and cut where cubic overshot.

    Args:
        moved: as computed; may be changed.
        kind: the dtype before.
        interpolation: as it was read.

    Examples:
        >>> rounded(torch.tensor([-3.0, 41.6, 259.0]), torch.uint8, "cubic")
        tensor([  0,  42, 255], dtype=torch.uint8)
    """
    if interpolation == "nearest" or kind.is_floating_point:
        return moved.to(kind)
    if interpolation == "cubic":
        bounds = torch.iinfo(kind)
        moved = moved.clamp_(bounds.min, bounds.max)
    return moved.round().to(kind)


def _curved(work: Tensor, shares: list[Tensor], read: _Read) -> Tensor:
    """Read cubically by reading linearly: f between two pixels, and t (1 - t) of how much it bends there.

    Keys' four weights at the fraction t are, with a = -1/2, those of (1 - t) f0 + t f1 + t (1 - t) ((1 - t) g0 + t g1),
    where g is half of what f lacks to be straight, f0 - (f-1 + f1) / 2; one axis after the other.
    """
    axis = work.ndim - len(shares)
    if not shares:
        return read(work)
    share, *rest = shares
    ends = work.narrow(axis, 0, 1), work.narrow(axis, work.shape[axis] - 1, 1)
    padded, count = torch.cat((ends[0], work, ends[1]), axis), work.shape[axis]
    bent = work - (padded.narrow(axis, 0, count) + padded.narrow(axis, 2, count)) / 2
    return _curved(work, rest, read) + share * _curved(bent, rest, read)


def _share(line: Tensor, count: int, border: BorderMode) -> Tensor:
    """Give t (1 - t), `batch 1 *new_space`, of places along one axis, -1 and 1 at its outer edges."""
    place = ((line + 1) * count - 1) / 2
    if border == "reflection":
        around = (place + 0.5).remainder(2 * count)
        place = torch.minimum(around, 2 * count - around) - 0.5
    place = place.clamp(0, count - 1)
    part = place - place.floor()
    return (part * (1 - part)).unsqueeze(1)


def _widen(data: Tensor) -> Tensor:
    """Give data in a dtype that grid_sample computes in; all but the largest 64-bit integers keep their values."""
    if data.dtype in (torch.float32, torch.float64):
        return data
    return data.double() if data.dtype in (torch.int32, torch.int64) else data.float()
