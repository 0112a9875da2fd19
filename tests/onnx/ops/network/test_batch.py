"""Batch normalisation in all its versions."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from leyden.onnx.ops.network import batch
from leyden.onnx.ops.network.batch import batch_norm_1, batch_norm_7, batch_norm_9

batch_norm: Callable[..., Any] = batch.batch_norm  # a tensor or a tuple, as it is asked


def values(channels: int) -> list[torch.Tensor]:
    return [torch.rand(channels) + 0.5 for _ in range(4)]


@pytest.mark.parametrize("opset", [7, 9, 14, 15])
@pytest.mark.parametrize("sizes", [(), (5,), (4, 3), (2, 3, 2)], ids=str)
def test_inference_agrees_with_onnxruntime(agrees, opset, sizes):
    agrees("BatchNormalization", torch.randn(2, 3, *sizes), *values(3), opset=opset, epsilon=1e-2)


def test_training_normalises_with_the_batch_and_moves_the_statistics():
    x = torch.tensor([[1.0], [3.0]])
    one = torch.ones(1)
    y, mean, var = batch_norm(
        x, one, 0 * one, 0 * one, one, epsilon=0.0, momentum=0.75, training_mode=1, output_count=3
    )
    assert (y.flatten().tolist(), mean.tolist(), var.tolist()) == ([-1, 1], [0.5], [1.0])


def test_training_alone_gives_one_tensor():
    x = torch.randn(4, 3, 5)
    y = batch_norm(x, *values(3), training_mode=1)
    assert isinstance(y, torch.Tensor)


def test_more_outputs_say_that_version_9_trains():
    x = torch.randn(4, 2)
    results = batch_norm_9(x, *values(2), output_count=5)
    torch.testing.assert_close(results[3], x.mean(0))


def test_without_spatial_each_element_has_statistics_of_its_own():
    x, full = torch.randn(3, 2, 4), [torch.rand(2, 4) + 0.5 for _ in range(4)]
    scale, bias, mean, var = full
    right = (x - mean) / (var + 1e-5).sqrt() * scale + bias
    torch.testing.assert_close(batch_norm_7(x, *full, spatial=0), right)


def test_without_spatial_statistics_keep_their_shape():
    full = [torch.rand(2, 4) + 0.5 for _ in range(4)]
    results = batch_norm_7(torch.randn(3, 2, 4), *full, spatial=0, output_count=3)
    assert [tuple(part.shape) for part in results] == [(3, 2, 4), (2, 4), (2, 4)]


@pytest.mark.parametrize("test", [0, 1])
def test_a_single_output_of_version_1_is_inference(test):
    x, others = torch.randn(4, 2, 3), values(2)
    torch.testing.assert_close(batch_norm_1(x, *others, is_test=test), batch_norm(x, *others))


def test_all_outputs_of_a_test_are_what_was_given():
    x, others = torch.randn(4, 2, 3), values(2)
    results = batch_norm_1(x, *others, is_test=1, output_count=5)
    assert results[1] is others[2]


def test_half_precision_with_full_statistics_stays_half():
    x, others = torch.randn(2, 3, 4).half(), values(3)
    right = batch_norm(x.float(), *others).half()
    torch.testing.assert_close(batch_norm(x, *others), right)


def test_one_axis_is_a_batch_of_one_channel():
    x, others = torch.randn(5), values(1)
    torch.testing.assert_close(batch_norm(x, *others), batch_norm(x[:, None], *others)[:, 0])


@pytest.mark.parametrize("sizes", [(), (5,), (4, 3)], ids=str)
def test_given_statistics_may_learn(sizes):
    x, given = torch.randn(2, 3, *sizes), values(3)
    learning = [value.clone().requires_grad_() for value in given]
    y = batch_norm(x, *learning)
    torch.testing.assert_close(y, batch_norm(x, *given))
    y.square().sum().backward()
    assert all(value.grad is not None for value in learning)
