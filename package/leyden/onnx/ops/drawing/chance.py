"""Events that happen with given probabilities."""

import torch
from torch import Tensor

from leyden.onnx.ops.drawing.distribution import generator_of
from leyden.onnx.ops.dtypes import torch_dtype
from leyden.onnx.ops.registry import operator

__all__ = ["bernoulli", "multinomial"]


@operator("Bernoulli", since=15, random=True)
def bernoulli(x: Tensor, *, dtype: int | None = None, seed: float | None = None) -> Tensor:
    """Draw one with the probability that each number is, and zero otherwise.

    Examples:
        >>> bernoulli(torch.tensor([0.0, 1.0]))
        tensor([0., 1.])
    """
    drawn = torch.bernoulli(x, generator=generator_of(seed, x.device))
    return drawn if dtype is None else drawn.to(torch_dtype(dtype))


@operator("Multinomial", since=7, random=True)
def multinomial(x: Tensor, *, dtype: int = 6, sample_size: int = 1, seed: float | None = None) -> Tensor:
    """Draw classes; each row holds the logarithms of what their probabilities are proportional to.

    Examples:
        >>> multinomial(torch.tensor([[0.0, float("-inf")]]), sample_size=3)
        tensor([[0, 0, 0]], dtype=torch.int32)
    """
    chances = torch.softmax(x.to(torch.promote_types(x.dtype, torch.float32)), -1)
    drawn = torch.multinomial(chances, sample_size, replacement=True, generator=generator_of(seed, x.device))
    return drawn.to(torch_dtype(dtype))
