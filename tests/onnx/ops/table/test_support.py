from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.svm import SVC

from leyden.onnx.ops.table.support import coupled, svm_classifier, svm_regressor

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(30, 3)).astype(np.float32)
KERNELS = {"LINEAR": "linear", "POLY": "poly", "RBF": "rbf", "SIGMOID": "sigmoid"}


def machine(kernel: str, classes: int) -> dict[str, Any]:
    labels = np.arange(30) % classes
    model = SVC(kernel=KERNELS[kernel], gamma=0.7, coef0=0.3, degree=2).fit(X, labels)
    return {
        "coefficients": tuple(model._dual_coef_.ravel().tolist()), "kernel_params": (0.7, 0.3, 2.0),
        "kernel_type": kernel, "rho": tuple(model._intercept_.tolist()),
        "support_vectors": tuple(model.support_vectors_.ravel().tolist()),
        "vectors_per_class": tuple(model._n_support.tolist()), "classlabels_ints": tuple(range(classes)),
    }  # fmt: skip


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("platt", [False, True])
def test_classes_are_those_of_onnxruntime(oracle: Callable, kernel: str, classes: int, platt: bool):
    settings = machine(kernel, classes)
    pairs = len(settings["rho"])
    settings |= {"prob_a": (-1.25,) * pairs, "prob_b": (0.1,) * pairs} if platt else {}
    labels, scores = oracle("SVMClassifier", settings, [7, 1], X)
    ours = svm_classifier(settings)(torch.from_numpy(X))
    assert ours[0].tolist() == labels.tolist()
    assert np.allclose(ours[1].detach().numpy(), scores, atol=1e-4)


def test_without_support_vectors_it_is_linear(oracle: Callable):
    settings = {
        "coefficients": tuple(GENERATOR.normal(size=9).tolist()), "rho": (0.3,), "classlabels_strings": ("a", "b", "c"),
        "kernel_type": "LINEAR", "kernel_params": (0.0, 0.0, 0.0),
    }  # fmt: skip
    _, scores = oracle("SVMClassifier", settings, [8, 1], X)
    ours = svm_classifier(settings)(torch.from_numpy(X))
    assert np.allclose(ours[1].detach().numpy(), scores, atol=1e-5)
    assert ours[0].tolist() == np.array(["a", "b", "c"])[scores.argmax(1)].tolist()


@pytest.mark.parametrize("kernel", ["LINEAR", "RBF"])
@pytest.mark.parametrize("one_class", [0, 1])
@pytest.mark.parametrize("count", [0, 4])
def test_values_are_those_of_onnxruntime(oracle: Callable, kernel: str, one_class: int, count: int):
    settings = {
        "coefficients": (0.5, -1.0, 0.25, 2.0)[: count or 3], "kernel_params": (0.7, 0.0, 0.0), "kernel_type": kernel,
        "rho": (0.1,), "n_supports": count, "one_class": one_class, "support_vectors": tuple(X[:4].ravel().tolist()),
    }  # fmt: skip
    [wanted] = oracle("SVMRegressor", settings, [1], X)
    assert np.allclose(svm_regressor(settings)(torch.from_numpy(X)).detach().numpy(), wanted, atol=1e-5)


def test_support_vectors_learn():
    layer = svm_regressor({
        "coefficients": (1.0,), "kernel_type": "RBF", "kernel_params": (0.5, 0.0, 0.0), "rho": (0.0,), "n_supports": 1,
        "support_vectors": (1.0, 2.0, 3.0),
    })  # fmt: skip
    layer(torch.from_numpy(X)).sum().backward()
    assert all(bool((parameter.grad != 0).any()) for parameter in layer.parameters())


def test_probabilities_of_pairs_that_agree_are_those_of_the_classes():
    truth = torch.tensor([0.5, 0.25, 0.25])
    pairs = truth[:, None] / (truth[:, None] + truth)
    pairs.fill_diagonal_(0)
    assert torch.allclose(coupled(pairs[None])[0], truth, atol=1e-2)
