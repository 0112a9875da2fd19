"""Padding of any axes of any type."""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from leyden.onnx.ops.registry import operator
from leyden.onnx.ops.shaping.moving import Elements, as_bits, moved, several

__all__ = ["pad", "pad_first", "pad_fixed"]

_FAST = {"reflect": "reflect", "edge": "replicate"}
_FLOATS = frozenset((torch.float32, torch.float64, torch.float16, torch.bfloat16))


@operator("Pad", since=11, numbers=("pads", "constant_value", "axes"))
def pad(
    data: Elements, pads: tuple[Any, ...], constant_value: Any = None, axes: Any = None, *, mode: str = "constant"
) -> Any:
    """Put elements before and after those of each axis, or take some away where a number is negative.

    Examples:
        >>> pad(torch.tensor([1, 2, 3]), (2, 1), mode="reflect")
        tensor([3, 2, 1, 2, 3, 2])
    """
    if isinstance(data, np.ndarray):
        return _pad_texts(data, pads, constant_value, axes, mode)
    rank, half = data.ndim, len(pads) // 2
    heads, tails = [0] * rank, [0] * rank
    for index, axis in enumerate(range(rank) if axes is None else several(axes)):
        heads[axis], tails[axis] = pads[index], pads[half + index]
    if mode == "constant":
        value = several(constant_value)[0] if constant_value is not None else 0
        return _constant(data, heads, tails, value)
    if mode == "wrap" or not _is_fast(data, heads, tails):
        return _indexed(data, heads, tails, mode)
    touched = [axis for axis in range(rank) if heads[axis] or tails[axis]]
    if not touched:
        return data
    ends = [number for axis in range(rank - 1, touched[0] - 1, -1) for number in (heads[axis], tails[axis])]
    lead = 2 + len(ends) // 2 - rank  # torch wants two axes before those that it pads
    padded = functional.pad(data.reshape((1,) * lead + tuple(data.shape)), ends, _FAST[mode])
    return padded.reshape(padded.shape[lead:])


@operator("Pad", since=2, until=10)
def pad_fixed(data: Elements, *, pads: tuple[Any, ...], value: float = 0.0, mode: str = "constant") -> Any:
    """Pad by numbers that are an attribute."""
    return pad(data, pads, value, mode=mode)


@operator("Pad", until=1)
def pad_first(data: Elements, *, paddings: tuple[Any, ...], value: float = 0.0, mode: str = "constant") -> Any:
    """Pad by numbers that are an attribute, under the name of the first version."""
    return pad(data, paddings, value, mode=mode)


def _constant(data: Tensor, heads: list[Any], tails: list[Any], value: Any) -> Tensor:
    ends = [number for pair in zip(reversed(heads), reversed(tails), strict=True) for number in pair]
    if data.dtype == torch.float8_e8m0fnu:
        value = torch.full((), value, dtype=data.dtype).view(torch.int8).item()
        return functional.pad(as_bits(data), ends, value=value).view(data.dtype)
    return functional.pad(data, ends, value=value)


def _is_fast(data: Tensor, heads: list[Any], tails: list[Any]) -> bool:
    """Say whether torch has one function for it: no more than three last axes of floats, none reflected twice."""
    touched = [axis for axis in range(data.ndim) if heads[axis] or tails[axis]]
    if data.dtype not in _FLOATS or not touched:
        return not touched
    first = touched[0]
    if first < data.ndim - 3 or data.ndim > 2 + data.ndim - first:
        return False
    return all(
        0 <= heads[axis] < data.shape[axis] and 0 <= tails[axis] < data.shape[axis] for axis in range(first, data.ndim)
    )


def _indexed(data: Tensor, heads: list[Any], tails: list[Any], mode: str) -> Tensor:
    """Pad one axis after the other by taking its elements in a new order."""
    bits = as_bits(data)
    if bits is not data:
        return _indexed(bits, heads, tails, mode).view(data.dtype)
    for axis, (before, after) in enumerate(zip(heads, tails, strict=True)):
        if before < 0 or after < 0:
            data = data.narrow(axis, max(-before, 0), data.shape[axis] + min(before, 0) + min(after, 0))
        size = data.shape[axis]
        if before <= 0 and after <= 0:
            continue
        places = torch.arange(-max(before, 0), size + max(after, 0), device=data.device)
        if mode == "edge":
            places = places.clamp(0, size - 1)
        elif mode == "wrap":
            places = places % size
        else:
            period = max(2 * (size - 1), 1)
            places = places % period
            places = torch.minimum(places, (period - places) % max(period, size))
        data = data.index_select(axis, places)
    return data


def _pad_texts(data: np.ndarray, pads: tuple[Any, ...], fill: Any, axes: Any, mode: str) -> Any:
    """Pad texts: the fill comes first among those that are taken."""
    texts = np.concatenate((np.array([fill if fill is not None else ""], dtype=object), data.reshape(-1)))
    places = torch.arange(1, data.size + 1).reshape(data.shape)
    result = pad(places, pads, 0, axes, mode=mode)
    return moved(lambda _: result, texts)
