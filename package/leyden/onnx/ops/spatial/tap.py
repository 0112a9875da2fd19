"""Where an output of a resized axis looks in the input, and how much each place counts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import torch
from torch import Tensor

__all__ = ["Axis", "Size", "cubic_taps", "linear_taps", "nearest_index", "positions"]

Size = Any
"""Size of an axis, or a quotient of sizes: a number, or a symbol while a network is exported."""

_ROUNDINGS: dict[str, Callable[[Tensor], Tensor]] = {
    "round_prefer_floor": lambda place: torch.ceil(place - 0.5),
    "round_prefer_ceil": lambda place: torch.floor(place + 0.5),
    "floor": torch.floor,
    "ceil": torch.ceil,
}


@final
@dataclass(frozen=True)
class Axis:
    """How one axis is resized.

    Args:
        axis: Which one.
        before: Its size in the input.
        after: Its size in the output.
        scale: Output size over input size, as the file says; the quotient of the sizes if it gives sizes.
        exact: Whether the scale is that quotient.
        start: First edge of the part that is taken, in sizes of the input; `tf_crop_and_resize` alone uses it.
        end: Last edge of that part.
    """

    axis: int
    before: Size
    after: Size
    scale: Size
    exact: bool = True
    start: float = 0.0
    end: float = 1.0


def positions(axis: Axis, mode: str, device: torch.device, dtype: torch.dtype = torch.float64) -> Tensor:
    """Compute the place in the input of each element of an output axis.

    Args:
        axis: How the axis is resized.
        mode: ONNX's `coordinate_transformation_mode`.
        device: Of the tensor.
        dtype: That is computed in.

    Raises:
        ValueError: Nobody knows the mode.
    """
    index = torch.arange(axis.after, dtype=dtype, device=device)
    last = axis.before - 1
    wide = axis.after if axis.exact else axis.scale * axis.before
    if mode == "align_corners":
        return index * last / (wide - 1) if axis.after > 1 else index
    if mode == "tf_crop_and_resize":
        if axis.after > 1:
            return axis.start * last + index * ((axis.end - axis.start) * last / (wide - 1))
        return index + 0.5 * (axis.start + axis.end) * last
    if mode == "asymmetric":
        return _unscaled(index, axis)
    if mode == "tf_half_pixel_for_nn":
        return _unscaled(index + 0.5, axis)
    if mode == "pytorch_half_pixel" and axis.after == 1:
        return index
    if mode in ("half_pixel", "pytorch_half_pixel"):
        return _unscaled(index + 0.5, axis) - 0.5
    if mode == "half_pixel_symmetric":
        return _unscaled(index + 0.5, axis) - 0.5 + axis.before / 2 * (1 - axis.after / wide)
    raise ValueError(f"Resize has no coordinate_transformation_mode {mode!r}")


def nearest_index(place: Tensor, size: Size, rounding: str) -> Tensor:
    """Round places to elements of an axis of a size, by ONNX's `nearest_mode`."""
    if rounding not in _ROUNDINGS:
        raise ValueError(f"Resize has no nearest_mode {rounding!r}; it has {', '.join(_ROUNDINGS)}")
    return _ROUNDINGS[rounding](place).long().clamp(0, size - 1)


def linear_taps(place: Tensor, shrink: Size = 1.0) -> tuple[Tensor, Tensor]:
    """Give the elements that count for each place, and by how much, in linear interpolation.

    Args:
        place: Where in the input; one axis.
        shrink: Below 1, the filter is stretched by as much, which keeps fine patterns from aliasing.

    Returns:
        Indices, which may lie outside, and weights; both of places times taps.

    Examples:
        >>> [part.tolist() for part in linear_taps(torch.tensor([0.25]))]
        [[[0, 1]], [[0.75, 0.25]]]
    """
    reach = _reach(1, shrink)
    index, distance = _window(place, reach)
    return index, _normal((1 - (distance * shrink).abs()).clamp(min=0), stretched=shrink < 1)


def cubic_taps(place: Tensor, shrink: Size = 1.0, *, a: float = -0.75) -> tuple[Tensor, Tensor]:
    """Give the elements that count for each place, and by how much, in cubic interpolation; see `linear_taps`."""
    reach = _reach(2, shrink)
    index, distance = _window(place, reach)
    far = (distance * shrink).abs()
    inner = ((a + 2) * far - (a + 3)) * far * far + 1
    outer = ((a * far - 5 * a) * far + 8 * a) * far - 4 * a
    weight = torch.where(far <= 1, inner, torch.where(far < 2, outer, torch.zeros_like(far)))
    return index, _normal(weight, stretched=shrink < 1)


def _unscaled(place: Tensor, axis: Axis) -> Tensor:
    # One division by a quotient of sizes would round twice, and could miss the element that a place falls on.
    return place * axis.before / axis.after if axis.exact else place / axis.scale


def _reach(radius: int, shrink: Size) -> int:
    return radius if shrink >= 1 else int(-(-radius // shrink))


def _window(place: Tensor, reach: int) -> tuple[Tensor, Tensor]:
    base = torch.floor(place)
    offset = torch.arange(1 - reach, reach + 1, dtype=place.dtype, device=place.device)
    index = base[:, None] + offset
    return index.long(), index - place[:, None]


def _normal(weight: Tensor, *, stretched: bool) -> Tensor:
    return weight / weight.sum(1, keepdim=True) if stretched else weight
