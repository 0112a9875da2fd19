import pytest
import torch
from torch import nn

from leyden import onnx
from leyden.widget import OnnxPanel


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    file = tmp_path_factory.mktemp("onnx") / "net.onnx"
    onnx.export(nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2)).eval(), torch.randn(2, 4), file)
    return file


@pytest.fixture
def panel(path):
    made = OnnxPanel(path)
    yield made
    made.close()


def test_typing_narrows_the_list_and_says_how_far(panel):
    view, every = panel.view, len(panel.summary.nodes)
    assert len(view.nodes.options) == every + 1
    view.text.value = "relu"
    panel.settle()
    assert len(view.nodes.options) == 2
    assert f"1 of {every} nodes" in view.count.value
    view.text.value = ""
    view.op.value = "Gemm"
    panel.settle()
    assert len(view.nodes.options) == panel.summary.ops["Gemm"] + 1


def test_a_chosen_node_is_shown_in_full_and_stays_when_it_is_filtered_away(panel):
    view = panel.view
    chosen = next(node for node in panel.nodes if node.op == "Gemm")
    view.nodes.value = chosen.name
    panel.settle()
    assert chosen.name in view.details.value
    view.op.value = "Relu"
    panel.settle()
    assert panel.node == chosen
    view.op.value = ""
    panel.settle()
    assert view.nodes.value == chosen.name


def test_what_is_scripted_is_shown(panel):
    view = panel.view
    panel.search("relu")
    panel.select(panel.nodes[0].name)
    panel.settle()
    assert view.text.value == "relu"
    assert view.nodes.value == panel.nodes[0].name


def test_the_button_runs_the_file(panel):
    view = panel.view
    view.verify.click()
    panel.wait(60)
    panel.settle()
    assert "float32[1, 4]" in view.trial.value
    assert (view.verify.disabled, view.verify.description) == (False, "Run it")
