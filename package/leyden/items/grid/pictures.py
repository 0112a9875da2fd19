"""Interpolation of pictures by OpenCV, on the processor."""

from dataclasses import dataclass
from typing import Any, TypeAlias, final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from leyden.items.grid.affine import Size, is_affine
from leyden.items.grid.move import BorderMode, Move, Reading
from leyden.items.grid.prefilter import Blur, blur

__all__ = ["by_opencv", "opencv_refuses"]

_LONGEST = 32766
"""OpenCV counts places in 16 bits."""

_FRACTIONAL = (torch.uint8, torch.float32, torch.float16, torch.bfloat16)
"""What is interpolated exactly. Others, double precision too, OpenCV 5 reads at multiples of 1/32 pixel only."""

_BORDERS = {"zeros": cv2.BORDER_CONSTANT, "border": cv2.BORDER_REPLICATE, "reflection": cv2.BORDER_REFLECT}

_BYTES = 256
"""OpenCV filters bytes with weights of so many parts of 1; weights between two of them would not add up to 1."""

_WHOLE = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}
"""Integers that hold what is so many bytes wide."""

_Array: TypeAlias = NDArray[Any]

_WHOLE_PIXEL, _BEND = np.ones(1, np.float32), np.array((-0.5, 1, -0.5), np.float32)
_BENDS = ((_BEND, _WHOLE_PIXEL), (_WHOLE_PIXEL, _BEND), (_BEND, _BEND))
"""What a picture lacks to be straight at each pixel, halved: filters down and right, for one axis, the other, both."""

_SAME = [index for channel in range(4) for index in (channel, channel)]
"""Channel by channel, for `cv2.mixChannels`."""

if cv2.getNumThreads() == cv2.getNumberOfCPUs():
    # samples are worked on side by side, not the pixels of one: threads of its own would only wait for each other, at
    # twice the processor's time. Whoever sets another number, before or after, keeps it
    cv2.setNumThreads(1)


@final
@dataclass(frozen=True)
class _How:
    """How pictures are read: what they are averaged to before, the border, and which new pixels are not cut to 0."""

    plan: Blur
    edge: int
    seen: _Array | None


def opencv_refuses(data: Tensor, move: Move, *, interpolation: Reading) -> str:
    """Say why OpenCV cannot do this; nothing if it can."""
    if interpolation == "vote":
        return "takes no vote"
    if data.ndim != 3 or data.device.type != "cpu":
        return f"wants channel y x in memory, got {tuple(data.shape)} on {data.device}"
    if data.requires_grad and torch.is_grad_enabled():
        return "gives no gradients"
    if interpolation != "nearest" and data.dtype not in _FRACTIONAL:
        return f"interpolates {[str(kind).removeprefix('torch.') for kind in _FRACTIONAL]}, got {data.dtype}"
    if max(*move.size, *move.new_size) > _LONGEST or not move.reach < _LONGEST:
        return f"reaches {_LONGEST} pixels, asked for more"
    return ""


def by_opencv(data: Tensor, move: Move, *, interpolation: Reading, border: BorderMode) -> Tensor:
    """Give a picture on its new grid; one that lies pixel by pixel in memory (as files are read) stays so.

    Args:
        data: `channel y x` on the grid `move.size`, one that `opencv_refuses` nothing of.
        move: where everything goes.
        interpolation: how values between pixels are found.
        border: what is seen more than half a pixel outside the grid.
    """
    data = data.detach()
    if interpolation == "nearest":
        return _pick(data, move, _BORDERS[border])
    how = _How(blur(move.size, move.footprint), _BORDERS[border], _seen(move) if border == "zeros" else None)
    if interpolation == "cubic":
        return _curve(data, move, how)
    work = data if data.dtype in (torch.uint8, torch.float32) else data.float()
    if len(work) in (3, 4) and work.stride(0) == 1 and work.stride(2) == len(work):
        picture = _shrink(work.permute(1, 2, 0).numpy(), how.plan)
        # measured: three channels take OpenCV 5 twice as long as four
        moved = _read(cv2.cvtColor(picture, cv2.COLOR_RGB2RGBA) if len(work) == 3 else picture, move, how)
        moved = cv2.cvtColor(moved, cv2.COLOR_RGBA2RGB) if len(work) == 3 else moved
        return torch.from_numpy(moved).permute(2, 0, 1).to(data.dtype)
    result = torch.empty((len(work), *move.new_size), dtype=work.dtype)
    planes, goals = list(work.numpy()), list(result.numpy())
    for first in range(0, len(planes), 4):
        part, goal = planes[first : first + 4], goals[first : first + 4]
        # and four together take little longer than one
        picture = part[0] if len(part) == 1 else _joined([*part, *part[:1] * (4 - len(part))])
        moved = _read(_shrink(picture, how.plan), move, how)
        cv2.mixChannels([moved], goal, [channel for index in range(len(goal)) for channel in (index, index)])
    return result.to(data.dtype)


def _curve(data: Tensor, move: Move, how: _How) -> Tensor:
    """Read cubically by reading linearly: each plane, then how it bends along one axis, the other, both.

    The formula is that of `by_torch`: OpenCV's own cubic weights are others, and bend a ramp.
    """
    down, right = _shares(move, how)
    shares = (down, right, down * right)
    # what is worked in is little, and made once: memory that comes and goes costs more than the arithmetic
    flat, bent = np.empty((2, *how.plan.coarse), np.float32)
    first, part = np.empty((2, *move.new_size), np.float32)
    shrinks = how.plan.coarse != move.size or any(how.plan.sides)
    lies_by_pixel = len(data) in (3, 4) and data.stride(0) == 1 and data.stride(2) == len(data)
    shape = (*move.new_size, len(data)) if lies_by_pixel else (len(data), *move.new_size)
    result = np.empty(shape, np.uint8 if data.dtype == torch.uint8 else np.float32)
    work = data if data.dtype in (torch.uint8, torch.float32) else data.float()
    for plane, goal in zip(work.numpy(), result.transpose(2, 0, 1) if lies_by_pixel else result, strict=True):
        flat[:] = _shrink(plane.astype(np.float32), how.plan) if shrinks else plane
        mixed = _read(flat, move, how, into=first)
        for (y, x), share in zip(_BENDS, shares, strict=True):
            cv2.sepFilter2D(flat, -1, x, y, bent, borderType=cv2.BORDER_REPLICATE)
            mixed += np.multiply(_read(bent, move, how, into=part), share, out=part)
        goal[:] = mixed if data.dtype != torch.uint8 else np.rint(mixed, out=mixed).clip(0, _BYTES - 1, out=mixed)
    moved = torch.from_numpy(result)
    return (moved.permute(2, 0, 1) if lies_by_pixel else moved).to(data.dtype)


def _joined(planes: list[_Array]) -> _Array:
    """Give four planes as one picture; OpenCV's own way writes past the cache, and reading then takes four times."""
    four = np.empty((*planes[0].shape, 4), planes[0].dtype)
    cv2.mixChannels(planes, [four], _SAME)
    return four


def _shares(move: Move, how: _How) -> tuple[_Array, _Array]:
    """Give t (1 - t) along either axis, t how far beyond a pixel each place lies."""
    shares: list[_Array] = []
    places = move.places(torch.float32).numpy()
    for line, count, coarse, (low, high) in zip(places, move.size, how.plan.coarse, move.sight, strict=True):
        if coarse != count:
            line = (line + np.float32(0.5)) * np.float32(coarse / count) - np.float32(0.5)
        if not (low >= 0 and high <= count - 1 and coarse == count):
            line = _folded(line, coarse, mirrors=how.edge == cv2.BORDER_REFLECT)
        part = line - np.floor(line)
        shares.append(part * (1 - part))
    return shares[0], shares[1]


def _folded(line: _Array, count: int, *, mirrors: bool) -> _Array:
    """Bring places along one axis into 0..count - 1."""
    if mirrors:
        around, half = np.float32(2 * count), np.float32(0.5)
        far = line + half
        far -= np.floor(far / around) * around
        line = np.minimum(far, around - far) - half
    return line.clip(0, count - 1)


def _pick(data: Tensor, move: Move, edge: int) -> Tensor:
    """Take each pixel whole."""
    planes = [torch.from_numpy(_warp(_bits(plane), move, move.size, cv2.INTER_NEAREST, edge)) for plane in data]
    planes = [plane.view(data.dtype).view(1, *move.new_size) for plane in planes]
    # one stays as it is: a copy would wake torch's threads, which then keep OpenCV's from the processor
    return planes[0] if len(planes) == 1 else torch.cat(planes)


def _bits(plane: Tensor) -> _Array:
    """Give the memory of a plane as bytes or pairs of them, one or four a pixel: of these OpenCV 5 picks exactly."""
    width = plane.element_size()
    kind = np.uint16 if width in (2, 8) else np.uint8
    raw = plane.view(_WHOLE[width]).numpy()
    raw = (raw if plane.stride(1) == 1 else np.ascontiguousarray(raw)).view(kind)
    return raw.reshape(*plane.shape, 4) if width > 2 else raw


def _shrink(picture: _Array, plan: Blur) -> _Array:
    """Average a picture as `smooth` does; bytes are rounded in between."""
    rows, columns = plan.coarse
    if picture.shape[:2] != plan.coarse:
        picture = cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA)
    if any(plan.sides):
        sides = plan.sides if picture.dtype != np.uint8 else [round(side * _BYTES) / _BYTES for side in plan.sides]
        down, right = (np.array((side, 1 - 2 * side, side), np.float32) for side in sides)
        picture = cv2.sepFilter2D(picture, -1, right, down, borderType=cv2.BORDER_REPLICATE)
    return picture


def _seen(move: Move) -> _Array | None:
    """Mark the new pixels that show the old grid; nothing if all do."""
    if all(low >= -0.5 and high <= count - 0.5 for (low, high), count in zip(move.sight, move.size, strict=True)):
        return None
    return _warp(np.ones(move.size, np.uint8), move, move.size, cv2.INTER_NEAREST, cv2.BORDER_CONSTANT)


def _read(picture: _Array, move: Move, how: _How, *, into: _Array | None = None) -> _Array:
    # zeros begin where the outermost pixel ends; OpenCV's own fade over a pixel
    edge = cv2.BORDER_REPLICATE if how.edge == cv2.BORDER_CONSTANT else how.edge
    moved = _warp(picture, move, how.plan.coarse, cv2.INTER_LINEAR, edge, into=into)
    return moved if how.seen is None else cv2.copyTo(moved, how.seen)


def _warp(picture: _Array, move: Move, coarse: Size, how: int, edge: int, *, into: _Array | None = None) -> _Array:
    """Read a picture, that may have been made coarser, where the new pixels say."""
    (rows, columns), (high, wide) = move.new_size, (a / b for a, b in zip(coarse, move.size, strict=True))
    if move.fields:
        places = move.places(torch.float32).numpy()
        down, right = (
            plane if scale == 1 else (plane + 0.5) * np.float32(scale) - 0.5
            for plane, scale in zip(places, (high, wide), strict=True)
        )
        return cv2.remap(picture, right, down, how, into, edge)
    (a, b, c), (d, e, f), (g, h, i) = move.back
    # from places counted at pixel centres to the coarser ones: (x + 0.5) * scale - 0.5, in OpenCV's order x y
    down = [high * entry + (high - 1) / 2 * end for entry, end in zip((b, a, c), (h, g, i), strict=True)]
    right = [wide * entry + (wide - 1) / 2 * end for entry, end in zip((e, d, f), (h, g, i), strict=True)]
    flags = how | cv2.WARP_INVERSE_MAP
    if is_affine(move.back):
        return cv2.warpAffine(picture, np.array((right, down)), (columns, rows), into, flags, edge)
    full = np.array((right, down, (h, g, i)))
    return cv2.warpPerspective(picture, full, (columns, rows), into, flags, edge)
