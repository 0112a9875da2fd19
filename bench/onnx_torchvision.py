"""What torchvision computes outside of Python, in plain torch, for peers of bench/onnx.py that call it.

Torchvision's registry wheel is a CUDA build, whose operators do not load beside CPU torch. Peers get the same answers
from here, more slowly; their times are measured on networks that need none of it.
"""

import importlib
import io
from typing import Any

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

__all__ = ["provide"]

_LIBRARY: list[torch.library.Library] = []  # kept: operators go when their library does


def provide() -> None:
    """Make torchvision importable, and put what it misses into it; call it before a peer is imported."""
    _LIBRARY.append(torch.library.Library("torchvision", "DEF"))
    for name in ("nms", "qnms"):
        _LIBRARY[0].define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    operators: Any = importlib.import_module("torchvision.ops")
    operators.nms, operators.deform_conv2d, operators.roi_pool = nms, deform_conv2d, roi_pool
    pictures: Any = importlib.import_module("torchvision.io")
    pictures.decode_image = decode_image


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """The boxes that stay, best first, if none may overlap a better one by more than a threshold."""
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    order, kept = scores.argsort(descending=True, stable=True), []
    while len(order):
        best, order = order[0], order[1:]
        kept.append(best)
        corners = torch.maximum(boxes[best, :2], boxes[order, :2]), torch.minimum(boxes[best, 2:], boxes[order, 2:])
        common = (corners[1] - corners[0]).clamp(min=0).prod(1)
        order = order[common / (areas[best] + areas[order] - common) <= iou_threshold]
    return torch.stack(kept) if kept else torch.empty(0, dtype=torch.int64)


def roi_pool(images: Tensor, boxes: Tensor, output_size: tuple[int, int], spatial_scale: float = 1.0) -> Tensor:
    """The largest value in each cell of each box; boxes are rows of an image's number and four corners."""
    found = images.new_zeros(len(boxes), images.shape[1], *output_size)
    for number, (which, *corners) in enumerate(boxes.tolist()):
        left, top, right, bottom = (int(corner * spatial_scale + 0.5) for corner in corners)
        sides = max(bottom - top + 1, 1) / output_size[0], max(right - left + 1, 1) / output_size[1]
        for row in range(output_size[0]):
            for column in range(output_size[1]):
                rows = _cell(row, sides[0], top, images.shape[2])
                columns = _cell(column, sides[1], left, images.shape[3])
                cell = images[int(which), :, rows, columns]
                if cell.numel():
                    found[number, :, row, column] = cell.amax((1, 2))
    return found


def _cell(place: int, side: float, start: int, size: int) -> slice:
    low, high = int(place * side) + start, -int(-(place + 1) * side // 1) + start
    return slice(min(max(low, 0), size), min(max(high, 0), size))


def deform_conv2d(
    images: Tensor, offset: Tensor, weight: Tensor, bias: Tensor | None = None, stride: tuple[int, int] = (1, 1),
    padding: tuple[int, int] = (0, 0), dilation: tuple[int, int] = (1, 1), mask: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """A convolution that reads each of its points beside its place."""
    (count, channels, *size), (rows, columns) = images.shape, offset.shape[2:]
    points = weight.shape[2] * weight.shape[3]
    groups = offset.shape[1] // (2 * points)
    moved = offset.reshape(count * groups, points, 2, rows, columns)
    planes = images.reshape(count * groups, channels // groups, *size)
    read = []
    for point in range(points):
        at = divmod(point, weight.shape[3])
        starts = [
            torch.arange(n) * s - p + k * d
            for n, s, p, k, d in zip((rows, columns), stride, padding, at, dilation, strict=True)
        ]
        down, across = starts[0][:, None] + moved[:, point, 0], starts[1] + moved[:, point, 1]
        grid = torch.stack([across * 2 / max(size[1] - 1, 1) - 1, down * 2 / max(size[0] - 1, 1) - 1], -1)
        seen = functional.grid_sample(planes, grid.to(images.dtype), padding_mode="zeros", align_corners=True)
        weights = 1 if mask is None else mask.reshape(count * groups, points, 1, rows, columns)[:, point]
        read.append((seen * weights).reshape(count, channels, rows, columns))
    stacked = torch.stack(read, 2).reshape(count, channels * points, rows, columns)
    return functional.conv2d(stacked, weight.reshape(len(weight), -1, 1, 1), bias, groups=channels // weight.shape[1])


def decode_image(content: Tensor, mode: Any) -> Tensor:
    """The pixels of a JPEG, PNG, GIF or WebP, channels first."""
    picture = Image.open(io.BytesIO(bytes(content.tolist())), formats=("JPEG", "PNG", "GIF", "WEBP"))
    array = torch.tensor(list(picture.convert("L" if mode.name == "GRAY" else "RGB").tobytes()), dtype=torch.uint8)
    return array.reshape(picture.height, picture.width, -1).permute(2, 0, 1)
