"""Resize and Upsample, in all their versions."""

import math
from collections.abc import Iterable
from typing import Any

from torch import Tensor
from torch.nn import functional

from leyden.onnx.ops.registry import operator
from leyden.onnx.ops.spatial.interpolation import Filter, resample
from leyden.onnx.ops.spatial.tap import Axis

__all__ = ["resize", "resize_10", "upsample", "upsample_1", "upsample_7"]

_REPEATS = {
    ("asymmetric", "floor"), ("half_pixel", "round_prefer_floor"), ("half_pixel", "round_prefer_ceil"),
    ("pytorch_half_pixel", "round_prefer_floor"), ("pytorch_half_pixel", "round_prefer_ceil"),
    ("tf_half_pixel_for_nn", "floor"),
}  # fmt: skip
_SAFE = 32  # up to this factor torch's float32 quotient of sizes rounds to the right element, whatever its index
_LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}


@operator("Resize", since=11, numbers=("roi", "scales", "sizes"))
def resize(
    data: Any, roi: Any = None, scales: Any = None, sizes: Any = None, *, antialias: int = 0,
    axes: Iterable[int] | None = None, coordinate_transformation_mode: str = "half_pixel",
    cubic_coeff_a: float = -0.75, exclude_outside: int = 0, extrapolation_value: float = 0.0,
    keep_aspect_ratio_policy: str = "stretch", mode: str = "nearest", nearest_mode: str = "round_prefer_floor",
) -> Any:  # fmt: skip
    """Resize axes of a tensor to sizes, or by factors.

    Examples:
        >>> import torch
        >>> resize(torch.tensor([1.0, 3.0]), None, (2.0,), mode="linear")
        tensor([1.0000, 1.5000, 2.5000, 3.0000])
    """
    settings = Filter(
        mode, coordinate_transformation_mode, nearest_mode, antialias, cubic_coeff_a, exclude_outside,
        extrapolation_value,
    )  # fmt: skip
    chosen = [axis % data.ndim for axis in axes] if axes is not None else list(range(data.ndim))
    if sizes:
        plan = _by_sizes(data.shape, chosen, sizes, keep_aspect_ratio_policy)
    else:
        plan = [_by_scale(data.shape, axis, scale) for axis, scale in zip(chosen, scales, strict=True)]
    if coordinate_transformation_mode == "tf_crop_and_resize":
        plan = [
            Axis(a.axis, a.before, a.after, a.scale, a.exact, roi[i], roi[len(chosen) + i]) for i, a in enumerate(plan)
        ]
    plan = [axis for axis in plan if not _is_kept(axis)]
    fast = _fast(data, plan, settings)
    return resample(data, plan, settings) if fast is None else fast


@operator("Resize", since=10, until=10, numbers=("scales",))
def resize_10(data: Any, scales: Iterable[float], *, mode: str = "nearest") -> Any:
    """Resize axes of a tensor by factors; coordinates start at the first edge of an axis."""
    return resize(data, None, scales, mode=mode, coordinate_transformation_mode="asymmetric", nearest_mode="floor")


@operator("Upsample", since=9, numbers=("scales",))
def upsample(data: Any, scales: Iterable[float], *, mode: str = "nearest") -> Any:
    """Enlarge axes of a tensor by factors."""
    return resize_10(data, scales, mode=mode)


@operator("Upsample", since=7, until=8)
def upsample_7(data: Any, *, scales: Iterable[float], mode: str = "nearest") -> Any:
    """Enlarge axes of a tensor by factors that are an attribute."""
    return resize_10(data, scales, mode=mode)


@operator("Upsample", since=1, until=6)
def upsample_1(data: Any, *, height_scale: float, width_scale: float, mode: str = "nearest") -> Any:
    """Enlarge the two last axes of images."""
    return resize_10(data, (1.0, 1.0, height_scale, width_scale), mode="linear" if mode == "bilinear" else mode)


def _by_sizes(shape: Any, axes: Iterable[int], sizes: Any, policy: str) -> Iterable[Axis]:
    if policy == "stretch":
        return [Axis(axis, shape[axis], size, size / shape[axis]) for axis, size in zip(axes, sizes, strict=True)]
    if policy not in ("not_larger", "not_smaller"):
        raise ValueError(f"Resize has no keep_aspect_ratio_policy {policy!r}")
    ratios = [size / shape[axis] for axis, size in zip(axes, sizes, strict=True)]
    scale = min(ratios) if policy == "not_larger" else max(ratios)
    return [Axis(axis, shape[axis], int(scale * shape[axis] + 0.5), scale, False) for axis in axes]


def _by_scale(shape: Any, axis: int, scale: float) -> Axis:
    before = shape[axis]
    if scale == int(scale):
        return Axis(axis, before, before * int(scale), scale)
    product = before * scale
    if isinstance(before, int):
        after = math.floor(_float32(product))
        return Axis(axis, before, after, scale, product == after)
    # The float32 of a file may lie just below the factor that was meant.
    return Axis(axis, before, math.floor(product * (1 + 2**-24)), scale, False)


def _float32(number: float) -> float:
    """Round a number to the 24 bits of float32, as others compute sizes of outputs, without a tensor."""
    shifted = number * (2**29 + 1)
    return shifted - (shifted - number)


def _is_whole(axis: Axis) -> bool:
    """Say whether the scale is the quotient of the sizes, but for what float32 rounds."""
    return axis.exact or (
        isinstance(axis.after, int) and abs(axis.scale * axis.before - axis.after) < 1e-6 * axis.after
    )


def _enlarges(plan: Any) -> bool:
    """Say whether all factors are whole, and none is so large that torch's arithmetic fails."""
    return all(axis.exact and axis.after % axis.before == 0 and axis.after <= _SAFE * axis.before for axis in plan)


def _is_kept(axis: Axis) -> bool:
    same = axis.after == axis.before and (axis.exact or axis.scale == 1)
    return bool(same and axis.start == 0 and axis.end == 1)


def _fast(data: Any, plan: Any, settings: Filter) -> Tensor | None:
    """Resize the last axes of images by torch's own kernel; None where it is not exactly the same."""
    space = len(getattr(data, "shape", ())) - 2
    if not isinstance(data, Tensor) or not data.is_floating_point() or space not in _LINEAR:
        return None
    if not plan:
        return data
    if any(axis.axis < 2 for axis in plan) or not all(_is_whole(axis) for axis in plan) or settings.antialias:
        return None
    sizes = list(data.shape[2:])
    for axis in plan:
        sizes[axis.axis - 2] = axis.after
    where = settings.coordinate_transformation_mode
    if settings.mode == "nearest":
        alike = (where, settings.nearest_mode) in _REPEATS and _enlarges(plan)
        return functional.interpolate(data, sizes, mode="nearest") if alike else None
    if settings.mode == "linear" and where == "asymmetric" and _enlarges(plan):
        return _from_the_edge(data, plan, sizes)
    aligned = where == "align_corners"
    half = where == "half_pixel" or (where == "pytorch_half_pixel" and all(axis.after != 1 for axis in plan))
    if settings.exclude_outside or not (aligned or half):
        return None
    if settings.mode == "linear":
        return functional.interpolate(data, sizes, mode=_LINEAR[space], align_corners=aligned)
    if settings.mode == "cubic" and space == 2 and settings.cubic_coeff_a == -0.75:
        return functional.interpolate(data, sizes, mode="bicubic", align_corners=aligned)
    return None


def _from_the_edge(data: Tensor, plan: Any, sizes: Any) -> Tensor:
    """Enlarge by whole factors from the first edge on: as if corners were aligned, with one more element at the end."""
    pads = [0] * (2 * len(sizes))
    wide = list(sizes)
    for axis in plan:
        pads[2 * (data.ndim - 1 - axis.axis) + 1] = 1
        wide[axis.axis - 2] += 1
    longer = functional.pad(data, pads, mode="replicate")
    result = functional.interpolate(longer, wide, mode=_LINEAR[len(sizes)], align_corners=True)
    for axis in plan:
        result = result.narrow(axis.axis, 0, axis.after)
    return result
