"""Losses of classification."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from leyden.onnx.ops.network import loss
from leyden.onnx.ops.network.loss import negative_log_likelihood_loss

softmax_cross_entropy_loss: Callable[..., Any] = loss.softmax_cross_entropy_loss  # a tensor or two, as it is asked

CLASSES = torch.tensor([[0, 2, 1], [2, 2, 0]])


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("ignored", [None, 2])
@pytest.mark.parametrize("weighted", [True, False])
def test_losses_agree_with_onnxruntime(agrees, reduction, ignored, weighted):
    weight = torch.tensor([0.5, 1.0, 2.0]) if weighted else None
    said = {"reduction": reduction, **({} if ignored is None else {"ignore_index": ignored})}
    agrees("SoftmaxCrossEntropyLoss", torch.randn(2, 3, 3), CLASSES, weight, count=2, opset=13, **said)


def test_classes_may_be_of_32_bits():
    chances = torch.randn(2, 3, 3).log_softmax(1)
    result = negative_log_likelihood_loss(chances, CLASSES.int())
    torch.testing.assert_close(result, -chances.gather(1, CLASSES[:, None]).mean())


def test_a_class_that_torch_ignores_by_itself_may_be_ignored():
    result = softmax_cross_entropy_loss(torch.zeros(2, 2), torch.tensor([0, -100]), ignore_index=-100)
    assert result.item() == pytest.approx(0.6931472)
