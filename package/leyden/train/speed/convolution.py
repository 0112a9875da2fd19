"""Three-dimensional convolution in float32 through oneDNN, whatever torch would have picked.

torch takes its own slow float32 convolution for one small volume on the CPU: for a batch of one without groups where
channels times depth times height is at most 20480 (`ConvParams::use_mkldnn` of aten/src/ATen/native/Convolution.cpp).
"""

from typing import Any, final

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

__all__ = ["OneDnnConvolution", "pointwise", "torch_is_fast"]


def torch_is_fast(images: Tensor, weight: Tensor, groups: int) -> bool:
    """Whether torch's own choice for a convolution of volumes is oneDNN, or a matrix product, as good as that."""
    large = images.shape[1] * images.shape[2] * images.shape[3] > 20480
    return large or len(images) != 1 or groups > 1 or tuple(weight.shape[2:]) == (1, 1, 1)


def pointwise(images: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """A convolution of one voxel, of volumes whose channels lie side by side: one matrix product, and they stay so."""
    return nn.functional.linear(images.permute(0, 2, 3, 4, 1), weight.flatten(1), bias).permute(0, 4, 1, 2, 3)


@final
class OneDnnConvolution(torch.autograd.Function):
    """The convolution and its gradients; arguments of `torch.conv3d`, with sizes as lists of three."""

    @staticmethod
    def forward(
        ctx: Any, images: Tensor, weight: Tensor, bias: Tensor | None, stride: list[int], padding: list[int],
        dilation: list[int], groups: int,
    ) -> Tensor:  # fmt: skip
        """Returns what `torch.conv3d` returns, up to rounding."""
        ctx.save_for_backward(images, weight)
        ctx.rest = (None if bias is None else list(bias.shape), stride, padding, dilation, False, [0, 0, 0], groups)
        return torch.mkldnn_convolution(images, weight, bias, padding, stride, dilation, groups)

    @staticmethod
    @once_differentiable  # whose type has no names for its parameters
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, *gradients: Tensor
    ) -> tuple[Tensor | None, ...]:
        """Returns gradients of images, weight and bias: of those that are needed."""
        images, weight = ctx.saved_tensors
        # tensors in oneDNN's layout leave torch no choice of its own
        found = torch.ops.aten.convolution_backward(
            gradients[0].contiguous().to_mkldnn(), images.contiguous().to_mkldnn(), weight, *ctx.rest,
            list(ctx.needs_input_grad[:3]),
        )  # fmt: skip
        return (*(part.to_dense() if part is not None and part.is_mkldnn else part for part in found), *(None,) * 4)
