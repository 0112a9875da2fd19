from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from leyden.onnx.ops.table.trees import tree_classifier, tree_ensemble, tree_regressor

X = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
SHAPE = (("BRANCH_LEQ", 1, 2), ("LEAF", 0, 0), ("BRANCH_GT", 3, 4), ("LEAF", 0, 0), ("LEAF", 0, 0))


def trees(kind: str, targets: list[int], *, positive: bool = False) -> dict[str, Any]:
    """Three trees of two questions each, whose leaves vote for all the targets."""
    generator = np.random.default_rng(1)
    places = [(tree, node) for tree in range(3) for node in range(5)]
    votes = [(tree, node, target) for tree, node in places if SHAPE[node][0] == "LEAF" for target in targets]
    weights = generator.uniform(0, 0.3, len(votes)) if positive else generator.normal(size=len(votes))
    return {
        "nodes_treeids": tuple(tree for tree, _ in places),
        "nodes_nodeids": tuple(node for _, node in places),
        "nodes_modes": tuple(SHAPE[node][0] for _, node in places),
        "nodes_truenodeids": tuple(SHAPE[node][1] for _, node in places),
        "nodes_falsenodeids": tuple(SHAPE[node][2] for _, node in places),
        "nodes_featureids": tuple(generator.integers(0, 3, 15).tolist()),
        "nodes_values": tuple(generator.normal(size=15).tolist()),
        f"{kind}_treeids": tuple(tree for tree, _, _ in votes),
        f"{kind}_nodeids": tuple(node for _, node, _ in votes),
        f"{kind}_ids": tuple(target for _, _, target in votes),
        f"{kind}_weights": tuple(weights.tolist()),
    }


@pytest.mark.parametrize("together", ["SUM", "AVERAGE", "MIN", "MAX"])
@pytest.mark.parametrize("after", ["NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO"])
def test_values_are_those_of_onnxruntime(oracle: Callable, together: str, after: str):
    settings = trees("target", [0, 1]) | {
        "n_targets": 2, "aggregate_function": together, "post_transform": after, "base_values": (0.5, -0.5),
    }  # fmt: skip
    [wanted] = oracle("TreeEnsembleRegressor", settings, [1], X)
    assert np.allclose(tree_regressor(settings)(torch.from_numpy(X)).detach().numpy(), wanted, atol=1e-6)


@pytest.mark.parametrize("after", ["NONE", "LOGISTIC", "SOFTMAX"])
@pytest.mark.parametrize("base", [False, True])
def test_classes_are_those_of_onnxruntime(oracle: Callable, after: str, base: bool):
    settings = trees("class", [0, 1, 2]) | {"post_transform": after, "classlabels_strings": ("a", "b", "c")}
    settings |= {"base_values": (0.5, -0.5, 0.25)} if base else {}
    labels, scores = oracle("TreeEnsembleClassifier", settings, [8, 1], X)
    ours = tree_classifier(settings)(torch.from_numpy(X))
    assert ours[0].tolist() == labels.tolist()
    assert np.allclose(ours[1].detach().numpy(), scores, atol=1e-6)


@pytest.mark.parametrize("positive", [False, True])
@pytest.mark.parametrize("after", ["NONE", "LOGISTIC"])
@pytest.mark.parametrize("base", [False, True])
def test_one_score_says_which_of_two_classes(oracle: Callable, positive: bool, after: str, base: bool):
    settings = trees("class", [0], positive=positive) | {"post_transform": after, "classlabels_int64s": (10, 11)}
    settings |= {"base_values": (0.1,)} if base else {}
    labels, scores = oracle("TreeEnsembleClassifier", settings, [7, 1], X)
    ours = tree_classifier(settings)(torch.from_numpy(X))
    assert ours[0].tolist() == labels.tolist()
    assert np.allclose(ours[1].detach().numpy(), scores, atol=1e-6)


def test_two_scores_give_the_class_of_the_greater():
    settings = trees("class", [0, 1]) | {"classlabels_int64s": (10, 11)}
    labels, scores = tree_classifier(settings)(torch.from_numpy(X))
    assert torch.equal(labels, 10 + scores.argmax(1))


def test_a_single_class_is_there_or_not(oracle: Callable):
    settings = trees("class", [0]) | {"classlabels_int64s": (1,)}
    labels, scores = oracle("TreeEnsembleClassifier", settings, [7, 1], X)
    ours = tree_classifier(settings)(torch.from_numpy(X))
    assert ours[0].tolist() == labels.tolist()
    assert np.allclose(ours[1].detach().numpy(), scores, atol=1e-6)


ENSEMBLE = {
    "nodes_splits": torch.tensor([1.0, float("nan"), 3.0], dtype=torch.float64), "nodes_featureids": (0, 0, 0),
    "nodes_modes": torch.tensor([0, 6, 3], dtype=torch.uint8), "nodes_truenodeids": (0, 1, 2),
    "nodes_falsenodeids": (1, 2, 3),
    "nodes_trueleafs": (1, 1, 1), "nodes_falseleafs": (0, 0, 1), "leaf_targetids": (0, 1, 0, 1), "tree_roots": (0,),
    "leaf_weights": torch.tensor([1.0, 2.0, 3.0, 4.0], dtype=torch.float64), "n_targets": 2,
    "membership_values": torch.tensor([2.0, 7.0, float("nan")], dtype=torch.float64),
}  # fmt: skip


def test_version_5_asks_for_sets_and_keeps_the_type_of_the_table():
    x = torch.tensor([[0.0], [7.0], [5.0], [2.5]], dtype=torch.float64)
    values = tree_ensemble(ENSEMBLE)(x)
    assert values.dtype == torch.float64
    assert values.tolist() == [[1, 0], [0, 2], [3, 0], [0, 4]]


def test_a_set_that_is_missing_is_an_error():
    with pytest.raises(ValueError, match="1 nodes ask for members of 0 sets"):
        tree_ensemble({name: value for name, value in ENSEMBLE.items() if name != "membership_values"})
