"""Models of tables as layers, made once: forests, and what looks things up."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import onnx_ir as ir
from torch import fx, nn

from leyden.errors import OnnxImportError
from leyden.onnx.control.bodies import outputs
from leyden.onnx.lower.call import Call, maker
from leyden.onnx.lower.given import Given
from leyden.onnx.lower.reading import to_torch
from leyden.onnx.ops.dtypes import STRING
from leyden.onnx.ops.table.linear import linear_classifier, linear_regressor
from leyden.onnx.ops.table.lookup import category_mapper, label_encoder
from leyden.onnx.ops.table.support import svm_classifier, svm_regressor
from leyden.onnx.ops.table.trees import tree_classifier, tree_ensemble, tree_regressor
from leyden.onnx.ops.text.grams import tf_idf_vectorizer

__all__ = ["grams", "model", "table"]

_MAKE: Mapping[str, Callable[[Mapping[str, Any]], nn.Module]] = {
    "LinearClassifier": linear_classifier,
    "LinearRegressor": linear_regressor,
    "SVMClassifier": svm_classifier,
    "SVMRegressor": svm_regressor,
    "TreeEnsemble": tree_ensemble,
    "TreeEnsembleClassifier": tree_classifier,
    "TreeEnsembleRegressor": tree_regressor,
}
_MAPS = {"CategoryMapper": category_mapper, "LabelEncoder": label_encoder}


@maker(*_MAKE, domain="ai.onnx.ml")
def model(call: Call) -> fx.Node | Sequence[Given]:
    """Make the layer of a model of its attributes.

    Raises:
        OnnxImportError: The attributes are broken.
    """
    node = call.module(_made(call, _MAKE[call.op]), call.tensor(0))
    if len(call.outputs) == 1 and "Classifier" in call.op:
        return outputs(call, node, [Given("")])
    return node


@maker(*_MAPS, domain="ai.onnx.ml")
def table(call: Call) -> fx.Node:
    """Make the layer that looks up keys.

    Raises:
        OnnxImportError: The attributes are broken.
    """
    given = call.inputs[0]
    make = partial(_MAPS[call.op], texts=given is not None and given.code == STRING)
    return call.module(_made(call, make), call.tensor(0))


@maker("TfIdfVectorizer")
def grams(call: Call) -> fx.Node:
    """Make the layer that counts groups of words.

    Raises:
        OnnxImportError: The attributes are broken.
    """
    return call.module(_made(call, tf_idf_vectorizer), call.tensor(0))


def _made(call: Call, make: Callable[[Mapping[str, Any]], nn.Module]) -> nn.Module:
    settings = {
        name: to_torch(value) if isinstance(value, ir.TensorProtocol) else value
        for name, value in call.attributes.items()
    }
    try:
        return make(settings)
    except (ValueError, KeyError, IndexError, RuntimeError) as error:
        raise OnnxImportError(f"node {call.name!r}: the attributes of this {call.op} are broken: {error}") from error
