"""Resizing of any axes of a tensor, one after the other."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import torch
from torch import Tensor

from leyden.onnx.ops.spatial.tap import Axis, cubic_taps, linear_taps, nearest_index, positions

__all__ = ["Filter", "resample"]

_CARRIERS = {torch.uint16: torch.int16, torch.uint32: torch.int32, torch.uint64: torch.int64}


@final
@dataclass(frozen=True)
class Filter:
    """How values between the elements of a tensor are made; ONNX's attributes of Resize under their own names."""

    mode: str = "nearest"
    coordinate_transformation_mode: str = "half_pixel"
    nearest_mode: str = "round_prefer_floor"
    antialias: int = 0
    cubic_coeff_a: float = -0.75
    exclude_outside: int = 0
    extrapolation_value: float = 0.0


def resample(data: Any, axes: Iterable[Axis], settings: Filter) -> Any:
    """Resize axes of a tensor, or of an array of texts, one after the other.

    Floating-point numbers keep their type, and are computed in float32 at least; integers are rounded and clipped.
    """
    if settings.mode == "nearest":
        return _nearest(data, axes, settings)
    if settings.mode not in ("linear", "cubic"):
        raise ValueError(f"Resize has no mode {settings.mode!r}; it has nearest, linear, cubic")
    dtype = data.dtype
    wide = torch.float64 if dtype == torch.float64 else torch.float32
    result = data.to(wide)
    for axis in axes:
        result = _axis(result, axis, settings)
    if dtype.is_floating_point:
        return result.to(dtype)
    limits = torch.iinfo(dtype)
    return result.round().clamp(limits.min, limits.max).to(dtype)


def _nearest(data: Any, axes: Iterable[Axis], settings: Filter) -> Any:
    if isinstance(data, np.ndarray):
        chosen = _nearest(torch.arange(data.size).reshape(data.shape), axes, settings)
        return data.reshape(-1)[chosen.numpy()]
    carrier = _CARRIERS.get(data.dtype)
    result = data if carrier is None else data.view(carrier)
    for axis in axes:
        # A factor such as 0.6 is a little more in float32, in which places that fall on an element do so again.
        exact = torch.float64 if axis.exact else torch.float32
        place = positions(axis, settings.coordinate_transformation_mode, data.device, exact)
        result = result.index_select(axis.axis, nearest_index(place, axis.before, settings.nearest_mode))
        result = _outside(result, axis, place, settings)
    return result if carrier is None else result.view(data.dtype)


def _axis(data: Tensor, axis: Axis, settings: Filter) -> Tensor:
    place = positions(axis, settings.coordinate_transformation_mode, data.device)
    shrink = min(axis.scale, 1.0) if settings.antialias else 1.0
    if settings.mode == "linear":
        index, weight = linear_taps(place, shrink)
    else:
        index, weight = cubic_taps(place, shrink, a=settings.cubic_coeff_a)
    if settings.exclude_outside:
        weight = torch.where((index >= 0) & (index < axis.before), weight, torch.zeros_like(weight))
        weight = weight / weight.sum(1, keepdim=True)
    index, weight = index.clamp(0, axis.before - 1), weight.to(data.dtype)
    shape = (-1,) + (1,) * (data.ndim - 1 - axis.axis)
    result = data.index_select(axis.axis, index[:, 0]) * weight[:, 0].view(shape)
    for tap in range(1, index.shape[1]):
        result = result + data.index_select(axis.axis, index[:, tap]) * weight[:, tap].view(shape)
    return _outside(result, axis, place, settings)


def _outside(data: Tensor, axis: Axis, place: Tensor, settings: Filter) -> Tensor:
    if settings.coordinate_transformation_mode != "tf_crop_and_resize":
        return data
    outside = ((place < 0) | (place > axis.before - 1)).view((-1,) + (1,) * (data.ndim - 1 - axis.axis))
    return torch.where(outside, torch.full_like(data, settings.extrapolation_value), data)
