"""Operators that join tensors, take them apart, and repeat them."""

from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor

from leyden.onnx.ops.registry import operator
from leyden.onnx.ops.shaping.moving import Elements, moved

__all__ = ["concat", "concat_first", "split", "split_attribute", "split_evenly", "split_first", "tile", "tile_axis"]


@operator("Concat", since=4)
def concat(*parts: Any, axis: int) -> Any:
    """Join tensors along an axis."""
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts, axis)
    return torch.cat(parts, axis)


@operator("Concat", until=3)
def concat_first(*parts: Any, axis: int = 1) -> Any:
    """Join tensors along an axis, which is the second one if not given."""
    return concat(*parts, axis=axis)


@operator("Split", since=18, numbers=("split",), many=True)
def split_evenly(
    data: Elements, split: tuple[Any, ...] | None = None, *, axis: int = 0, num_outputs: int | None = None,
    output_count: int = 1,
) -> Any:  # fmt: skip
    """Take a tensor apart along an axis: in parts of given sizes, or of the same size, the last maybe smaller."""
    return _split(data, split, axis, num_outputs or output_count)


@operator("Split", since=13, until=17, numbers=("split",), many=True)
def split(data: Elements, split: tuple[Any, ...] | None = None, *, axis: int = 0, output_count: int = 1) -> Any:
    """Take a tensor apart along an axis: in parts of given sizes, or of the same size."""
    return _split(data, split, axis, output_count)


@operator("Split", since=2, until=12, many=True)
def split_attribute(
    data: Elements, *, axis: int = 0, split: tuple[Any, ...] | None = None, output_count: int = 1
) -> Any:
    """Take a tensor apart along an axis, in parts whose sizes are an attribute, or of the same size."""
    return _split(data, split, axis, output_count)


@operator("Split", until=1, numbers=("sizes",), many=True)
def split_first(
    data: Elements, sizes: Any = None, *, axis: int = 0, split: tuple[Any, ...] | None = None, output_count: int = 1
) -> Any:
    """Take a tensor apart along an axis, in parts whose sizes are an input, an attribute, or the same."""
    if sizes is not None:  # the first version has them in the type of the data
        split = tuple(int(size) for size in sizes)
    return _split(data, split, axis, output_count)


@operator("Tile", since=6, numbers=("repeats",))
def tile(data: Elements, repeats: tuple[Any, ...]) -> Any:
    """Lay copies of a tensor side by side: so many along each axis."""
    return moved(tile, data, repeats) if isinstance(data, np.ndarray) else data.repeat(repeats)


@operator("Tile", until=5, numbers=("tiles", "axis"))
def tile_axis(data: Tensor, tiles: Any, axis: Any) -> Any:
    """Lay copies of a tensor side by side along one axis."""
    repeats = [1] * data.ndim
    repeats[int(axis)] = int(tiles)
    return data.repeat(repeats)


def _split(data: Elements, sizes: tuple[Any, ...] | None, axis: int, count: int) -> Any:
    if isinstance(data, np.ndarray):
        return moved(_split, data, sizes, axis, count)
    if sizes is not None:
        return data.split(sizes, axis)
    whole = data.shape[axis]
    each = (whole + count - 1) // count
    if each * count == whole:
        return data.split([each] * count, axis)
    ends = [min(each * index, whole) for index in range(count + 1)]
    return data.split([end - start for start, end in pairwise(ends)], axis)
