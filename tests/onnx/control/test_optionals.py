from collections.abc import Callable

import onnx
import torch
from torch import fx

from leyden.onnx import load


def test_a_value_that_is_there_passes_through(network: Callable[[str], fx.GraphModule]):
    net = network("g (float[2] x) => (float[2] y) { o = Optional(x)  y = OptionalGetElement(o) }")
    assert net(torch.tensor([1.0, 2.0])).tolist() == [1, 2]


def test_a_value_that_is_missing_is_known_to_be():
    kind = onnx.helper.make_tensor_type_proto(onnx.TensorProto.FLOAT, [2])
    nodes = [
        onnx.helper.make_node("Optional", [], ["o"], type=kind),
        onnx.helper.make_node("OptionalHasElement", ["o"], ["y"]),
    ]
    outputs = [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.BOOL, [])]
    graph = onnx.helper.make_graph(nodes, "g", [], outputs)
    model = onnx.helper.make_model(graph, ir_version=8, opset_imports=[onnx.helper.make_opsetid("", 18)])
    assert load(model)().item() is False
