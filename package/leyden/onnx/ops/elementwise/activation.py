"""What follows a layer: rectifiers, and smooth functions in their place."""

import torch
from torch import Tensor
from torch.nn import functional

from leyden.onnx.ops.dtypes import lacks_kernels
from leyden.onnx.ops.registry import operator

__all__ = [
    "celu", "elu", "gelu", "hard_sigmoid", "hard_swish", "leaky_relu", "mish", "prelu", "prelu_channels", "relu",
    "selu", "selu_rounded", "shrink", "sigmoid", "softplus", "softsign", "swish", "thresholded_relu",
]  # fmt: skip

_SELU = (1.6732631921768188, 1.0507010221481323)  # alpha and gamma: what torch has, as float32 holds it


@operator("Relu")
def relu(x: Tensor) -> Tensor:
    """Set what is negative to zero."""
    return torch.relu(x)


@operator("LeakyRelu")
def leaky_relu(x: Tensor, *, alpha: float = 0.01) -> Tensor:
    """Multiply what is negative by a small number."""
    return functional.leaky_relu(x, alpha)


@operator("PRelu", since=7)
def prelu(x: Tensor, slope: Tensor) -> Tensor:
    """Multiply what is negative by a slope, which is broadcast over the input.

    Examples:
        >>> prelu(torch.tensor([[-2.0, -2.0], [1.0, -4.0]]), torch.tensor([0.5, 0.25]))
        tensor([[-1.0000, -0.5000],
                [ 1.0000, -1.0000]])
    """
    if lacks_kernels(x):
        return x
    if x.is_floating_point() and _is_for_channels(x, slope):
        return functional.prelu(x, slope.reshape(-1))
    return torch.where(x < 0, x * slope, x)


@operator("PRelu", until=6)
def prelu_channels(x: Tensor, slope: Tensor) -> Tensor:
    """Multiply what is negative by a slope: one for all, or one for each channel."""
    return prelu(x, slope.reshape(-1, *(1,) * max(x.dim() - 2, 0)) if x.dim() > 1 else slope)


@operator("Elu")
def elu(x: Tensor, *, alpha: float = 1.0) -> Tensor:
    """Bend what is negative towards -alpha."""
    return functional.elu(x, alpha)


@operator("Selu", since=6)
def selu(x: Tensor, *, alpha: float = _SELU[0], gamma: float = _SELU[1]) -> Tensor:
    """Bend what is negative towards -alpha, and multiply all by gamma."""
    return functional.selu(x) if (alpha, gamma) == _SELU else gamma * functional.elu(x, alpha)


@operator("Selu", until=5)
def selu_rounded(x: Tensor, *, alpha: float = 1.6732, gamma: float = 1.0507) -> Tensor:
    """Bend what is negative towards -alpha, and multiply all by gamma."""
    return selu(x, alpha=alpha, gamma=gamma)


@operator("Celu", since=12)
def celu(x: Tensor, *, alpha: float = 1.0) -> Tensor:
    """Bend what is negative towards -alpha, with a slope of one at zero."""
    return functional.celu(x, alpha)


@operator("Gelu", since=20)
def gelu(x: Tensor, *, approximate: str = "none") -> Tensor:
    """Multiply by the probability that a normal number is less; `approximate` is "none" or "tanh"."""
    return functional.gelu(x, approximate=approximate)


@operator("HardSigmoid")
def hard_sigmoid(x: Tensor, *, alpha: float = 0.2, beta: float = 0.5) -> Tensor:
    """A line, held between zero and one."""
    return torch.clamp(x * alpha + beta, 0, 1)


@operator("HardSwish", since=14)
def hard_swish(x: Tensor) -> Tensor:
    """Multiply by a line that is held between zero and one."""
    return functional.hardswish(x)


@operator("Mish", since=18)
def mish(x: Tensor) -> Tensor:
    """Multiply by tanh(softplus(x))."""
    return functional.mish(x)


@operator("Softplus")
def softplus(x: Tensor) -> Tensor:
    """The logarithm of one plus the exponential."""
    # From 40 on it is the identity in float64; torch's own threshold, 20, is that of float32.
    return functional.softplus(x, threshold=40.0)


@operator("Softsign")
def softsign(x: Tensor) -> Tensor:
    """Divide by one plus the absolute value."""
    return functional.softsign(x)


@operator("Swish", since=24)
def swish(x: Tensor, *, alpha: float = 1.0) -> Tensor:
    """Multiply by the logistic function of alpha times the value."""
    return functional.silu(x) if alpha == 1 else x * torch.sigmoid(alpha * x)


@operator("ThresholdedRelu", since=10)
def thresholded_relu(x: Tensor, *, alpha: float = 1.0) -> Tensor:
    """Set what is not greater than a threshold to zero."""
    return functional.threshold(x, alpha, 0.0)


@operator("Shrink", since=9)
def shrink(x: Tensor, *, bias: float = 0.0, lambd: float = 0.5) -> Tensor:
    """Move what is far from zero towards it by a bias, and set what is near to zero.

    Examples:
        >>> shrink(torch.tensor([-2.0, 0.1, 2.0]), lambd=1.0, bias=0.5)
        tensor([-1.5000,  0.0000,  1.5000])
    """
    number = x if x.is_floating_point() else x.to(torch.float64)
    return torch.where(number < -lambd, number + bias, torch.where(number > lambd, number - bias, 0)).to(x.dtype)


@operator("Sigmoid")
def sigmoid(x: Tensor) -> Tensor:
    """The logistic function."""
    return torch.sigmoid(x)


def _is_for_channels(x: Tensor, slope: Tensor) -> bool:
    """Say whether a slope is one number, or one for each channel: torch computes those at once."""
    if slope.numel() == 1:
        return slope.dim() <= x.dim()
    return slope.dim() == x.dim() - 1 and slope.numel() == slope.shape[0] == x.shape[1]
