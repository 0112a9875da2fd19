from typing import Any

import numpy as np
import onnx
import pytest
import torch
from torch import fx

from leyden.errors import OnnxImportError
from leyden.onnx import load


def network(op: str, code: int, codes: list[int], domain: str = "ai.onnx.ml", **settings: Any) -> fx.GraphModule:
    """A network of one operator whose input has the element type `code`, and whose outputs have `codes`."""
    declare = onnx.helper.make_tensor_value_info
    outputs = [declare(f"y{at}", kind, None) for at, kind in enumerate(codes)]
    names = [value.name for value in outputs] + [""] * (op == "LinearClassifier" and len(codes) == 1)
    node = onnx.helper.make_node(op, ["x"], names, domain=domain, **settings)
    graph = onnx.helper.make_graph([node], "g", [declare("x", code, [None, None])], outputs)
    sets = [onnx.helper.make_opsetid("", 18), onnx.helper.make_opsetid("ai.onnx.ml", 3)]
    return load(onnx.helper.make_model(graph, ir_version=8, opset_imports=sets))


def test_a_linear_model_is_a_layer_whose_matrix_is_a_parameter():
    net = network("LinearRegressor", 1, [1], coefficients=[1.0, 2.0], intercepts=[0.5])
    assert net(torch.tensor([[3.0, 4.0]])).tolist() == [[11.5]]
    assert sorted(parameter.numel() for parameter in net.parameters()) == [1, 2]


@pytest.mark.parametrize("codes", [[7], [7, 1]], ids=["labels", "labels and scores"])
def test_scores_of_a_classifier_may_be_left_out(codes: list[int]):
    net = network(
        "LinearClassifier", 1, codes, coefficients=[1.0, -1.0], intercepts=[0.0, 0.0], classlabels_ints=[4, 5]
    )
    found = net(torch.tensor([[1.0], [-1.0]]))
    assert (found if len(codes) == 1 else found[0]).tolist() == [4, 5]


def test_texts_are_looked_up():
    net = network("LabelEncoder", 8, [7], keys_strings=["a", "b"], values_int64s=[7, 8])
    assert net(np.array([["b", "z"]], dtype=object)).tolist() == [[8, -1]]


def test_groups_of_words_are_counted():
    net = network(
        "TfIdfVectorizer", 8, [1], "", mode="TF", min_gram_length=1, max_gram_length=1, max_skip_count=0,
        ngram_counts=[0], ngram_indexes=[0, 1], pool_strings=["a", "b"],
    )  # fmt: skip
    assert net(np.array([["b", "a", "b"]], dtype=object)).tolist() == [[1, 2]]


def test_broken_attributes_are_an_error_of_the_file():
    with pytest.raises(OnnxImportError, match="the attributes of this LabelEncoder are broken: there are no values"):
        network("LabelEncoder", 8, [7], keys_strings=["a"])
