"""Sampling on grids, and the grids of affine maps."""

import itertools
import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from leyden.onnx.ops.registry import operator
from leyden.onnx.ops.spatial.tap import Size, cubic_taps, linear_taps

__all__ = ["affine_grid", "grid_sample", "grid_sample_16"]

_NAMES = {"linear": "bilinear", "cubic": "bicubic", "nearest": "nearest"}


@operator("GridSample", since=20)
def grid_sample(
    data: Tensor, grid: Tensor, *, align_corners: int = 0, mode: str = "linear", padding_mode: str = "zeros"
) -> Tensor:
    """Take the values of a tensor at the places that a grid names, between -1 and 1 along each axis of space.

    Examples:
        >>> grid_sample(torch.arange(3.0).view(1, 1, 3), torch.tensor([[[-0.5], [0.0]]]), align_corners=1)
        tensor([[[0.5000, 1.0000]]])
    """
    space = data.ndim - 2
    compute = torch.promote_types(grid.dtype, data.dtype) if data.is_floating_point() else grid.dtype
    wide, places = data.to(compute), grid.to(compute)
    if space == 2 or (space == 3 and mode != "cubic"):
        result = functional.grid_sample(
            wide, places, mode=_NAMES[mode], padding_mode=padding_mode, align_corners=bool(align_corners)
        )
    else:
        result = _sample(wide, places, mode, padding_mode, aligned=bool(align_corners))
    return result.to(data.dtype)


@operator("GridSample", since=16, until=19)
def grid_sample_16(
    data: Tensor, grid: Tensor, *, align_corners: int = 0, mode: str = "bilinear", padding_mode: str = "zeros"
) -> Tensor:
    """Take the values of images at the places that a grid names, between -1 and 1 along both axes."""
    names = {"bilinear": "linear", "bicubic": "cubic"}
    return grid_sample(data, grid, align_corners=align_corners, mode=names.get(mode, mode), padding_mode=padding_mode)


@operator("AffineGrid", since=20, numbers=("size",))
def affine_grid(theta: Tensor, size: Any, *, align_corners: int = 0) -> Tensor:
    """Give the places that an affine map brings the elements of an image or a volume to.

    Examples:
        >>> affine_grid(torch.eye(2, 3)[None], (1, 1, 1, 2))
        tensor([[[[-0.5000,  0.0000],
                  [ 0.5000,  0.0000]]]])
    """
    return functional.affine_grid(theta, list(size), align_corners=bool(align_corners))


def _sample(data: Tensor, grid: Tensor, mode: str, padding: str, *, aligned: bool) -> Tensor:
    """Sample along any number of axes; each element of the grid sums the values around it."""
    sizes, points = data.shape[2:], grid.flatten(1, -2).flip(-1)
    batch, count = points.shape[:2]
    taps = [_taps(points[..., i], size, mode, padding, aligned=aligned) for i, size in enumerate(sizes)]
    strides = [math.prod(sizes[i + 1 :]) for i in range(len(sizes))]
    flat, total = data.flatten(2), data.new_zeros(batch, data.shape[1], count)
    for corner in itertools.product(*(range(index.shape[-1]) for index, _ in taps)):
        index = torch.zeros(batch, count, dtype=torch.long, device=data.device)
        weight = torch.ones(batch, count, dtype=data.dtype, device=data.device)
        for tap, (places, weights), stride in zip(corner, taps, strides, strict=True):
            index = index + places[..., tap] * stride
            weight = weight * weights[..., tap]
        total = total + flat.gather(2, index[:, None].expand(-1, flat.shape[1], -1)) * weight[:, None]
    return total.view(batch, data.shape[1], *grid.shape[1:-1])


def _taps(places: Tensor, size: Size, mode: str, padding: str, *, aligned: bool) -> tuple[Tensor, Tensor]:
    """Give the elements of one axis that count for each place, and by how much; outside ones count nothing."""
    at = (places + 1) / 2 * (size - 1) if aligned else ((places + 1) * size - 1) / 2
    at = at.round() if mode == "nearest" else at
    if padding == "border" and mode != "cubic":  # cubic neighbours are moved onto the border one by one, as in torch
        at = at.clamp(0, size - 1)
    elif padding == "reflection":
        at = _reflect(at, size, aligned=aligned)
    if mode == "nearest":
        index, weight = at.long()[..., None], torch.ones_like(at)[..., None]
    else:
        index, weight = (linear_taps if mode == "linear" else cubic_taps)(at.flatten())
        index, weight = index.view(*at.shape, -1), weight.view(*at.shape, -1)
    if padding == "zeros":
        weight = torch.where((index >= 0) & (index < size), weight, torch.zeros_like(weight))
    elif padding == "reflection":
        index = _reflect(index.to(at.dtype), size, aligned=aligned).long()
    return index.clamp(0, size - 1), weight


def _reflect(at: Tensor, size: Size, *, aligned: bool) -> Tensor:
    low, span = (0.0, size - 1) if aligned else (-0.5, size)
    if span == 0:
        return torch.zeros_like(at)
    far = (at - low).abs() % (2 * span)
    return torch.where(far > span, 2 * span - far, far) + low
