"""Features of regions of images."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from leyden.onnx.ops.registry import operator
from leyden.onnx.ops.spatial.tap import Size

__all__ = ["roi_align", "roi_align_10"]


@operator("RoiAlign", since=16)
def roi_align(
    data: Tensor, rois: Tensor, batch_indices: Tensor, *, coordinate_transformation_mode: str = "half_pixel",
    mode: str = "avg", output_height: int = 1, output_width: int = 1, sampling_ratio: int = 0,
    spatial_scale: float = 1.0,
) -> Tensor:  # fmt: skip
    """Pool regions of images, each cut into a grid of bins, from values between the pixels.

    Args:
        data: Batch, channel, height, width.
        rois: Left, top, right and bottom of each region.
        batch_indices: Which image each region is of.
        coordinate_transformation_mode: `half_pixel`, or `output_half_pixel` for regions of a pixel at least.
        mode: Mean (`avg`) or largest (`max`) of the values in a bin.
        output_height: Bins along the height.
        output_width: Bins along the width.
        sampling_ratio: Values along each side of a bin; 0 for as many as there are pixels.
        spatial_scale: Pixels of `data` in a unit of `rois`.
    """
    half = coordinate_transformation_mode == "half_pixel"
    edges = rois * spatial_scale - (0.5 if half else 0.0)
    start, extent = edges[:, :2], edges[:, 2:] - edges[:, :2]
    extent = extent if half else extent.clamp(min=1.0)
    rows = _Places.of(start[:, 1], extent[:, 1], output_height, sampling_ratio, data.shape[2])
    columns = _Places.of(start[:, 0], extent[:, 0], output_width, sampling_ratio, data.shape[3])
    pool = _mean if mode == "avg" else _largest
    return pool(data.permute(0, 2, 3, 1), batch_indices[:, None, None], rows, columns).permute(0, 3, 1, 2)


@operator("RoiAlign", since=10, until=15)
def roi_align_10(
    data: Tensor, rois: Tensor, batch_indices: Tensor, *, mode: str = "avg", output_height: int = 1,
    output_width: int = 1, sampling_ratio: int = 0, spatial_scale: float = 1.0,
) -> Tensor:  # fmt: skip
    """Pool regions of images whose coordinates start at the centre of the first pixel."""
    return roi_align(
        data, rois, batch_indices, coordinate_transformation_mode="output_half_pixel", mode=mode,
        output_height=output_height, output_width=output_width, sampling_ratio=sampling_ratio,
        spatial_scale=spatial_scale,
    )  # fmt: skip


@final
@dataclass(frozen=True)
class _Places:
    """Where the values of each bin are taken along one axis: region, bin, number of the value."""

    low: Tensor  # the pixel before
    high: Tensor  # and after
    near: Tensor  # how much the one before counts; nothing outside of the image
    far: Tensor
    count: Tensor  # of values in a bin of each region
    most: int  # of them in any region

    @classmethod
    def of(cls, start: Tensor, extent: Tensor, bins: int, ratio: int, size: Size) -> "_Places":
        width = extent / bins
        count = torch.full_like(width, ratio) if ratio > 0 else width.ceil().clamp(min=0)
        most = ratio if ratio > 0 else int(count.max()) if count.numel() else 0
        number = torch.arange(most, dtype=start.dtype, device=start.device)
        step = torch.arange(bins, dtype=start.dtype, device=start.device)[:, None]
        offset = step + (number + 0.5) / count.clamp(min=1)[:, None, None]
        at = start[:, None, None] + offset * width[:, None, None]
        counts = (at >= -1) & (at <= size) & (number < count[:, None, None])
        at = at.clamp(0, size - 1)
        low = at.detach().long()
        part = at - low
        zero = torch.zeros_like(part)
        near, far = torch.where(counts, 1 - part, zero), torch.where(counts, part, zero)
        return cls(low, (low + 1).clamp(max=size - 1), near, far, count, most)


def _mean(images: Tensor, batch: Tensor, rows: _Places, columns: _Places) -> Tensor:
    total = images.new_zeros(batch.shape[0], rows.low.shape[1], columns.low.shape[1], images.shape[-1])
    for i in range(rows.most):
        for j in range(columns.most):
            for value in _corners(images, batch, rows, columns, i, j):
                total = total + value
    return total / (rows.count * columns.count).clamp(min=1)[:, None, None, None]


def _largest(images: Tensor, batch: Tensor, rows: _Places, columns: _Places) -> Tensor:
    # ONNX takes the largest of the four weighted pixels around each place, not of their sums.
    lowest = -torch.inf
    shape = (batch.shape[0], rows.low.shape[1], columns.low.shape[1], images.shape[-1])
    largest = images.new_full(shape, lowest)
    for i in range(rows.most):
        for j in range(columns.most):
            counts = ((rows.count > i) & (columns.count > j))[:, None, None, None]
            for value in _corners(images, batch, rows, columns, i, j):
                largest = torch.maximum(largest, value.masked_fill(~counts, lowest))
    return torch.where(largest == lowest, torch.zeros_like(largest), largest)


def _corners(images: Tensor, batch: Tensor, rows: _Places, columns: _Places, i: int, j: int) -> Iterator[Tensor]:
    for y, height in ((rows.low, rows.near), (rows.high, rows.far)):
        for x, width in ((columns.low, columns.near), (columns.high, columns.far)):
            weight = (height[:, :, None, i] * width[:, None, :, j])[..., None]
            yield images[batch, y[:, :, None, i], x[:, None, :, j]] * weight
