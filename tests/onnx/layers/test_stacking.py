"""Recurrent networks of several layers, as torch's older exporter writes them: a node for each, and more around."""

import itertools
import warnings
from pathlib import Path
from typing import Any

import onnx
import pytest
import torch
from torch import Tensor, fx, nn

import leyden as ly
from leyden.onnx.layers.recurrent import with_directions

TIME, BATCH, INWARD, HIDDEN = 5, 2, 4, 3
MAKERS = {
    "LSTM": nn.LSTM, "GRU": nn.GRU, "RNN": nn.RNN,
    "relu": lambda *sizes, **settings: nn.RNN(*sizes, nonlinearity="relu", **settings),
}  # fmt: skip


class Outputs(nn.Module):
    """What a recurrent layer gives, and what else is asked for.

    Args:
        rnn: The layer.
        more: "nothing", "shape": as many ones as there are outputs, "states": the last ones, "last": of the series.
    """

    def __init__(self, rnn: nn.RNNBase, more: str = "nothing") -> None:
        super().__init__()
        self.rnn = rnn
        self.more = more

    def forward(self, series: Tensor) -> Any:
        out, last = self.rnn(series)
        if self.more == "shape":
            return out, torch.ones(out.shape[0], out.shape[1])
        if self.more == "states":
            return out, last[0] if isinstance(last, tuple) else last
        return out[:, -1] if self.more == "last" else out


def exported(net: nn.Module, example: Tensor, path: Path, *, free: bool) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            net.eval(), (example,), str(path), dynamo=False, opset_version=17, input_names=["x"],
            dynamic_axes={"x": {0: "first", 1: "second"}} if free else None,
        )  # fmt: skip
    return path


def assert_same(net: nn.Module, made: fx.GraphModule, given: Tensor) -> None:
    with torch.no_grad():
        torch.testing.assert_close(made(given), net(given), rtol=1e-5, atol=1e-6)


def layers(net: nn.Module) -> list[nn.RNNBase]:
    return [layer for layer in net.modules() if isinstance(layer, nn.RNNBase)]


@pytest.mark.parametrize(
    ("kind", "both", "first"), list(itertools.product(MAKERS, (False, True), (False, True)))
)  # fmt: skip
@pytest.mark.parametrize("free", [False, True], ids=["fixed sizes", "free sizes"])
def test_all_layers_are_one_as_in_the_source(kind: str, both: bool, first: bool, free: bool, tmp_path: Path):
    rnn = MAKERS[kind](INWARD, HIDDEN, num_layers=3, bidirectional=both, batch_first=first)
    net, example = Outputs(rnn), torch.randn(TIME, BATCH, INWARD)
    made = ly.onnx.load(exported(net, example, tmp_path / "net.onnx", free=free))
    assert_same(net, made, example)
    (layer,) = layers(made)
    assert repr(layer) == repr(rnn)
    torch.testing.assert_close(made.state_dict(), net.state_dict())
    assert [node.op for node in made.graph.nodes] == ["placeholder", "call_module", "call_function", "output"]
    if free:
        assert_same(net, made, torch.randn(7, 1, INWARD))


@pytest.mark.parametrize("more", ["shape", "states", "last"])
@pytest.mark.parametrize("free", [False, True], ids=["fixed sizes", "free sizes"])
@pytest.mark.parametrize("first", [False, True], ids=["time first", "batch first"])
def test_what_else_is_taken_of_a_layer_is_right(more: str, free: bool, first: bool, tmp_path: Path):
    net = Outputs(nn.LSTM(INWARD, HIDDEN, num_layers=2, batch_first=first), more)
    example = torch.randn(TIME, BATCH, INWARD)
    made = ly.onnx.load(exported(net, example, tmp_path / "net.onnx", free=free))
    for given in (example, torch.randn(4, 6, INWARD)) if free else (example,):
        assert_same(net, made, given)
    assert all(node.target is not with_directions for node in made.graph.nodes) or more == "states"


def test_layers_of_two_modules_stay_two(tmp_path: Path):
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.other = nn.GRU(INWARD, HIDDEN), nn.GRU(HIDDEN, HIDDEN)

        def forward(self, series: Tensor) -> Tensor:
            return self.other(self.one(series)[0])[0]

    net, example = Twice(), torch.randn(TIME, BATCH, INWARD)
    made = ly.onnx.load(exported(net, example, tmp_path / "net.onnx", free=False))
    assert_same(net, made, example)
    assert made.state_dict().keys() == net.state_dict().keys()


def test_what_comes_between_layers_keeps_them_apart(tmp_path: Path):
    class Between(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.other = nn.GRU(INWARD, HIDDEN), nn.GRU(HIDDEN, HIDDEN)

        def forward(self, series: Tensor) -> Tensor:
            inner = self.one(series)[0]
            return self.other(inner)[0] + inner

    net, example = Between(), torch.randn(TIME, BATCH, INWARD)
    made = ly.onnx.load(exported(net, example, tmp_path / "net.onnx", free=True))
    assert_same(net, made, example)
    assert len(layers(made)) == 2


@pytest.mark.parametrize(("filling", "count"), [(None, 2), (0.0, 2), (0.5, 3)])
def test_first_states_of_computed_zeros_are_left_out(filling: float | None, count: int, tmp_path: Path):
    said: dict[str, Any] = {}
    if filling is not None:
        said["value"] = onnx.numpy_helper.from_array(torch.full((1,), filling).numpy())
    nodes = [
        onnx.helper.make_node("ConstantOfShape", ["sizes"], ["h"], **said),
        onnx.helper.make_node("RNN", ["x", "w", "r", "", "", "h"], ["y"], hidden_size=HIDDEN),
    ]
    weights = {"w": torch.randn(1, HIDDEN, INWARD), "r": torch.randn(1, HIDDEN, HIDDEN)}
    floats, integers = onnx.TensorProto.FLOAT, onnx.TensorProto.INT64
    declare = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        nodes, "g", [declare("x", floats, (TIME, BATCH, INWARD)), declare("sizes", integers, (3,))],
        [declare("y", floats, None)], [onnx.numpy_helper.from_array(w.numpy(), name) for name, w in weights.items()],
    )  # fmt: skip
    model = onnx.helper.make_model(graph, ir_version=10, opset_imports=[onnx.helper.make_opsetid("", 20)])
    made = ly.onnx.load(model)
    given = torch.randn(TIME, BATCH, INWARD), torch.tensor([1, BATCH, HIDDEN])
    (right,) = ly.onnx.run(model.SerializeToString(), *(part.numpy() for part in given))
    with torch.no_grad():
        torch.testing.assert_close(made(*given), torch.from_numpy(right))
    called = [node for node in made.graph.nodes if node.op == "call_module"]
    assert len(called[-1].args) == count - 1


def test_a_layer_in_one_direction_backward_keeps_its_order(tmp_path: Path):
    nodes = [
        onnx.helper.make_node("RNN", ["x", "w", "r"], ["h"], hidden_size=HIDDEN, direction="reverse"),
        onnx.helper.make_node("Squeeze", ["h", "axes"], ["y"]),
    ]
    held = {
        "w": torch.randn(1, HIDDEN, INWARD), "r": torch.randn(1, HIDDEN, HIDDEN), "axes": torch.tensor([1]),
    }  # fmt: skip
    graph = onnx.helper.make_graph(
        nodes, "g", [onnx.helper.make_tensor_value_info("x", 1, (TIME, BATCH, INWARD))],
        [onnx.helper.make_tensor_value_info("y", 1, None)],
        [onnx.numpy_helper.from_array(value.numpy(), name) for name, value in held.items()],
    )  # fmt: skip
    model = onnx.helper.make_model(graph, ir_version=10, opset_imports=[onnx.helper.make_opsetid("", 20)])
    given = torch.randn(TIME, BATCH, INWARD)
    (right,) = ly.onnx.run(model.SerializeToString(), given.numpy())
    with torch.no_grad():
        torch.testing.assert_close(ly.onnx.load(model)(given), torch.from_numpy(right))
