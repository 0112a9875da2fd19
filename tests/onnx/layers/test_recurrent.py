"""Recurrent nodes as layers of torch."""

import copy
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

import leyden as ly
from leyden.onnx.layers.recurrent import batch_second, with_directions

GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
TIME, BATCH, INWARD, HIDDEN = 5, 3, 4, 6


def network(
    kind: str, *, direction: str = "forward", leave: Sequence[str] = (), inputs: Sequence[str] = ("X",),
    outputs: Sequence[str] = ("Y", "Y_h"), times: int = 1, **attributes: Any,
) -> tuple[onnx.ModelProto, list[np.ndarray]]:  # fmt: skip
    """Make a file of one recurrent node, or of several with the same weights, and data for it."""
    random, gates, both = np.random.default_rng(0), GATES[kind], 2 if direction == "bidirectional" else 1
    state = (BATCH, both, HIDDEN) if attributes.get("layout") else (both, BATCH, HIDDEN)
    shapes = {
        "X": (BATCH, TIME, INWARD) if attributes.get("layout") else (TIME, BATCH, INWARD),
        "W": (both, gates * HIDDEN, INWARD), "R": (both, gates * HIDDEN, HIDDEN), "B": (both, 2 * gates * HIDDEN),
        "sequence_lens": None, "initial_h": state, "initial_c": state if kind == "LSTM" else None,
    }  # fmt: skip
    held = {
        name: (random.standard_normal(shape) * 0.5).astype(np.float32)
        for name, shape in shapes.items()
        if shape is not None and name not in leave
    }
    if kind == "GRU":
        attributes.setdefault("linear_before_reset", 1)
    names = [name if name in held else "" for name in shapes]
    names = names if kind == "LSTM" else names[:6]
    every = [[f"{name}{'' if i == 0 else i}" for name in outputs] for i in range(times)]
    nodes = [helper.make_node(kind, names, out, direction=direction, hidden_size=HIDDEN, **attributes) for out in every]
    declared = [helper.make_tensor_value_info(name, TensorProto.FLOAT, held[name].shape) for name in inputs]
    results = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for out in every for name in out]
    weights = [numpy_helper.from_array(value, name) for name, value in held.items() if name not in inputs]
    graph = helper.make_graph(nodes, "g", declared, results, weights)
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 14)])
    return model, [held[name] for name in inputs]


def layers(net: nn.Module) -> list[nn.RNNBase]:
    return [module for module in net.modules() if isinstance(module, nn.RNNBase)]


@pytest.mark.parametrize(("kind", "direction"), [*itertools.product(GATES, ("forward", "reverse", "bidirectional"))])
@pytest.mark.parametrize("bias", [True, False])
def test_a_layer_gives_what_onnxruntime_gives(kind: str, direction: str, bias: bool) -> None:
    leave = () if bias else ("B",)
    outputs = ("Y", "Y_h", "Y_c") if kind == "LSTM" else ("Y", "Y_h")
    inputs = ("X", "initial_h", "initial_c") if kind == "LSTM" else ("X", "initial_h")
    model, data = network(kind, direction=direction, leave=leave, inputs=inputs, outputs=outputs)
    net = ly.onnx.load(model)
    assert [type(layer).__name__ for layer in layers(net)] == [kind]
    got = net(*(torch.from_numpy(part) for part in data))
    for out, right in zip(got, ly.onnx.run(model.SerializeToString(), *data), strict=True):
        np.testing.assert_allclose(out.detach().numpy(), right, atol=1e-6)


@pytest.mark.parametrize("kind", GATES)
def test_the_batch_may_come_first(kind: str) -> None:
    leave = ("initial_h", "initial_c")
    model, (data,) = network(kind, direction="bidirectional", layout=1, leave=leave)
    usual, _ = network(kind, direction="bidirectional", leave=leave)
    first, other = ly.onnx.load(model), ly.onnx.load(usual)
    out, last = first(torch.from_numpy(data))
    right, end = other(torch.from_numpy(data).transpose(0, 1))
    assert layers(first)[0].batch_first
    assert out.shape == (BATCH, TIME, 2, HIDDEN)
    assert last.shape == (BATCH, 2, HIDDEN)
    other.load_state_dict(first.state_dict())
    right, end = other(torch.from_numpy(data).transpose(0, 1))
    torch.testing.assert_close(out, right.permute(2, 0, 1, 3))
    torch.testing.assert_close(last, end.transpose(0, 1))


def test_states_of_batches_that_come_first_are_turned() -> None:
    model, data = network("GRU", layout=1, inputs=("X", "initial_h"))
    net = ly.onnx.load(model)
    start = torch.from_numpy(data[1])
    out, _ = net(torch.from_numpy(data[0]), start)
    expected, _ = layers(net)[0](torch.from_numpy(data[0]), start.transpose(0, 1).contiguous())
    torch.testing.assert_close(out[:, :, 0], expected)


def test_its_weights_are_parameters_that_get_gradients() -> None:
    model, (data,) = network("LSTM", direction="bidirectional", leave=("initial_h", "initial_c"))
    net = ly.onnx.load(model)
    net(torch.from_numpy(data))[0].sum().backward()
    assert len(list(net.parameters())) == 8
    assert all(parameter.grad is not None and parameter.grad.any() for parameter in net.parameters())


def test_a_state_of_zeros_is_no_weight() -> None:
    model, (data,) = network("LSTM")
    for tensor in model.graph.initializer:
        if tensor.name.startswith("initial"):
            tensor.CopyFrom(numpy_helper.from_array(np.zeros((1, BATCH, HIDDEN), np.float32), tensor.name))
    net = ly.onnx.load(model)
    assert len(list(net.parameters())) == 4
    assert net(torch.from_numpy(data))[0].shape == (TIME, 1, BATCH, HIDDEN)


def test_one_state_of_two_is_enough() -> None:
    model, data = network("LSTM", leave=("initial_c",), inputs=("X", "initial_h"))
    out, _ = ly.onnx.load(model)(*(torch.from_numpy(part) for part in data))
    np.testing.assert_allclose(out.detach().numpy(), ly.onnx.run(model.SerializeToString(), *data)[0], atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [
        ("GRU", {"linear_before_reset": 0}),
        ("LSTM", {"clip": 0.5}),
        ("LSTM", {"input_forget": 1}),
        ("RNN", {"activations": ["Affine"], "activation_alpha": [0.5]}),
    ],
    ids=["early reset", "clip", "coupled gates", "activation"],
)
def test_what_no_layer_computes_stays_a_function(kind: str, attributes: dict[str, Any]) -> None:
    model, (data,) = network(kind, leave=("initial_h", "initial_c"), **attributes)
    net = ly.onnx.load(model)
    assert not layers(net)
    out, _ = net(torch.from_numpy(data))
    np.testing.assert_allclose(out.detach().numpy(), ly.onnx.run(model.SerializeToString(), data)[0], atol=1e-6)


def test_shared_weights_stay_one_parameter_each() -> None:
    model, (data,) = network("LSTM", leave=("initial_h", "initial_c"), times=2)
    net = ly.onnx.load(model)
    first, _, second, _ = net(torch.from_numpy(data))
    assert not layers(net)
    assert len(list(net.parameters())) == 3
    torch.testing.assert_close(first, second)


def test_weights_that_are_known_only_when_it_runs_stay_inputs() -> None:
    model, data = network("RNN", leave=("initial_h",), inputs=("X", "W"))
    net = ly.onnx.load(model)
    out, _ = net(*(torch.from_numpy(part) for part in data))
    np.testing.assert_allclose(out.detach().numpy(), ly.onnx.run(model.SerializeToString(), *data)[0], atol=1e-6)


def test_a_layer_of_relu_is_found() -> None:
    model, _ = network("RNN", leave=("initial_h",), activations=["Relu"])
    (layer,) = layers(ly.onnx.load(model))
    assert layer.nonlinearity == "relu"


def test_a_copy_of_the_network_has_weights_of_its_own() -> None:
    model, (data,) = network("GRU", leave=("initial_h",))
    net = ly.onnx.load(model)
    twin = copy.deepcopy(net)
    with torch.no_grad():
        for parameter in twin.parameters():
            parameter.zero_()
    assert not twin(torch.from_numpy(data))[0].any()
    assert net(torch.from_numpy(data))[0].any()


def test_one_output_is_given_alone() -> None:
    out = with_directions(
        (torch.zeros(5, 2, 3), torch.zeros(1, 2, 3)), count=1, directions=1, batch_first=True, backward=False
    )
    assert isinstance(out, torch.Tensor)
    assert out.shape == (5, 2, 1, 3)


def test_a_turned_state_lies_in_memory_as_kernels_want_it() -> None:
    assert batch_second(torch.zeros(3, 1, 4)).is_contiguous()
