"""Interpolation by torch: any device, any real dtype, with gradients; what the other backends are measured against."""

import torch
from torch import Tensor
from torch.nn import functional

from leyden.items.grid.move import BorderMode, Move
from leyden.items.grid.prefilter import smooth

__all__ = ["by_torch", "torch_refuses"]


def torch_refuses(data: Tensor, move: Move, *, nearest: bool) -> str:
    """Say nothing: torch can do all of it."""
    del data, move, nearest
    return ""


def by_torch(data: Tensor, move: Move, *, nearest: bool, border: BorderMode) -> Tensor:
    """Give an image on its new grid.

    Args:
        data: `channel *space` on the grid `move.size`, on any device.
        move: where everything goes.
        nearest: pick the nearest pixel, rather than interpolate between neighbours.
        border: what is seen more than half a pixel outside the grid.
    """
    work = _widen(data)
    if nearest and data.dtype == torch.int64 and not torch.equal(work.long(), data):
        # double precision holds 53 bits of a label: carry its halves
        halves = torch.cat((data >> 32, data & 0xFFFFFFFF))
        high, low = by_torch(halves, move, nearest=True, border=border).chunk(2)
        return high << 32 | low
    if not nearest:
        work = smooth(work, move.footprint)
    grid = move.grid(work.dtype, work.device)
    # torch's zeros fade over a pixel at the edge; ours end where the outermost pixel ends, as they do for masks
    cut = border == "zeros" and not nearest
    moved = functional.grid_sample(
        work.unsqueeze(0),
        grid,
        mode="nearest" if nearest else "bilinear",
        padding_mode="border" if cut else border,
        align_corners=False,
    ).squeeze(0)
    if cut:
        moved = moved.masked_fill((grid.squeeze(0).abs() > 1 + 1e-6).any(-1), 0)
    return (moved if nearest or data.is_floating_point() else moved.round()).to(data.dtype)


def _widen(data: Tensor) -> Tensor:
    """Give data in a dtype that grid_sample computes in; all but the largest 64-bit integers keep their values."""
    if data.dtype in (torch.float32, torch.float64):
        return data
    return data.double() if data.dtype in (torch.int32, torch.int64) else data.float()
