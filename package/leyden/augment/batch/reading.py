"""Batches on new grids: one interpolation for all samples, each with a move of its own."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from leyden.items import BorderMode, Move, resample
from leyden.items.grid import is_affine
from leyden.items.grid.prefilter import blur, smooth

__all__ = ["move_batch"]

_WHOLE = 2**24
"""Whole numbers that float32 holds."""


def move_batch(data: Tensor, moves: Sequence[Move], *, nearest: bool, border: BorderMode) -> Tensor:
    """Give every sample of a batch on its new grid, with one call of `torch.nn.functional.grid_sample`.

    Flips, right angles and whole-pixel shifts, where all moves are such, copy values bit for bit instead.

    Args:
        data: `batch channel *space`, real or integer, on any device.
        moves: one a sample, all from that grid and all onto one.
        nearest: pick the nearest pixel, rather than interpolate between neighbours.
        border: what is seen more than half a pixel outside the grid.

    Returns:
        `batch channel *new space`, of the same dtype, on the same device; a new tensor.
    """
    if all(move.is_exact for move in moves):
        how = "nearest" if nearest else "linear"
        copies = [resample(one, move, interpolation=how, border=border) for one, move in zip(data, moves, strict=True)]
        return torch.stack(copies)
    work = _widen(data)
    sizes = {blur(move.size, move.footprint).coarse for move in moves}
    if nearest or sizes == {moves[0].size}:
        work, places = work if nearest else _smoothed(work, moves), _places(moves, work)
    else:
        work, places = _on_one_canvas(work, moves, border)
    cut = border == "zeros" and not nearest  # torch's zeros fade over a pixel at the edge; ours end where it ends
    moved = functional.grid_sample(
        work,
        places,
        mode="nearest" if nearest else "bilinear",
        padding_mode="border" if cut else border,
        align_corners=False,
    )
    if cut:
        outside = (_places(moves, work).abs() > 1 + 1e-6).any(-1)
        moved = moved.masked_fill(outside.unsqueeze(1), 0)
    return (moved if nearest or data.is_floating_point() else moved.round()).to(data.dtype)


def _widen(data: Tensor) -> Tensor:
    """Give data in a dtype that grid_sample computes in and that holds every value."""
    if data.dtype in (torch.float32, torch.float64):
        return data
    if data.dtype in (torch.int32, torch.int64) and data.numel() and data.abs().max() > _WHOLE:
        return data.double()
    return data.float()


def _places(moves: Sequence[Move], like: Tensor) -> Tensor:
    """Give where each new pixel of each sample reads, `batch *new_space axis`, from -1 to 1 between old outer edges."""
    if any(move.fields or not is_affine(move.back) for move in moves):
        return torch.cat([move.grid(like.dtype, like.device) for move in moves])
    # only a few numbers a sample go to the device; the grid is made there
    rows = torch.tensor([_between_edges(move) for move in moves], dtype=torch.float64).to(like.device, like.dtype)
    return functional.affine_grid(rows, [len(moves), 1, *moves[0].new_size], align_corners=False)


def _between_edges(move: Move) -> list[list[float]]:
    """Give the map back as torch wants it: last axis first, both grids from -1 to 1 between their outer edges."""
    rows: list[list[float]] = []
    for (*factors, shift), old in zip(move.back[:-1], move.size, strict=True):
        scaled = [factor * new / old for factor, new in zip(factors, move.new_size, strict=True)]
        middle = sum(factor * (new - 1) / 2 for factor, new in zip(factors, move.new_size, strict=True)) + shift
        rows.append([*scaled[::-1], (2 * middle + 1) / old - 1])
    return rows[::-1]


def _smoothed(work: Tensor, moves: Sequence[Move]) -> Tensor:
    """Average samples as far as each shrinks, if any does."""
    if not any(any(blur(move.size, move.footprint).sides) for move in moves):
        return work
    return torch.stack([smooth(one, move.footprint) for one, move in zip(work, moves, strict=True)])


def _on_one_canvas(work: Tensor, moves: Sequence[Move], border: BorderMode) -> tuple[Tensor, Tensor]:
    """Average each sample onto a coarser grid of its own, and lay these grids side by side into one batch.

    Their edges are no edges of the canvas, so what lies beyond them is folded back into them here.
    """
    pieces, parts = [], []
    for one, move in zip(work, moves, strict=True):
        starts, part = move.focus
        seen = one[:, *(slice(start, start + count) for start, count in zip(starts, part.size, strict=True))]
        pieces.append(smooth(seen, part.footprint))
        parts.append(part)
    sizes = torch.tensor([piece.shape[:0:-1] for piece in pieces], dtype=work.dtype, device=work.device)
    canvas = work.new_zeros(
        len(pieces), work.shape[1], *(max(axis) for axis in zip(*(piece.shape[1:] for piece in pieces), strict=True))
    )
    for sample, piece in zip(canvas, pieces, strict=True):
        sample[:, *(slice(count) for count in piece.shape[1:])] = piece
    sizes = sizes.view(len(pieces), *(1 for _ in moves[0].size), -1)
    places = ((torch.cat([_places([part], work) for part in parts]) + 1) * sizes - 1) / 2
    if border == "reflection":
        around = (places + 0.5).remainder(2 * sizes)
        places = torch.minimum(around, 2 * sizes - around) - 0.5
    places = torch.minimum(places.clamp_min(0), sizes - 1)
    whole = torch.tensor(canvas.shape[:1:-1], dtype=work.dtype, device=work.device)
    return canvas, (2 * places + 1) / whole - 1
