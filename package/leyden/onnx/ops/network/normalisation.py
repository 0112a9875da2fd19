"""Normalisation of each sample by itself: of channels, of groups of them, of the last axes, of neighbours."""

import math

import torch
from torch import Tensor
from torch.nn import functional

from leyden.onnx.ops.dtypes import torch_dtype
from leyden.onnx.ops.registry import operator

__all__ = ["group_norm", "group_norm_18", "instance_norm", "layer_norm", "lrn", "rms_norm"]


@operator("InstanceNormalization")
def instance_norm(
    x: Tensor, scale: Tensor, b: Tensor, *, consumed_inputs: tuple[int, ...] = (), epsilon: float = 1e-5
) -> Tensor:
    """Normalise each channel of each sample."""
    return torch.instance_norm(x, scale, b, None, None, True, 0.0, epsilon, torch.backends.cudnn.enabled)


@operator("GroupNormalization", since=21)
def group_norm(
    x: Tensor, scale: Tensor, bias: Tensor, *, num_groups: int, epsilon: float = 1e-5, stash_type: int = 1
) -> Tensor:
    """Normalise each group of channels of each sample; scale and bias are those of the channels."""
    return torch.group_norm(x, num_groups, scale, bias, epsilon, torch.backends.cudnn.enabled)


@operator("GroupNormalization", since=18, until=20)
def group_norm_18(x: Tensor, scale: Tensor, bias: Tensor, *, num_groups: int, epsilon: float = 1e-5) -> Tensor:
    """Normalise each group of channels of each sample; scale and bias are those of the groups."""
    size = x.shape[1] // num_groups
    wide = scale.repeat_interleave(size), bias.repeat_interleave(size)
    return torch.group_norm(x, num_groups, *wide, epsilon, torch.backends.cudnn.enabled)


@operator("LayerNormalization", since=17)
def layer_norm(
    x: Tensor, scale: Tensor, b: Tensor | None = None, *, axis: int = -1, epsilon: float = 1e-5, stash_type: int = 1,
    output_count: int = 1,
) -> Tensor | tuple[Tensor, ...]:  # fmt: skip
    """Normalise the last axes, from `axis` on; give the mean and the inverse deviation, too, if asked.

    Examples:
        >>> layer_norm(torch.tensor([[1.0, 3.0]]), torch.ones(2), epsilon=0.0, output_count=3)
        (tensor([[-1.,  1.]]), tensor([[2.]]), tensor([[1.]]))
    """
    sizes = x.shape[axis:]
    stash = torch_dtype(stash_type)
    if output_count == 1 and scale.shape == sizes and (b is None or b.shape == sizes):
        return functional.layer_norm(x, sizes, scale, b, epsilon)
    wide = x.to(torch.promote_types(x.dtype, stash))
    y, mean, inverse = torch.native_layer_norm(wide, sizes, None, None, epsilon)
    y = y.to(x.dtype) * scale
    y = y if b is None else y + b
    return y if output_count == 1 else (y, mean.to(stash), inverse.to(stash))[:output_count]


@operator("RMSNormalization", since=23)
def rms_norm(x: Tensor, scale: Tensor, *, axis: int = -1, epsilon: float = 1e-5, stash_type: int = 1) -> Tensor:
    """Divide the last axes, from `axis` on, by the root of the mean of their squares."""
    sizes = x.shape[axis:]
    if scale.shape == sizes:
        return functional.rms_norm(x, sizes, scale, epsilon)
    return functional.rms_norm(x, sizes, None, epsilon) * scale


@operator("LRN")
def lrn(x: Tensor, *, size: int, alpha: float = 1e-4, beta: float = 0.75, bias: float = 1.0) -> Tensor:
    """Divide each element by a power of the mean of squares of its neighbours among the channels.

    Source:
        Krizhevsky and others, ImageNet classification with deep convolutional neural networks, 2012.
    """
    before = (size - 1) // 2
    squares = (x * x).reshape(x.shape[0], 1, x.shape[1], math.prod(x.shape[2:]))
    squares = functional.pad(squares, (0, 0, before, size - 1 - before))
    mean = functional.avg_pool2d(squares, (size, 1), stride=1).reshape(x.shape)
    return x / (mean * alpha + bias) ** beta
