import numpy as np
import pytest
import torch
from torch import nn

from leyden import onnx
from leyden.errors import OnnxError, PanelError
from leyden.onnx import Value
from leyden.widget import OnnxPanel, random_inputs


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


def test_random_input_fits_type_and_shape_and_repeats():
    values = (Value("x", "float32", ("batch", None, 4)), Value("ids", "int64", (2,)), Value("on", "bool", ()))
    made = random_inputs(values, sizes={"batch": 2})
    assert [(str(array.dtype), array.shape) for array in made] == [
        ("float32", (2, 1, 4)),
        ("int64", (2,)),
        ("bool", ()),
    ]
    assert set(made[1].tolist()) <= {0, 1}
    assert all((one == other).all() for one, other in zip(made, random_inputs(values, sizes={"batch": 2}), strict=True))
    assert np.isfinite(made[0]).all()


def test_input_that_cannot_be_made_up_is_named():
    with pytest.raises(PanelError, match=r"words: string.*; shapeless: float32: give the panel an example"):
        random_inputs((Value("words", "string", (1,)), Value("shapeless", "float32", None)))


def test_the_panel_shows_itself_without_a_front_end(path):
    panel = OnnxPanel(path)
    assert repr(panel) == f"OnnxPanel('net.onnx', {len(panel.summary.nodes)} nodes)"
    bundle = panel._repr_mimebundle_()
    assert "float32[batch, 3, 8, 8]" in bundle["text/html"]
    assert str(path.parent) not in bundle["text/html"] + bundle["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle
    panel.close()
