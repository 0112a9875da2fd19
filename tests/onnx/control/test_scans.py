from collections.abc import Callable

import numpy as np
import onnx
import pytest
import torch
from torch import fx

from leyden.onnx import load

WEIGHTS = """g (float[1,2] h0, float[3,1,2] x) => (float[1,2] hn) <float[2,2] w = {1,2,3,4}> {
  hn = Scan <num_scan_inputs = 1, body = b (float[1,2] h, float[1,2] u) => (float[1,2] k) {
    p = MatMul(h, w)
    k = Add(p, u)
  }> (h0, x)
}"""
H, X = np.ones(3, dtype=np.float32), np.arange(60, dtype=np.float32).reshape(4, 5, 3)


def test_axes_and_directions_are_those_of_each_input_and_output(same: Callable[..., fx.GraphModule]):
    same("turned", H, X)


def test_weights_of_the_body_are_a_layer_that_learns(network: Callable[[str], fx.GraphModule]):
    net = network(WEIGHTS)
    net(torch.ones(1, 2), torch.ones(3, 1, 2)).sum().backward()
    assert [bool((parameter.grad != 0).all()) for parameter in net.parameters()] == [True]


@pytest.mark.parametrize("way", ["compiled", "exported"])
def test_a_scan_is_compiled_and_exported(traced: dict[str, bool], way: str):
    assert traced[f"turned {way}"]


def test_an_axis_of_size_zero_gives_the_state_and_an_empty_output(network: Callable[[str], fx.GraphModule]):
    state, pieces = network("turned")(torch.ones(3), torch.ones(4, 0, 3))
    assert state.tolist() == [1, 1, 1]
    assert pieces.shape == (4, 3, 0)


@pytest.fixture
def old() -> fx.GraphModule:
    """A running sum of each sample, of version 8."""
    declare, number = onnx.helper.make_tensor_value_info, onnx.TensorProto.FLOAT
    body = onnx.helper.make_graph(
        [onnx.helper.make_node("Add", ["h", "u"], ["k"]), onnx.helper.make_node("Identity", ["k"], ["o"])],
        "b", [declare("h", number, []), declare("u", number, [])], [declare("k", number, []), declare("o", number, [])],
    )  # fmt: skip
    node = onnx.helper.make_node("Scan", ["n", "h0", "x"], ["hn", "s"], num_scan_inputs=1, body=body)
    inputs = [declare("n", onnx.TensorProto.INT64, [2]), declare("h0", number, [2]), declare("x", number, [2, 3])]
    graph = onnx.helper.make_graph([node], "g", inputs, [declare("hn", number, [2]), declare("s", number, [2, 3])])
    return load(onnx.helper.make_model(graph, ir_version=8, opset_imports=[onnx.helper.make_opsetid("", 8)]))


def test_version_8_scans_each_sample_up_to_its_length(old: fx.GraphModule):
    x = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    last, sums = old(torch.tensor([3, 2]), torch.tensor([0.0, 10.0]), x)
    assert last.tolist() == [6, 19]
    assert sums.tolist() == [[1, 3, 6], [14, 19, 0]]
