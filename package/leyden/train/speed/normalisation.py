"""Group normalisation of volumes whose channels lie together in memory.

torch has one, but its backward pass takes half of a whole training step of a small network (375 of 660 ms for a
SegResNet of 8 channels at 64^3, against 20 ms here), which eats up what convolutions gain from that layout.
"""

import math
from typing import Any, final

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

__all__ = ["ChannelsLastNorm", "channels_last"]

_ROW = 1024


def channels_last(images: Tensor) -> Tensor:
    """Give the same values, `batch channel z y x`, with the channels of a voxel side by side in memory."""
    return images.contiguous(memory_format=torch.channels_last_3d)


@final
class ChannelsLastNorm(torch.autograd.Function):
    """Mean 0 and deviation 1 for each group of channels of each sample, in float32 inside.

    Arguments are images, number of groups, weight, bias and epsilon, as of `torch.nn.functional.group_norm`.

    Source:
        Wu and He 2018, Group Normalization (https://arxiv.org/abs/1803.08494), equations 1 to 7.
    """

    @staticmethod
    def forward(
        ctx: Any, images: Tensor, groups: int, weight: Tensor | None, bias: Tensor | None, epsilon: float
    ) -> Tensor:
        """Returns normalised images of the same dtype, channels together."""
        images = channels_last(images)
        share = images.shape[1] // groups
        count = images[0].numel() // groups
        rows = _rows(images).float()
        mean = _grouped(_by_channel(rows.sum(1), images), share) / count
        result, centred = _room(images)
        torch.sub(rows, _tiled(mean, rows), out=centred)
        variance = _grouped(_by_channel((centred * centred).sum(1), images), share) / count
        scale = (variance + epsilon).rsqrt()
        ctx.save_for_backward(images, mean, scale, weight)
        ctx.share, ctx.count, ctx.biased = share, count, bias is not None
        normal = centred.mul_(_tiled(scale if weight is None else scale * weight, rows))
        if bias is not None:
            normal.add_(_tiled(bias[None].float(), rows))
        return result.to(images.dtype)

    @staticmethod
    @once_differentiable  # whose type has no names for its parameters
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, *gradients: Tensor
    ) -> tuple[Tensor | None, ...]:
        """Returns gradients of images, weight and bias."""
        images, mean, scale, weight = ctx.saved_tensors
        rows, slope = _rows(images).float(), _rows(channels_last(gradients[0])).float()
        centred = rows - _tiled(mean, rows)
        plain = _by_channel(slope.sum(1), images)
        along = _by_channel((slope * centred).sum(1), images) * scale
        factor = 1.0 if weight is None else weight
        pull = -_grouped(along * factor, ctx.share) * scale.square() / ctx.count
        shift = -_grouped(plain * factor, ctx.share) * scale / ctx.count
        result, found = _room(images)
        torch.mul(slope, _tiled(scale * factor, rows), out=found)
        found.add_(centred.mul_(_tiled(pull, rows))).add_(_tiled(shift, rows))
        return (
            result.to(images.dtype), None,
            None if weight is None else along.sum(0).to(weight.dtype), plain.sum(0) if ctx.biased else None, None,
        )  # fmt: skip


def _rows(images: Tensor) -> Tensor:
    """A view `batch row value`: voxels one after another in rows long enough for the processor's wide registers."""
    batch, channels = images.shape[:2]
    voxels = math.prod(images.shape[2:])
    together = max(size for size in range(1, max(1, _ROW // channels) + 1) if voxels % size == 0)
    return images.permute(0, 2, 3, 4, 1).view(batch, voxels // together, together * channels)


def _room(images: Tensor) -> tuple[Tensor, Tensor]:
    """Unwritten volumes like the images, in float32, and their rows.

    All is computed in float32: sums and differences of it and bfloat16 take three to nine times as long.
    """
    result = torch.empty_like(images, dtype=torch.float32)
    return result, _rows(result)


def _by_channel(sums: Tensor, images: Tensor) -> Tensor:
    """Sums over the voxels of rows, `batch value`, as sums a channel, `batch channel`."""
    return sums.view(len(sums), -1, images.shape[1]).sum(1)


def _grouped(values: Tensor, share: int) -> Tensor:
    """For each channel the sum over its group, `batch channel`."""
    if share == 1:
        return values
    return values.view(len(values), -1, share).sum(2, keepdim=True).expand(-1, -1, share).reshape(values.shape)


def _tiled(values: Tensor, rows: Tensor) -> Tensor:
    """Values a channel, `batch channel`, once for each voxel of a row."""
    return values.repeat(1, rows.shape[2] // values.shape[1])[:, None]
