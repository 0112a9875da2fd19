from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from onnx import NodeProto, TensorProto, save
from onnx.helper import make_graph, make_model, make_node, make_opsetid, make_tensor_value_info
from onnx.numpy_helper import from_array
from torch import nn

from leyden import onnx
from leyden.errors import MedicalError, OnnxError
from leyden.medical.sliding.planning import plan_windows
from leyden.medical.sliding.serving import OnnxNetwork

Shape = tuple[int, ...]
IMAGE = torch.randn(2, 10, 12, 14, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def network() -> nn.Conv3d:
    torch.manual_seed(0)
    return nn.Conv3d(2, 3, 3, padding=1).eval()


@pytest.fixture(scope="module")
def path(network: nn.Conv3d, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same network as a file of one batch of two windows of 8 x 8 x 8."""
    path = tmp_path_factory.mktemp("onnx") / "net.onnx"
    assert network.bias is not None
    weights = {"weight": network.weight, "bias": network.bias}
    stored = [from_array(value.detach().numpy(), name) for name, value in weights.items()]
    node = make_node("Conv", ["windows", *weights], ["regions"], pads=[1] * 6)
    write(path, node, (2, 2, 8, 8, 8), (2, 3, 8, 8, 8), stored)
    return path


def write(path: Path, node: NodeProto, takes: Shape, gives: Shape, stored: Sequence[TensorProto] = ()) -> None:
    """Write a graph of one node."""
    ends = (make_tensor_value_info(name, 1, shape) for name, shape in ((node.input[0], takes), (node.output[0], gives)))
    first, last = ends
    graph = make_graph([node], "graph", [first], [last], stored)
    save(make_model(graph, ir_version=10, opset_imports=[make_opsetid("", 20)]), path)


def test_a_file_answers_windows_as_the_network_does(network: nn.Conv3d, path: Path) -> None:
    served = OnnxNetwork(onnx.Session(path))
    plan = plan_windows(IMAGE, window=8)
    torch.testing.assert_close(plan.run(served, IMAGE), plan.run(network, IMAGE), atol=1e-4, rtol=0)


def test_a_batch_of_another_length_is_filled_up_and_cut(network: nn.Conv3d, path: Path) -> None:
    served = OnnxNetwork(path, threads=1)
    assert (served.batch, served.modalities, served.window) == (2, 2, (8, 8, 8))
    windows = torch.randn(5, 2, 8, 8, 8, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        torch.testing.assert_close(served(windows), network(windows), atol=1e-5, rtol=0)


def test_the_window_of_the_plan_must_be_that_of_the_file(path: Path) -> None:
    served = OnnxNetwork(path)
    with pytest.raises(
        MedicalError, match=r"window is \(4, 8, 8\), the ONNX file takes 8 x 8 x 8: the plan's must equal"
    ):
        plan_windows(IMAGE, window=(4, 8, 8)).run(served, IMAGE)
    with pytest.raises(MedicalError, match=r"window is \(8, 8\).*the plan has 1 modalities, the ONNX file takes 2"):
        plan_windows(IMAGE[:1, 0], window=8).run(served, IMAGE[:1, 0])


def test_a_session_itself_is_no_network(path: Path, unchecked: None) -> None:
    with pytest.raises(MedicalError, match=r"answers with list.*give an ONNX file as OnnxNetwork\(path\)"):
        plan_windows(IMAGE, window=8, batch=2).run(onnx.Session(path), IMAGE)  # pyright: ignore[reportArgumentType]


def test_a_file_that_takes_no_volume_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "flat.onnx", make_node("Identity", ["flat"], ["same"]), (1, 3), (1, 3))
    with pytest.raises(MedicalError, match="wanted one array of real numbers"):
        OnnxNetwork(tmp_path / "flat.onnx")


def test_a_file_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OnnxError, match="no such file"):
        OnnxNetwork(tmp_path / "none.onnx")
