import time

import numpy as np
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper, save
from torch import nn

from leyden import onnx
from leyden.errors import OnnxError, PanelError
from leyden.widget import OnnxPanel


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.low = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
        self.head = nn.Linear(4, 2)

    def forward(self, images):
        return self.head(self.low(images).mean((2, 3)))


@pytest.fixture(scope="module")
def net():
    torch.manual_seed(0)
    return Net().eval()


@pytest.fixture(scope="module")
def path(net, tmp_path_factory):
    file = tmp_path_factory.mktemp("onnx") / "net.onnx"
    onnx.export(net, torch.randn(2, 3, 8, 8), file)
    return file


def test_nodes_are_searched_by_any_words_and_by_operator(path):
    panel = OnnxPanel(path)
    everything = panel.nodes
    panel.search("LOW conv")
    assert [node.op for node in panel.nodes] == ["Conv"]
    panel.search("", op="Relu")
    assert [node.op for node in panel.nodes] == ["Relu"]
    panel.search(op="")
    assert panel.nodes == everything
    panel.search("no such thing")
    assert panel.nodes == ()
    with pytest.raises(PanelError, match=r"no operator 'Magic' in net\.onnx; there is .*Conv"):
        panel.search(op="Magic")


def test_one_node_is_told_in_full(path):
    panel = OnnxPanel(path)
    assert panel.details() == []
    panel.search(op="Conv")
    panel.select(panel.nodes[0].name)
    told = dict(panel.details())
    assert told["operator"] == "Conv"
    assert told["module"].startswith("low")
    assert "numbers, mean" in told["holds"]
    with pytest.raises(OnnxError, match="no node named 'nothing'"):
        panel.select("nothing")
    panel.select("")
    assert panel.node is None


def test_a_trial_runs_times_and_compares(path, net):
    panel = OnnxPanel(path, network=net, sizes={"batch": 3})
    panel.verify()
    trial = panel.wait(60)
    assert trial.inputs[0].shape == (3, 3, 8, 8)
    assert trial.outputs[0].shape == (3, 2)
    assert trial.finite
    assert trial.parity.passed
    assert trial.latency.median > 0
    assert dict(trial.rows())["network and file"].startswith("equal within")
    panel.close()


def test_another_network_is_told_apart(path):
    panel = OnnxPanel(path, network=Net().eval(), example=torch.randn(1, 3, 8, 8))
    panel.verify()
    assert "DIFFERENT" in dict(panel.wait(60).rows())["network and file"]
    panel.close()


def test_a_run_that_fails_is_told_and_raised_again(path):
    panel = OnnxPanel(path, example=torch.randn(1, 4, 8, 8))
    panel.verify()
    with pytest.raises(OnnxError, match="must be 3, not 4"):
        panel.wait(60)
    assert "must be 3, not 4" in panel.message
    assert panel.trial is None
    panel.close()


def test_waiting_for_no_run_and_a_missing_file_are_refused(path, tmp_path):
    with pytest.raises(PanelError, match="call verify\\(\\) first"):
        OnnxPanel(path).wait()
    with pytest.raises(OnnxError):
        OnnxPanel(tmp_path / "missing.onnx")
    (tmp_path / "broken.onnx").write_bytes(b"not onnx at all")
    with pytest.raises(OnnxError):
        OnnxPanel(tmp_path / "broken.onnx")


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A file that takes about a second to read."""
    weight = np.random.default_rng(0).standard_normal((3000, 2000)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"], name="product")],
        "large",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3000])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 2000])],
        [numpy_helper.from_array(weight, "w")],
    )
    file = tmp_path_factory.mktemp("large") / "large.onnx"
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), file)
    return file


# struck between `open` and its `with`, the file is closed by nobody but Python, which says so where warnings are errors
struck = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <_io.FileIO name='.*large.onnx':pytest.PytestUnraisableExceptionWarning"
)


@struck
def test_a_large_file_is_read_beside_the_notebook_and_reading_can_be_stopped_and_begun_again(large):
    panel = OnnxPanel(large)
    assert (panel.status, panel.is_read, repr(panel)) == ("running", False, "OnnxPanel('large.onnx', not read)")
    assert panel.nodes == ()
    assert "not read yet" in panel._repr_mimebundle_()["text/html"]
    panel.stop()
    with pytest.raises(PanelError, match=r"large\.onnx is not read: call read\(\) first"):
        _ = panel.summary
    assert panel.status == "stopped"
    panel.read()
    assert [node.op for node in panel.summary.nodes] == ["MatMul"]
    assert (panel.status, panel.is_read, panel.message) == ("finished", True, "")
    panel.close()


@struck
def test_reading_tells_the_time_left(large):
    panel = OnnxPanel(large)
    while panel.stage is None or panel.stage.remaining is None:
        time.sleep(0.001)
    assert panel.stage.what == "reading the file"
    assert 0 < panel.stage.remaining < 60
    with pytest.raises(PanelError, match=r"reading large\.onnx is under way"):
        panel.read()
    panel.close()
    with pytest.raises(PanelError, match="OnnxPanel is closed: make a new one"):
        panel.verify()


def test_a_large_file_that_is_broken_is_told_in_one_line(large, tmp_path):
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(large.read_bytes()[:-1000])
    panel = OnnxPanel(broken)
    with pytest.raises(OnnxError, match="not an ONNX file, or a truncated one"):
        _ = panel.summary
    assert (panel.status, panel.is_read) == ("failed", False)
    assert "not an ONNX file, or a truncated one" in panel.message
    panel.close()


def test_a_run_is_stopped_and_another_one_begun(large):
    panel = OnnxPanel(large, sizes={"batch": 4000})
    assert panel.summary.inputs[0].name == "x"
    panel.verify()
    panel.stop()
    with pytest.raises(PanelError, match=r"the run was stopped: call verify\(\)"):
        panel.wait(60)
    assert (panel.status, panel.trial, panel.stage) == ("stopped", None, None)
    with pytest.raises(PanelError, match="nothing to stop"):
        panel.stop()
    panel.close()


def test_a_file_read_again_is_shown_as_it_is_now_and_the_search_stays(path, tmp_path):
    file = tmp_path / "net.onnx"
    file.write_bytes(path.read_bytes())
    panel = OnnxPanel(file)
    panel.search("conv", op="Conv")
    panel.select(panel.nodes[0].name)
    onnx.export(nn.Linear(3, 2).eval(), torch.randn(2, 3), file)
    panel.read()
    panel._errand.wait(60)
    assert panel.summary.ops == {"Gemm": 1}
    assert (panel.text, panel.op, panel.node) == ("conv", "", None)
    panel.close()


def test_the_panel_shows_itself_without_a_front_end(path):
    panel = OnnxPanel(path)
    assert repr(panel) == f"OnnxPanel('net.onnx', {len(panel.summary.nodes)} nodes)"
    bundle = panel._repr_mimebundle_()
    assert "float32[batch, 3, 8, 8]" in bundle["text/html"]
    assert str(path.parent) not in bundle["text/html"] + bundle["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle
    panel.close()


def test_what_is_no_path_is_refused_in_a_sentence(unchecked):
    with pytest.raises(PanelError, match="wants the path of a file; given bytes: write it to one"):
        OnnxPanel(b"08")
