"""Softmax before and since version 13."""

import pytest
import torch

from leyden.onnx.ops.network.chances import log_softmax, log_softmax_1, softmax, softmax_1


@pytest.mark.parametrize("op", ["Softmax", "LogSoftmax"])
@pytest.mark.parametrize(("opset", "axis"), [(10, 0), (10, 1), (11, -1), (12, 2), (13, 0), (13, -1), (13, 1)])
def test_all_versions_agree_with_onnxruntime(agrees, op, opset, axis):
    agrees(op, torch.randn(2, 3, 4), opset=opset, axis=axis)


def test_old_chances_add_up_over_all_axes_behind():
    assert softmax_1(torch.randn(2, 3, 4)).sum((1, 2)).tolist() == pytest.approx([1, 1])


def test_old_chances_behind_the_last_axis_are_certain():
    assert softmax_1(torch.randn(3)).tolist() == [1, 1, 1]


def test_logarithms_are_those_of_the_chances():
    x = torch.randn(2, 3, 4)
    torch.testing.assert_close(log_softmax(x, axis=1).exp(), softmax(x, axis=1))
    torch.testing.assert_close(log_softmax_1(x).exp(), softmax_1(x))
