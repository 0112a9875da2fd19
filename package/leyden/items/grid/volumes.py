"""Interpolation of volumes by numba, and the vote of labels, on the processor, where it is installed."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from leyden.items.grid.affine import HORIZON, is_affine
from leyden.items.grid.move import BorderMode, Move, Reading
from leyden.items.grid.prefilter import bands, blur
from leyden.items.grid.tensors import rounded
from leyden.items.grid.voting import ballot, ballots

__all__ = ["by_numba", "numba_refuses"]

_MODES: dict[BorderMode, int] = {"zeros": 0, "border": 1, "reflection": 2}

_RUN = 16
"""Numbers of single precision in 64 bytes: loops over whole runs are faster than shorter ones with a rest."""

_Array = NDArray[Any]


@cache
def _installed() -> bool:
    return find_spec("numba") is not None


@cache
def _kernels() -> Any:
    # compiled on first use, and kept on disk beside this file or in the user's cache
    return import_module("leyden.items.grid.kernels")


@cache
def _loops() -> Any:
    return import_module("leyden.items.grid.voting.loops")


def numba_refuses(data: Tensor, move: Move, *, interpolation: Reading) -> str:
    """Say why numba cannot do this; nothing if it can."""
    if not _installed():
        return "is not installed; pip install numba"
    if data.ndim not in ((3, 4) if interpolation == "vote" else (4,)) or data.device.type != "cpu":
        return f"wants channel z y x in memory, got {tuple(data.shape)} on {data.device}"
    if data.requires_grad and torch.is_grad_enabled():
        return "gives no gradients"
    if move.fields and move.bend == "first":
        return "brings nothing back through fields"
    return ""


def by_numba(data: Tensor, move: Move, *, interpolation: Reading, border: BorderMode) -> Tensor:
    """Give a volume on its new grid, in one pass that makes no table of places.

    Args:
        data: `channel z y x` on the grid `move.size`, one that `numba_refuses` nothing of; or `channel y x` for a vote.
        move: where everything goes.
        interpolation: how values between voxels are found.
        border: what is seen more than half a voxel outside the grid.
    """
    data = data.detach()
    if interpolation == "vote":
        return _vote(data, move, border)
    double, nearest = data.dtype == torch.float64, interpolation == "nearest"
    if nearest:
        # values are carried as they are, whatever they mean
        work = data.view({1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}[data.element_size()])
        read = _kernels().pick_volume
    else:
        work = _shrink(data if data.dtype in (torch.float32, torch.float64) else data.float(), move)
        read = _kernels().read_volume if interpolation == "linear" else _kernels().curve_volume
    coarse = tuple(work.shape[1:])
    result = torch.empty((len(work), *move.new_size), dtype=work.dtype)
    where = _where(move, blur(move.size, move.footprint).coarse if not nearest else move.size, double=double)
    read(_flat(work), work.stride(), coarse, where, _MODES[border], result.numpy())
    return result.view(data.dtype) if nearest else rounded(result, data.dtype, interpolation)


def _vote(data: Tensor, move: Move, border: BorderMode) -> Tensor:
    """Let pixels vote; a picture is a volume of one plane."""
    work = data.byte() if data.dtype == torch.bool else data
    work = work if data.ndim == 4 else work.unsqueeze(1)
    axes = ballots(move.size, move.footprint)
    coarse = tuple(axis.count for axis in axes)
    where = _where(move, coarse, double=False)
    if data.ndim == 3:
        axes, coarse = [ballot(1, 1), *axes], (1, *coarse)
    tables = tuple((axis.first, axis.near, axis.next) for axis in axes)
    result = torch.empty((len(work), *move.new_size), dtype=work.dtype)
    numbers = result.view(len(work), -1, *move.new_size[-2:]).numpy()
    _loops().vote_volume(_flat(work), work.stride(), tables, coarse, where, _MODES[border], numbers)
    return result.to(data.dtype)


def _shrink(data: Tensor, move: Move) -> Tensor:
    """Average a volume as `smooth` does, one pass an axis."""
    plan = blur(move.size, move.footprint)
    for axis, (count, side) in enumerate(zip(plan.coarse, plan.sides, strict=True)):
        fine = data.shape[1 + axis]
        if count == fine and not side:
            continue
        data = data if data.stride(3) == 1 else data.contiguous()
        first, weights = bands(fine, count, side=side)
        shape = (*data.shape[: 1 + axis], count, *data.shape[2 + axis :])
        result = torch.empty(shape, dtype=data.dtype)
        numbers = result.numpy()
        _kernels().average_volume(_flat(data), data.stride(), axis, first, weights.astype(numbers.dtype), numbers)
        data = result
    return data


def _flat(work: Tensor) -> _Array:
    """Give the memory from the first to the last voxel."""
    extent = 1 + sum(step * (count - 1) for step, count in zip(work.stride(), work.shape, strict=True))
    return work.as_strided((extent,), (1,)).numpy()


def _where(move: Move, coarse: tuple[int, ...], *, double: bool) -> tuple[Any, ...]:
    """Give where new voxels read, in voxels of a grid that may be coarser, as `read_volume` wants it."""
    kind, dtype = (np.float64, torch.float64) if double else (np.float32, torch.float32)
    *back, last = np.array(move.back)
    scales = [new / old for new, old in zip(coarse, move.size, strict=True)]
    rows = [scale * row + (scale - 1) / 2 * last for scale, row in zip(scales, back, strict=True)]
    lines = np.array(rows if is_affine(move.back) else [*rows, last])
    *outer, width = move.new_size
    spread = torch.empty((len(lines), *outer, 0), dtype=dtype)
    bases = [np.empty((width, 0))]
    for field in move.fields:
        part = field.spread(lines[:, :-1], move.new_size, axes=tuple(range(len(outer)))[::-1], dtype=dtype)
        spread = torch.cat((spread, part), -1)
        bases.append(field.basis(len(outer), move.new_size))
    if len(outer) == 1:
        # a picture is a volume of one plane, all of which lies at 0
        lines = np.pad(lines, ((1, 0), (1, 0)))
        spread = torch.cat((torch.zeros_like(spread[:1]), spread)).unsqueeze(1)
    basis = np.ascontiguousarray(np.concatenate(bases, 1).T.astype(kind))
    return lines, spread.contiguous().numpy(), basis, _ends(basis), HORIZON


def _ends(basis: _Array) -> _Array:
    """Give from where to where each row may be not 0, in whole runs of a processor's widest registers."""
    some, width = basis != 0, basis.shape[1]
    last = np.where(some.any(1), width - some[:, ::-1].argmax(1), 0)
    ends = np.stack((some.argmax(1) // _RUN * _RUN, -(-last // _RUN) * _RUN), 1)
    return ends.clip(0, width).astype(np.int64)
