"""Batches on new grids: one interpolation for all samples, each with a move of its own."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from leyden.items import BorderMode, Move, Reading, resample
from leyden.items.grid import is_affine
from leyden.items.grid.prefilter import blur, smooth
from leyden.items.grid.tensors import read_at, rounded
from leyden.items.grid.voting import ballots, vote_at

__all__ = ["move_batch"]

_WHOLE = 2**24
"""Whole numbers that float32 holds."""


def move_batch(data: Tensor, moves: Sequence[Move], *, interpolation: Reading, border: BorderMode) -> Tensor:
    """Give every sample of a batch on its new grid, all in one pass.

    Flips, right angles and whole-pixel shifts, where all moves are such, copy values bit for bit instead. Where any
    sample shrinks, labels vote sample by sample.

    Args:
        data: `batch channel *space`, real or integer, on any device.
        moves: one a sample, all from that grid and all onto one.
        interpolation: how values between pixels are found.
        border: what is seen more than half a pixel outside the grid.

    Returns:
        `batch channel *new space`, of the same dtype, on the same device; a new tensor.
    """
    plans, size = [blur(move.size, move.footprint) for move in moves], moves[0].size
    shrinks = any(plan.coarse != size or any(plan.sides) for plan in plans)
    if all(move.is_exact for move in moves) or (interpolation == "vote" and shrinks):
        pairs = zip(data, moves, strict=True)
        return torch.stack([resample(one, move, interpolation=interpolation, border=border) for one, move in pairs])
    if interpolation == "vote":
        places = _places(moves, torch.empty(0, device=data.device))
        return vote_at(data, places, tables=ballots(size, (1.0,) * len(size)), border=border)
    work, nearest = _widen(data), interpolation == "nearest"
    if nearest or {plan.coarse for plan in plans} == {size}:
        work = work if nearest else _smoothed(work, moves)
        moved = read_at(work, _places(moves, work), interpolation=interpolation, border=border)
    else:
        canvas, places = _on_one_canvas(work, moves, border, room=int(interpolation == "cubic"))
        moved = read_at(canvas, places, interpolation=interpolation, border="border")
        if border == "zeros":
            moved = moved.masked_fill((_places(moves, work).abs() > 1 + 1e-6).any(-1).unsqueeze(1), 0)
    return rounded(moved, data.dtype, interpolation)


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


def _on_one_canvas(work: Tensor, moves: Sequence[Move], border: BorderMode, *, room: int) -> tuple[Tensor, Tensor]:
    """Average each sample onto a coarser grid of its own, and lay these grids side by side into one batch.

    Their edges are no edges of the canvas, so what lies beyond them is folded back into them here; with `room` for
    a pixel, the edge pixel is seen again beyond them, as what reads cubically wants it.
    """
    pieces, parts = [], []
    for one, move in zip(work, moves, strict=True):
        starts, part = move.cubic_focus if room else move.focus
        seen = one[:, *(slice(start, start + count) for start, count in zip(starts, part.size, strict=True))]
        pieces.append(smooth(seen, part.footprint))
        parts.append(part)
    sizes = torch.tensor([piece.shape[:0:-1] for piece in pieces], dtype=work.dtype, device=work.device)
    canvas = work.new_zeros(
        len(pieces),
        work.shape[1],
        *(room + max(axis) for axis in zip(*(piece.shape[1:] for piece in pieces), strict=True)),
    )
    for sample, piece in zip(canvas, pieces, strict=True):
        sample[:, *(slice(count) for count in piece.shape[1:])] = piece
        for axis, count in enumerate(piece.shape[1:] if room else (), start=1):
            sample.narrow(axis, count, 1).copy_(sample.narrow(axis, count - 1, 1))
    sizes = sizes.view(len(pieces), *(1 for _ in moves[0].size), -1)
    places = ((torch.cat([_places([part], work) for part in parts]) + 1) * sizes - 1) / 2
    if border == "reflection":
        around = (places + 0.5).remainder(2 * sizes)
        places = torch.minimum(around, 2 * sizes - around) - 0.5
    places = torch.minimum(places.clamp_min(0), sizes - 1)
    whole = torch.tensor(canvas.shape[:1:-1], dtype=work.dtype, device=work.device)
    return canvas, (2 * places + 1) / whole - 1
