"""Losses of classification."""

import torch
from torch import Tensor
from torch.nn import functional

from leyden.onnx.ops.registry import operator

__all__ = ["negative_log_likelihood_loss", "softmax_cross_entropy_loss"]

_NO_CLASS = -(2**31)


@operator("NegativeLogLikelihoodLoss", since=12)
def negative_log_likelihood_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None, *, ignore_index: int | None = None,
    reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """Take the negative logarithm of the chance of the right class; "mean" divides by the weights of those classes."""
    ignored = _NO_CLASS if ignore_index is None else ignore_index
    return functional.nll_loss(input, target.long(), weight, ignore_index=ignored, reduction=reduction)


@operator("SoftmaxCrossEntropyLoss", since=12)
def softmax_cross_entropy_loss(
    scores: Tensor, labels: Tensor, weights: Tensor | None = None, *, ignore_index: int | None = None,
    reduction: str = "mean", output_count: int = 1,
) -> Tensor | tuple[Tensor, Tensor]:  # fmt: skip
    """Take the loss of scores that are no chances yet; give the logarithms of the chances, too, if asked."""
    chances = torch.log_softmax(scores, 1)
    loss = negative_log_likelihood_loss(chances, labels, weights, ignore_index=ignore_index, reduction=reduction)
    return loss if output_count == 1 else (loss, chances)
