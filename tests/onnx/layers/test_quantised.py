import itertools
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from torch import Tensor, nn

from leyden.onnx import export, load
from leyden.onnx.layers.rounding import FakeQuantise

X = np.random.default_rng(0).standard_normal((3, 3, 8, 8)).astype(np.float32)


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem, self.mid = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1, groups=2)
        self.head, self.last = nn.Linear(8, 5), nn.Linear(5, 4, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.stem(x))
        return self.last(self.head((x + self.mid(x)).mean((2, 3))))


class Batches(CalibrationDataReader):
    def __init__(self) -> None:
        self.left = iter([{"x": X[:2]}, {"x": X[1:]}])

    def get_next(self) -> Any:
        return next(self.left, None)


def answer(path: Path, x: np.ndarray = X) -> np.ndarray:
    """What onnxruntime gives without optimisation."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return np.asarray(onnxruntime.InferenceSession(path, options).run(None, {"x": x})[0])


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("plain") / "net.onnx"
    export(Net().eval(), torch.from_numpy(X), path)
    return path


WAYS = list(itertools.product((False, True), (QuantType.QUInt8, QuantType.QInt8)))


@pytest.fixture(scope="module", params=WAYS, ids=["tensor u8", "tensor s8", "channel u8", "channel s8"])
def quantised(request: pytest.FixtureRequest, plain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    each, kind = request.param
    path = tmp_path_factory.mktemp("qdq") / "net.onnx"
    quantize_static(plain, path, Batches(), quant_format=QuantFormat.QDQ, per_channel=each, activation_type=kind)
    return path


def test_a_quantised_file_gives_what_onnxruntime_gives(quantised: Path):
    wanted = answer(quantised)
    last = load(quantised).get_submodule("quantisers.output_QuantizeLinear_Input")
    assert isinstance(last, FakeQuantise)
    step = float(last.scale)
    assert np.abs(load(quantised)(torch.from_numpy(X)).detach().numpy() - wanted).max() <= step


def test_weights_are_parameters_of_real_layers_under_their_names(quantised: Path):
    net = load(quantised)
    assert list(net.state_dict()) == list(Net().state_dict())
    assert isinstance(net.get_submodule("stem"), nn.Conv2d)
    assert isinstance(net.get_submodule("last"), nn.Linear)


def test_every_weight_learns(quantised: Path):
    net = load(quantised)
    net(torch.from_numpy(X)).square().sum().backward()
    assert all(p.grad is not None and bool(p.grad.abs().sum() > 0) for p in net.parameters())


def test_training_changes_what_is_computed_and_it_stays_on_the_grid(quantised: Path):
    net, x = load(quantised), torch.from_numpy(X)
    wanted, optimizer = torch.zeros(3, 4), torch.optim.SGD(net.parameters(), lr=0.5)
    losses = []
    for _ in range(20):
        optimizer.zero_grad()
        loss = (net(x) - wanted).square().mean()
        loss.backward()
        losses.append(loss.item())
        optimizer.step()
    assert losses[-1] < losses[0] / 2
    last = net.get_submodule("quantisers.output_QuantizeLinear_Input")
    assert isinstance(last, FakeQuantise)
    steps = net(x) / last.scale
    assert torch.allclose(steps, steps.round(), atol=1e-3)


def test_exported_again_it_is_a_file_of_integers(quantised: Path, tmp_path: Path):
    net = load(quantised)
    export(net, torch.from_numpy(X), tmp_path / "net.onnx", tolerance=0.02)
    model = onnx.load(tmp_path / "net.onnx")
    ops = Counter(node.op_type for node in model.graph.node)
    kinds = {tensor.name: tensor.data_type for tensor in model.graph.initializer}
    assert ops["QuantizeLinear"] >= 5
    assert (kinds["stem.weight_quantized"], kinds["stem.bias_quantized"]) == (3, 6)
    assert np.allclose(answer(tmp_path / "net.onnx"), answer(quantised), atol=1e-2)
    assert load(tmp_path / "net.onnx").state_dict().keys() == net.state_dict().keys()


def test_files_of_integer_operators_run_as_functions(plain: Path, tmp_path: Path):
    path = tmp_path / "operators.onnx"
    quantize_static(plain, path, Batches(), quant_format=QuantFormat.QOperator)
    got = load(path)(torch.from_numpy(X)).detach().numpy()
    assert np.abs(got - answer(path)).max() < 2e-2 * np.abs(got).max()


def made(nodes: list[onnx.NodeProto], held: dict[str, np.ndarray], shape: list[int | str]) -> bytes:
    values = [helper.make_tensor_value_info(name, 1, shape) for name in ("x", "y")]
    tensors = [numpy_helper.from_array(value, name) for name, value in held.items()]
    graph = helper.make_graph(nodes, "g", values[:1], values[1:], tensors)
    return helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 20)]).SerializeToString()


SCALE, POINT = np.array(0.5, np.float32), np.array(0, np.int8)


def test_a_quantised_weight_in_floating_point_is_the_same_parameter():
    nodes = [
        helper.make_node("QuantizeLinear", ["fc.weight", "s", "z"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "s", "z"], ["w"]),
        helper.make_node("MatMul", ["x", "w"], ["y"]),
    ]
    net = load(made(nodes, {"fc.weight": np.full((2, 2), 0.7, np.float32), "s": SCALE, "z": POINT}, ["n", 2]))
    assert net.state_dict()["fc.weight"][0, 0].item() == pytest.approx(0.7)
    assert net(torch.ones(1, 2)).tolist() == [[1.0, 1.0]]


def test_integers_that_are_dequantised_twice_are_one_parameter():
    nodes = [
        helper.make_node("DequantizeLinear", ["w_quantized", "s", "z"], ["a"]),
        helper.make_node("DequantizeLinear", ["w_quantized", "s", "z"], ["b"]),
        helper.make_node("MatMul", ["x", "a"], ["m"]), helper.make_node("Add", ["m", "b"], ["y"]),
    ]  # fmt: skip
    net = load(made(nodes, {"w_quantized": np.eye(2, dtype=np.int8), "s": SCALE, "z": POINT}, [2, 2]))
    assert sum(p.numel() for p in net.parameters()) == 4
    assert net(torch.ones(2, 2)).tolist() == [[1.0, 0.5], [0.5, 1.0]]


def test_what_is_quantised_with_another_scale_than_dequantised_is_left_to_functions():
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "t", "z"], ["y"]),
    ]
    net = load(made(nodes, {"s": SCALE, "t": np.array(2.0, np.float32), "z": POINT}, [2]))
    assert net(torch.tensor([1.0, 2.0])).tolist() == [4.0, 8.0]
    assert not any(isinstance(module, FakeQuantise) for module in net.modules())


def test_scales_of_integer_operators_are_no_weights(plain: Path, tmp_path: Path):
    path = tmp_path / "operators.onnx"
    quantize_static(plain, path, Batches(), quant_format=QuantFormat.QOperator, per_channel=True)
    assert [name for name in load(path).state_dict() if "scale" in name] == []


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_integers_with_a_scale_of_another_type_are_a_weight_of_it(dtype: type):
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    nodes = [
        helper.make_node("Cast", ["x"], ["a"], to=kind), helper.make_node("DequantizeLinear", ["q", "s"], ["w"]),
        helper.make_node("MatMul", ["a", "w"], ["m"]), helper.make_node("Cast", ["m"], ["y"], to=1),
    ]  # fmt: skip
    net = load(made(nodes, {"q": np.array([[2, 4], [6, 8]], np.int8), "s": SCALE.astype(dtype)}, ["n", 2]))
    assert {parameter.dtype for parameter in net.parameters()} == {torch.from_numpy(np.zeros(1, dtype)).dtype}
    assert net(torch.ones(1, 2)).tolist() == [[4.0, 6.0]]
