"""Operators that move elements between channels and places."""

from math import prod
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import fold

from leyden.onnx.ops.registry import operator

__all__ = ["col2im", "depth_to_space", "reverse_sequence", "space_to_depth", "space_to_depth_first"]


@operator("DepthToSpace")
def depth_to_space(data: Tensor, *, blocksize: int, mode: str = "DCR") -> Tensor:
    """Move channels into blocks of places; the order CRD is the one of torch's `pixel_shuffle`."""
    batch, channels, height, width = data.shape
    out = channels // blocksize**2
    if mode == "CRD":
        parts = data.reshape(batch, out, blocksize, blocksize, height, width).permute(0, 1, 4, 2, 5, 3)
    else:
        parts = data.reshape(batch, blocksize, blocksize, out, height, width).permute(0, 3, 4, 1, 5, 2)
    return parts.reshape(batch, out, height * blocksize, width * blocksize)


@operator("SpaceToDepth", since=28)
def space_to_depth(data: Tensor, *, blocksize: int, mode: str = "DCR") -> Tensor:
    """Move blocks of places into channels; the order CRD is the one of torch's `pixel_unshuffle`."""
    batch, channels, height, width = data.shape
    rows, columns = height // blocksize, width // blocksize
    parts = data.reshape(batch, channels, rows, blocksize, columns, blocksize)
    parts = parts.permute(0, 1, 3, 5, 2, 4) if mode == "CRD" else parts.permute(0, 3, 5, 1, 2, 4)
    return parts.reshape(batch, channels * blocksize**2, rows, columns)


@operator("SpaceToDepth", until=27)
def space_to_depth_first(data: Tensor, *, blocksize: int) -> Tensor:
    """Move blocks of places into channels."""
    return space_to_depth(data, blocksize=blocksize)


@operator("Col2Im", since=18, numbers=("image_shape", "block_shape"))
def col2im(
    data: Tensor, image_shape: tuple[Any, ...], block_shape: tuple[Any, ...], *,
    dilations: tuple[Any, ...] | None = None, pads: tuple[Any, ...] | None = None,
    strides: tuple[Any, ...] | None = None,
) -> Tensor:  # fmt: skip
    """Add up columns, each of which is a block of places, at their places in an image of any number of axes."""
    rank = len(image_shape)
    dilations, strides, pads = dilations or (1,) * rank, strides or (1,) * rank, pads or (0,) * (2 * rank)
    if rank == 2 and pads[:2] == pads[2:] and data.is_floating_point():
        return fold(data, image_shape, block_shape, dilations, pads[:2], strides)
    padded = [size + pads[axis] + pads[rank + axis] for axis, size in enumerate(image_shape)]
    offsets = torch.zeros((), dtype=torch.int64, device=data.device)
    starts = torch.zeros((), dtype=torch.int64, device=data.device)
    for axis, size in enumerate(padded):
        width = dilations[axis] * (block_shape[axis] - 1) + 1
        steps = torch.arange(0, size - width + 1, strides[axis], device=data.device)
        within = torch.arange(0, width, dilations[axis], device=data.device)
        offsets, starts = offsets.unsqueeze(-1) * size + within, starts.unsqueeze(-1) * size + steps
    places = (offsets.reshape(-1, 1) + starts.reshape(1, -1)).reshape(-1)
    batch, channels = data.shape[0], data.shape[1] // prod(block_shape)
    image = data.new_zeros((batch, channels, prod(padded)))
    image = image.index_add(2, places, data.reshape(batch, channels, -1)).reshape(batch, channels, *padded)
    inner: tuple[Any, ...] = tuple(slice(pads[axis], pads[axis] + size) for axis, size in enumerate(image_shape))
    return image[(slice(None), slice(None), *inner)]


@operator("ReverseSequence", since=10)
def reverse_sequence(data: Tensor, sequence_lens: Tensor, *, batch_axis: int = 1, time_axis: int = 0) -> Tensor:
    """Turn around the first elements of each sequence: as many as its length says."""
    times = torch.arange(data.shape[time_axis], device=data.device)
    lengths = sequence_lens.unsqueeze(1)
    places = torch.where(times < lengths, lengths - 1 - times, times)
    batch = torch.arange(data.shape[batch_axis], device=data.device)
    if time_axis % data.ndim == 0:
        return data[places.t(), batch]
    return data[batch.unsqueeze(1), places]
