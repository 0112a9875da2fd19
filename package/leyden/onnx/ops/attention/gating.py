"""What stands around attention: gates, and convolutions that look back."""

import torch
from torch import Tensor
from torch.nn import functional

from leyden.onnx.ops.registry import operator

__all__ = ["causal_conv_with_state", "swiglu"]


@operator("SwiGLU", since=28)
def swiglu(gate: Tensor, data: Tensor, *, alpha: float = 1.0) -> Tensor:
    """Multiply values with gates, each a number times its own sigmoid.

    Examples:
        >>> swiglu(torch.tensor([0.0, 100.0]), torch.tensor([5.0, 2.0]))
        tensor([  0., 200.])
    """
    return (functional.silu(gate) if alpha == 1 else gate * torch.sigmoid(alpha * gate)) * data


@operator("CausalConvWithState", since=27, many=True)
def causal_conv_with_state(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, past_state: Tensor | None = None, *,
    activation: str = "none",
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Convolve each channel with its own kernel, which sees the past only.

    Args:
        input: Batch, channel, time.
        weight: Channel, one, time.
        bias: Of each channel.
        past_state: What came before: batch, channel, one time less than in the kernel; zeros if left out.
        activation: `none`, or `silu` (also called `swish`).

    Returns:
        The result, as long as the input, and what the next call takes as its past.
    """
    if activation not in ("none", "silu", "swish"):
        raise ValueError(f"CausalConvWithState has no activation {activation!r}; it has none, silu, swish")
    back = weight.shape[2] - 1
    padded = functional.pad(input, (back, 0)) if past_state is None else torch.cat((past_state, input), dim=2)
    result = functional.conv1d(padded, weight, bias, groups=input.shape[1])
    result = result if activation == "none" else functional.silu(result)
    return result, padded[:, :, padded.shape[2] - back :]
