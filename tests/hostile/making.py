"""Files that are broken on purpose, entered by name."""

from collections.abc import Callable

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

__all__ = ["HUGE", "MAKERS", "entered", "model", "one", "tensor", "value"]

Maker = Callable[[], onnx.ModelProto]
MAKERS: dict[str, Maker] = {}
HUGE = 2**40


def entered(maker: Maker) -> Maker:
    MAKERS[maker.__name__] = maker
    return maker


def value(name: str, shape: list[int | str] | None = None, code: int = TensorProto.FLOAT) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, code, shape)


def tensor(name: str, content: object, dtype: type = np.int64) -> onnx.TensorProto:
    return numpy_helper.from_array(np.array(content, dtype), name)


def model(
    nodes: list[onnx.NodeProto], *, inputs: tuple[onnx.ValueInfoProto, ...] = (value("x", [2, 3]),),
    outputs: tuple[str, ...] = ("y",), tensors: tuple[onnx.TensorProto, ...] = (),
    functions: tuple[onnx.FunctionProto, ...] = (),
) -> onnx.ModelProto:  # fmt: skip
    graph = helper.make_graph(
        nodes, "g", list(inputs), [onnx.ValueInfoProto(name=name) for name in outputs], list(tensors)
    )
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("f", 1), helper.make_opsetid("ai.onnx.ml", 4)]
    return helper.make_model(graph, ir_version=10, opset_imports=opsets, functions=list(functions))


def one(op: str, inputs: list[str], *tensors: onnx.TensorProto, **attributes: object) -> onnx.ModelProto:
    return model([helper.make_node(op, inputs, ["y"], **attributes)], tensors=tensors)
