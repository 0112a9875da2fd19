from collections import Counter

import numpy as np
import onnx
import pytest
import torch
from onnx import helper, numpy_helper
from torch import nn

from leyden.onnx import export, load
from leyden.onnx.layers.dynamic.products import DynamicConv2d, DynamicLinear


def made(nodes: list[onnx.NodeProto], held: dict[str, np.ndarray], shape: list[int | str], opset: int = 13) -> bytes:
    values = [helper.make_tensor_value_info("x", 1, shape), helper.make_tensor_value_info("y", 1, None)]
    tensors = [numpy_helper.from_array(value, name) for name, value in held.items()]
    graph = helper.make_graph(nodes, "g", values[:1], values[1:], tensors)
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, ir_version=8, opset_imports=opsets).SerializeToString()


QUANTISED = helper.make_node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"])
REAL = [
    helper.make_node("Mul", ["s", "ws"], ["f"]), helper.make_node("Cast", ["t"], ["r"], to=1),
    helper.make_node("Mul", ["r", "f"], ["y"]),
]  # fmt: skip
RANDOM = np.random.default_rng(0)
MATRIX, SCALE = RANDOM.integers(-128, 128, (6, 4)).astype(np.int8), np.array(0.02, np.float32)
BIAS = RANDOM.standard_normal(4).astype(np.float32)
KERNEL = RANDOM.integers(0, 256, (4, 2, 3, 3)).astype(np.uint8)
X = torch.randn(5, 6, generator=torch.Generator().manual_seed(0))
IMAGE = torch.randn(2, 2, 7, 7, generator=torch.Generator().manual_seed(0))


def test_a_file_gives_what_onnxruntime_gives(quantised, images, run):
    with torch.no_grad():
        got = load(quantised)(images).numpy()
    np.testing.assert_allclose(got, run(quantised, images)[0], rtol=1e-5, atol=1e-6)


def test_weights_are_parameters_of_real_layers(quantised):
    net = load(quantised)
    kinds = Counter(type(layer) for layer in net.modules())
    assert (kinds[DynamicConv2d], kinds[DynamicLinear]) == (2, 2)
    assert isinstance(net.get_submodule("stem"), nn.Conv2d)
    assert {"stem.weight", "mid.weight", "head.weight", "last.weight"} <= net.state_dict().keys()
    assert not any("Integer" in str(node.target) or "integers" in str(node.target) for node in net.graph.nodes)


def test_every_weight_learns(quantised, images):
    net = load(quantised)
    net(images).square().sum().backward()
    assert all(p.grad is not None and bool(p.grad.abs().sum() > 0) for p in net.parameters())


def test_training_brings_the_loss_down(quantised, images):
    net = load(quantised)
    optimizer, losses = torch.optim.Adam(net.parameters(), lr=0.01), []
    for _ in range(30):
        optimizer.zero_grad()
        loss = (net(images) - 1).square().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2


def test_a_trained_network_is_written_as_integers_again(quantised, images, tmp_path, run):
    net = load(quantised)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter += 0.1 * parameter.std() * torch.randn_like(parameter)
    export(net, images, tmp_path / "net.onnx", tolerance=1e-2)
    model = onnx.load(tmp_path / "net.onnx")
    ops = Counter(node.op_type for node in model.graph.node)
    assert (ops["ConvInteger"], ops["MatMulInteger"], ops["QuantizeLinear"]) == (2, 2, 0)
    kinds = [tensor.data_type for tensor in model.graph.initializer if tensor.name.endswith("weight_quantized")]
    assert len(kinds) == 4
    assert set(kinds) <= {2, 3}
    again = load(tmp_path / "net.onnx")
    assert {name for name in net.state_dict() if name.endswith("weight")} <= again.state_dict().keys()
    with torch.no_grad():
        np.testing.assert_allclose(again(images), run(tmp_path / "net.onnx", images)[0], rtol=1e-4, atol=1e-5)


def test_a_network_goes_through_the_export_of_torch(quantised, images):
    net = load(quantised)
    with torch.no_grad():
        wanted = net(images)
        assert torch.allclose(torch.export.export(net, (images,)).module()(images), wanted, atol=1e-6)


@pytest.mark.parametrize("scale", [SCALE, np.array([0.02], np.float32), np.array([0.01, 0.02, 0.03, 0.04], np.float32)])
def test_a_scale_is_one_or_one_a_column(scale, run):
    nodes = [QUANTISED, helper.make_node("MatMulInteger", ["q", "w", "z"], ["t"]), *REAL]
    file = made(nodes, {"w": MATRIX, "ws": scale}, ["n", 6])
    net = load(file)
    assert [type(layer) for layer in net.children()] == [DynamicLinear]
    np.testing.assert_allclose(net(X).detach(), run(file, X)[0], rtol=1e-6, atol=1e-6)


def test_a_bias_in_whole_steps_is_a_bias(run):
    nodes = [
        QUANTISED, helper.make_node("ConvInteger", ["q", "w", "z", "wz"], ["i"], pads=[1, 1, 0, 0], strides=[2, 2]),
        helper.make_node("Mul", ["s", "ws"], ["g"]), helper.make_node("Div", ["b", "g"], ["d"]),
        helper.make_node("Floor", ["d"], ["e"]), helper.make_node("Cast", ["e"], ["h"], to=6),
        helper.make_node("Reshape", ["h", "k"], ["j"]), helper.make_node("Add", ["i", "j"], ["t"]), *REAL,
    ]  # fmt: skip
    held = {"w": KERNEL, "wz": np.array(120, np.uint8), "ws": SCALE, "b": BIAS, "k": np.array([1, 4, 1, 1])}
    file = made(nodes, held, ["n", 2, 7, 7])
    net = load(file)
    layer = next(layer for layer in net.children() if isinstance(layer, DynamicConv2d))
    assert layer.whole_bias
    assert torch.equal(layer.bias, torch.from_numpy(BIAS))
    np.testing.assert_allclose(net(IMAGE).detach(), run(file, IMAGE)[0], rtol=1e-6, atol=1e-6)
    net(IMAGE).sum().backward()
    assert layer.bias.grad.tolist() == pytest.approx([2 * 3 * 3] * 4)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("op", ["MatMulIntegerToFloat", "DynamicQuantizeMatMul"])
def test_the_products_of_onnxruntime_are_layers(op, bias, run):
    inputs = ["q", "w", "s", "ws", "z", "wz"] if op == "MatMulIntegerToFloat" else ["x", "w", "ws", "wz"]
    product = helper.make_node(op, [*inputs, *(["b"] if bias else [])], ["y"], domain="com.microsoft")
    held = {"w": MATRIX, "ws": SCALE, "wz": np.array(3, np.int8), **({"b": BIAS} if bias else {})}
    file = made([QUANTISED, product], held, ["n", 6])
    net = load(file)
    (layer,) = net.children()
    assert isinstance(layer, DynamicLinear)
    assert (layer.bias is not None) == bias
    np.testing.assert_allclose(net(X).detach(), run(file, X)[0], rtol=1e-5, atol=1e-5)


CAST = helper.make_node("Cast", ["t"], ["r"], to=1)
TWICE = [
    REAL[0], CAST, helper.make_node("Mul", ["r", "f"], ["u"]), helper.make_node("Cast", ["t"], ["v"], to=1),
    helper.make_node("Add", ["u", "v"], ["y"]),
]  # fmt: skip
OTHER = {
    "sum taken twice": TWICE,
    "no scale": [helper.make_node("Cast", ["t"], ["y"], to=1)],
    "another factor": [CAST, helper.make_node("Mul", ["r", "ws"], ["y"])],
}


@pytest.mark.parametrize("rest", OTHER.values(), ids=OTHER.keys())
def test_what_does_not_belong_together_is_left_to_functions(rest, run):
    nodes = [QUANTISED, helper.make_node("MatMulInteger", ["q", "w", "z"], ["t"]), *rest]
    file = made(nodes, {"w": MATRIX, "ws": SCALE}, ["n", 6])
    net = load(file)
    assert not any(isinstance(layer, DynamicLinear) for layer in net.modules())
    np.testing.assert_allclose(net(X).detach(), run(file, X)[0], rtol=1e-5, atol=1e-4)


def test_a_matrix_that_is_used_twice_is_one_parameter():
    first = helper.make_node("DynamicQuantizeMatMul", ["x", "w", "ws"], ["p"], domain="com.microsoft")
    second = helper.make_node("DynamicQuantizeMatMul", ["p", "w", "ws"], ["y"], domain="com.microsoft")
    net = load(made([first, second], {"w": MATRIX[:4], "ws": SCALE}, ["n", 4]))
    assert [tuple(p.shape) for p in net.parameters()] == [(4, 4)]
