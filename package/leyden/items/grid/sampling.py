"""The one place where pixels are interpolated."""

from typing import Literal, TypeAlias

import torch
from torch import Tensor
from torch.nn import functional

from leyden.errors import DrawError, ItemError
from leyden.items.grid.affine import size_text
from leyden.items.grid.exact import copy_pixels, is_exact
from leyden.items.grid.move import BorderMode, Move
from leyden.items.grid.prefilter import footprint, smooth

__all__ = ["Interpolation", "resample"]

Interpolation: TypeAlias = Literal["linear", "nearest"]
"""How a value between pixel centres is found: `linear` from its neighbours, `nearest` as its nearest neighbour."""


def resample(data: Tensor, move: Move, *, interpolation: Interpolation, border: BorderMode) -> Tensor:
    """Give an image or label map on its new grid, interpolated at most once and on that grid only.

    Flips, right angles and whole-pixel shifts copy values bit for bit. `linear` averages over what each new pixel
    covers where the move shrinks; `nearest` picks, and keeps integers exact up to 2**53.

    Args:
        data: `channel *space` on the grid `move.size`; real for `linear`, real or integer for `nearest`.
        move: where everything goes.
        interpolation: `linear` or `nearest`.
        border: what is seen more than half a pixel outside the grid.

    Returns:
        `channel *new_space`, same dtype and device, always a new tensor.

    Raises:
        DrawError: `data` does not live on the grid that the move starts from.
        ItemError: 64-bit integers beyond 2**53, which would not survive.

    Examples:
        >>> half = Move(((0.5, 0.0, -0.25), (0.0, 0.5, -0.25), (0.0, 0.0, 1.0)), (2, 2), (1, 1))
        >>> resample(torch.tensor([[[1.0, 2.0], [3.0, 6.0]]]), half, interpolation="linear", border="zeros")
        tensor([[[3.]]])
    """
    if tuple(data.shape[1:]) != move.size:
        raise DrawError(
            f"data of {size_text(tuple(data.shape[1:]))} cannot take a move of {size_text(move.size)} grids; "
            "draw again for this sample"
        )
    if is_exact(move.back):
        return copy_pixels(data, move, border)
    return _interpolate(data, move, interpolation, border)


def _interpolate(data: Tensor, move: Move, interpolation: Interpolation, border: BorderMode) -> Tensor:
    """Read the part of the old grid that the new one sees, averaged as far as the move shrinks."""
    starts, move = move.focus
    for axis, (start, count) in enumerate(zip(starts, move.size, strict=True), start=1):
        data = data.narrow(axis, start, count)
    work = _widen(data)
    if interpolation == "linear":
        work = smooth(work, footprint(move.back))
    grid = move.grid(work.dtype, work.device)
    mode = "bilinear" if interpolation == "linear" else "nearest"
    # torch's zeros fade over a pixel at the edge; ours end where the outermost pixel ends, as they do for masks
    cut = border == "zeros" and interpolation == "linear"
    padding = "border" if cut else border
    moved = functional.grid_sample(
        work.unsqueeze(0), grid, mode=mode, padding_mode=padding, align_corners=False
    ).squeeze(0)
    if cut:
        moved = moved.masked_fill((grid.squeeze(0).abs() > 1 + 1e-6).any(-1), 0)
    return moved.to(data.dtype)


def _widen(data: Tensor) -> Tensor:
    """Give data in a dtype that grid_sample computes in and that holds every value exactly."""
    if data.dtype in (torch.float32, torch.float64):
        return data
    if data.dtype not in (torch.int32, torch.int64):
        return data.float()
    wide = data.double()
    if data.dtype == torch.int64 and not torch.equal(wide.long(), data):
        raise ItemError(f"labels beyond 2**53 cannot be resampled; largest here: {data.abs().max()}; number them anew")
    return wide
