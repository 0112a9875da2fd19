"""What every panel promises, whatever it shows. A new panel is one more row of `PANELS`."""

import gc
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import ipywidgets as widgets
import pytest
import torch
from ipywidgets.widgets.widget import _instances
from onnx import TensorProto, helper, save
from torch import nn

import leyden as ly
from leyden.errors import PanelError
from leyden.items import Image, Mask
from leyden.medical import Scan
from leyden.train import Classifier, History, Tuning
from leyden.widget.base import STATES, live
from leyden.widget.workbench import Workbench


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(64, 2))


def task():
    return Classifier(network(), ["dark", "light"], tuning=Tuning(freeze=0))


def batches():
    return [(torch.rand(4, 3, 6, 6), torch.arange(4) % 2) for _ in range(2)]


def onnx_file(folder):
    shape = ["batch", 3]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"], name="relu")], "net", ends[:1], ends[1:])
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), folder / "net.onnx")
    return folder / "net.onnx"


def scan():
    labels = torch.zeros(8, 9, 10, dtype=torch.uint8)
    labels[2:5, 2:5, 2:5] = 1
    return Scan(Image(torch.rand(1, 8, 9, 10)), Mask(labels), ("t1",), "one")


# A panel made small, and what it does that needs it to be open.
PANELS = {
    "train": (lambda _: ly.widget.TrainPanel(task(), batches(), validation=batches(), epochs=1), lambda p: p.start()),
    "data": (lambda _: ly.widget.DataPanel([(torch.rand(3, 8, 8), n % 2) for n in range(6)]), lambda p: p.look()),
    "augment": (
        lambda _: ly.widget.AugmentPanel(ly.augment.Flip("x") | ly.augment.Rotate(15), Image(torch.rand(3, 16, 16))),
        lambda p: p.worst(2),
    ),
    "callback": (lambda _: ly.widget.CallbackPanel(ly.train.CallbackGraph([History()])), lambda p: p.follow()),
    "prune": (lambda _: ly.widget.PrunePanel(network(), lambda pruned: 0.5), lambda p: p.measure()),
    "onnx": (lambda folder: ly.widget.OnnxPanel(onnx_file(folder)), lambda p: p.verify()),
    "volume": (lambda _: ly.widget.VolumePanel(scan()), lambda p: p.view),
    "workbench": (lambda _: Workbench(task(), batches(), held_out=batches(), epochs=1), lambda p: p.train.start()),
}

every_panel = pytest.mark.parametrize(("make", "act"), PANELS.values(), ids=PANELS)


@pytest.fixture
def panel(make, tmp_path):
    made = make(tmp_path)
    yield made
    made.close()


def family(root):
    """A widget and everything in it."""
    return [root, *(inner for child in getattr(root, "children", ()) for inner in family(child))]


def pictures_without_words(html):
    return [tag for tag in re.findall(r"<img[^>]*>", html) if not re.search(r'\balt="[^"]+"', tag)]


@every_panel
def test_its_live_view_comes_with_text_html_and_a_picture_for_pages_that_do_not_run(panel, act):
    bundle = panel._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == repr(panel)
    assert bundle["text/html"].count("<img") >= 1
    assert pictures_without_words(bundle["text/html"]) == []
    assert not re.search(r"https?:", bundle["text/html"].replace("http://www.w3.org", ""))
    assert not re.search(r" at 0x[0-9a-f]+", bundle["text/plain"])
    assert panel.still().startswith(b"\x89PNG\r\n")


@every_panel
def test_every_control_says_what_it_is_and_every_picture_what_is_seen(panel, act):
    parts = family(panel.view.widget)
    assert panel.settle()
    controls = [part for part in parts if hasattr(part, "disabled") and not isinstance(part, widgets.HTML)]
    mute = [part for part in controls if not (getattr(part, "tooltip", "") or part.description)]
    assert controls != []
    assert mute == []
    pages = [part.value for part in parts if isinstance(part, widgets.HTML)]
    assert [tag for page in pages for tag in pictures_without_words(page)] == []
    drawings = [tag for page in pages for tag in re.findall(r"<svg[^>]*>", page)]
    assert [tag for tag in drawings if not re.search(r'aria-label="[^"]+"|aria-hidden="true"', tag)] == []


@every_panel
def test_it_says_how_it_stands_in_the_words_that_all_panels_use(panel, act):
    told = [part.value for part in family(panel.view.widget) if isinstance(part, widgets.HTML)]
    words = {getattr(panel, "status", "idle")} | set(re.findall(r'class="state (\w+)', "".join(told)))
    assert words <= set(STATES)
    assert panel.message == ""


@every_panel
def test_without_anywidget_every_part_is_a_plain_widget(make, act, tmp_path, monkeypatch):
    monkeypatch.setattr(live, "LIVE", False)
    panel = make(tmp_path)
    parts = family(panel.view.widget)
    assert panel.settle()
    assert {part._view_module for part in parts} <= {"@jupyter-widgets/base", "@jupyter-widgets/controls"}
    assert not [part for part in parts if "while the panel was drawn" in str(getattr(part, "value", ""))]
    panel.close()


@every_panel
def test_closing_leaves_no_widget_no_comm_and_no_thread(make, act, tmp_path):
    before, running = set(_instances), set(threading.enumerate())
    panel = make(tmp_path)
    assert panel.view
    assert panel.settle()
    assert set(_instances) - before
    panel.close()
    panel.close()
    assert [_instances[key] for key in set(_instances) - before] == []
    left = set(threading.enumerate()) - running
    assert [thread.name for thread in left if thread.name.startswith("leyden-")] == []


@every_panel
def test_a_closed_panel_says_what_to_do(make, act, tmp_path):
    panel = make(tmp_path)
    panel.close()
    for action in (act, lambda closed: closed.view):
        with pytest.raises(PanelError, match=r"is closed: make a new one"):
            action(panel)


@every_panel
def test_what_the_browser_draws_is_reached_by_keys_and_named(panel, act):
    elements = [part for part in family(panel.view.widget) if isinstance(part, live.Element)]
    for element in (part for part in elements if not isinstance(part, live.Names)):  # which is not seen itself
        script = element._esm
        assert re.search(r'aria-label|"label"', script), element
        assert re.search(r"tabIndex|createElement\(\"(button|textarea)\"", script), element
        assert "focus-visible" in element._css or "jupyter-button" in script, element
        assert not re.search(r"https?:(?!//www\.w3\.org)|import\s|import\(|fetch\(", script + element._css), element


def test_every_element_of_the_house_has_a_plain_equal():
    gc.collect()
    kinds = {kind.__name__ for kind in live.Element.__subclasses__() if kind.__module__.startswith("leyden.")}
    assert {"LiveCurve", "Gallery", "CopyText", "LayerList", "Stage"} <= kinds
    sources = Path(ly.__file__).parent.rglob("widget/**/*.py")
    homes = [path.name for path in sources if "from anywidget" in path.read_text(encoding="utf-8")]
    assert homes == ["live.py"]


def test_panels_work_without_a_display_and_without_anywidget():
    script = """
import sys
sys.modules["anywidget"] = None
import torch
import leyden as ly
from leyden.items import Image
from leyden.widget.base import LIVE
net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 2))
task = ly.train.Classifier(net, ["a", "b"], tuning=ly.train.Tuning(freeze=0))
batches = [(torch.rand(4, 3, 2, 2), torch.arange(4) % 2)]
train = ly.widget.TrainPanel(task, batches, validation=batches, epochs=1)
augment = ly.widget.AugmentPanel(ly.augment.Flip("x"), Image(torch.rand(3, 8, 8)))
train.view.start.click()
print(LIVE, train.wait(60).status, train.settle(), "<svg" in train.view.loss.picture.value)
for panel in (train, augment):
    assert "<img" in panel._repr_mimebundle_()["text/html"]
    panel.close()
"""
    blind = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    ran = subprocess.run([sys.executable, "-c", script], env=blind, capture_output=True, text=True, check=False)
    assert ran.stdout.split() == ["False", "finished", "True", "True"], ran.stderr
