import dataclasses
import logging
import sys
import threading
from importlib import import_module
from pathlib import Path

import onnx
import pytest
import torch
from torch import nn
from torch.onnx._internal import _lazy_import

from leyden import errors
from leyden.errors import ExportError
from leyden.onnx import export, summary
from leyden.onnx.write.call import bind
from leyden.onnx.write.trace import _kept_translations, _Muffled, opset_of, trace


def traced(net: nn.Module, example: torch.Tensor, batchnorm: str = "fold", opset: int | None = None) -> onnx.ModelProto:
    net.eval()
    return trace(net, bind(net.forward, example), batchnorm=batchnorm, opset=opset, outputs=["y"])


@pytest.fixture(scope="module")
def kept(residual) -> onnx.ModelProto:
    net = type(residual.net)()
    return traced(net, residual.example, batchnorm="keep", opset=21)


def test_batch_normalisation_is_kept_when_asked(kept: onnx.ModelProto):
    ops = [node.op_type for node in kept.graph.node]
    assert ops.count("BatchNormalization") == 2
    assert not {"Constant", "Shape", "Dropout"} & set(ops)


def test_the_opset_is_the_one_asked_for(kept: onnx.ModelProto):
    assert opset_of(kept) == 21


def test_the_exporters_translations_are_read_once_and_torch_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch):
    place = import_module(_lazy_import.onnxscript_apis._name)
    read = []
    asked = place.get_torchlib_ops

    def counted():
        read.append(1)
        return asked()

    monkeypatch.setattr(place, "get_torchlib_ops", counted)
    for _ in range(2):
        assert [node.op_type for node in traced(nn.Linear(2, 2), torch.ones(1, 2)).graph.node] == ["Gemm"]
        assert place.get_torchlib_ops is counted
    assert read == [1]


def test_where_torch_keeps_them_elsewhere_it_reads_them_itself(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_lazy_import.onnxscript_apis, "_name", "leyden.errors")
    with _kept_translations():
        assert not hasattr(errors, "get_torchlib_ops")


def test_an_opset_that_cannot_be_reached_is_refused():
    with pytest.raises(ExportError, match="cannot convert this network to opset 11, only to"):
        traced(nn.Linear(2, 2), torch.ones(1, 2), opset=11)


def test_weights_keep_the_names_of_the_parameters(kept: onnx.ModelProto, residual):
    names = {tensor.name for tensor in kept.graph.initializer}
    assert set(dict(residual.net.named_parameters())) <= names


def test_nodes_know_their_modules_and_nothing_of_the_machine(kept: onnx.ModelProto):
    assert str(Path(__file__).parent).encode() not in kept.SerializeToString()
    scopes = {node.scope for node in summary(kept.SerializeToString()).nodes}
    assert {"stem.0", "block.1", "head"} <= scopes


def test_the_exporter_is_silent_and_leaves_loggers_as_they_were(tmp_path: Path, capfd: pytest.CaptureFixture):
    level = logging.getLogger("torch.onnx").level
    export(nn.Linear(2, 2), torch.ones(1, 2), tmp_path / "net.onnx")
    with pytest.raises(ExportError):
        traced(Choosing(), torch.ones(1, 2))
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("torch.onnx").level == level


def test_only_the_exporting_thread_is_muffled(capsys: pytest.CaptureFixture):
    stream = _Muffled(sys.stdout)
    stream.write("from here")
    other = threading.Thread(target=stream.write, args=("from there",))
    other.start()
    other.join()
    stream.flush()
    assert capsys.readouterr().out == "from there"


class Choosing(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x if x.sum() > 0 else -x


def test_python_code_that_decides_on_values_is_explained():
    with pytest.raises(ExportError, match=r"torch cannot trace Choosing: .*data-dependent.*torch\.where") as caught:
        traced(Choosing(), torch.ones(1, 2))
    assert caught.value.__cause__ is not None
    assert len(str(caught.value)) < 500


def test_an_axis_that_the_network_fixes_is_explained():
    class Fixed(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x + torch.arange(6.0).reshape(2, 3)

    with pytest.raises(ExportError, match=r"inferred a static shape of 2 .*fix the axis with dynamic="):
        traced(Fixed(), torch.ones(2, 3))


def test_two_axes_that_the_network_ties_to_each_other_are_named():
    class Square(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x + x.mT

    net = Square().eval()
    call = dataclasses.replace(bind(net.forward, torch.rand(4, 4)), axes=({0: "rows", 1: "columns"},))
    with pytest.raises(ExportError, match=r"axis 1 of x should be free \('columns'\) but the network ties it to rows"):
        trace(net, call, batchnorm="fold", opset=None, outputs=["y"])


def test_a_chosen_name_may_be_one_that_the_exporter_uses_inside(tmp_path: Path):
    net = nn.Sequential(nn.Linear(3, 3), nn.ReLU(), nn.Linear(3, 3))
    report = export(net, torch.rand(1, 3), tmp_path / "net.onnx", input_names=["linear"], output_names=["relu"])
    assert (report.inputs[0].name, report.outputs[0].name) == ("linear", "relu")
