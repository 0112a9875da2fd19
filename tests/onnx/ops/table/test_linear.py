from collections.abc import Callable

import numpy as np
import pytest
import torch

from leyden.onnx.ops.table.linear import LinearRegressor, linear_classifier, linear_regressor

X = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
WEIGHTS = (1.0, -2.0, 0.5, 0.25, 1.5, -1.0, 2.0, 0.0, 0.75)


@pytest.mark.parametrize("after", ["NONE", "LOGISTIC", "SOFTMAX"])
def test_values_are_those_of_onnxruntime(oracle: Callable, after: str):
    settings = {"coefficients": WEIGHTS, "intercepts": (0.5, 0.0, -0.5), "targets": 3, "post_transform": after}
    [wanted] = oracle("LinearRegressor", settings, [1], X)
    assert np.allclose(linear_regressor(settings)(torch.from_numpy(X)).detach().numpy(), wanted, atol=1e-6)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("after", ["NONE", "LOGISTIC", "SOFTMAX"])
def test_classes_are_those_of_onnxruntime(oracle: Callable, rows: int, after: str):
    settings = {
        "coefficients": WEIGHTS[: 3 * rows], "intercepts": (0.5, 0.0, -0.5)[:rows], "post_transform": after,
        "classlabels_strings": ("a", "b", "c")[: max(rows, 2)],
    }  # fmt: skip
    labels, scores = oracle("LinearClassifier", settings, [8, 1], X)
    ours = linear_classifier(settings)(torch.from_numpy(X))
    assert ours[0].tolist() == labels.tolist()
    assert np.allclose(ours[1].detach().numpy(), scores, atol=1e-6)


def test_the_matrix_learns():
    layer = LinearRegressor((1.0, 2.0))
    layer(torch.tensor([[3.0, 4.0]])).sum().backward()
    assert layer.weight.grad.tolist() == [[3, 4]]
