"""Panels in pages that do not run: live where the scripts of widgets can be had, a still picture where they cannot.

Where the scripts come from is shown here as far as it needs no network: each widget names a module that the page's
widget manager carries, or finds as a package by name and version, and every panel leaves its still. That such a page
comes alive was seen in Chromium, with the packages @jupyter-widgets/html-manager, anywidget and requirejs served in
place of the hosts that the page asks, and that it shows the stills with every request refused.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from ipywidgets.embed import dependency_state, embed_data
from nbformat.v4 import new_code_cell, new_notebook, new_output
from onnx import TensorProto, helper, save

import leyden as ly
from leyden.items import Image, Mask
from nbconvert import HTMLExporter

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "package/nbconvert/templates"
VIEW, STATE = "application/vnd.jupyter.widget-view+json", "application/vnd.jupyter.widget-state+json"
MODULES = {"@jupyter-widgets/base", "@jupyter-widgets/controls", "@jupyter-widgets/output", "anywidget"}


class Net(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.low = torch.nn.Conv2d(3, 4, 3)
        self.head = torch.nn.Linear(4, 2)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.head(self.low(images).relu().mean((2, 3)))


def train(folder: Path) -> Any:
    images = torch.rand(8, 3, 6, 6)
    task = ly.train.Classifier(Net(), ["dark", "light"], tuning=ly.train.Tuning(freeze=0))
    panel = ly.widget.TrainPanel(task, [(images, torch.arange(8) % 2)], epochs=2)
    panel.start()
    panel.wait(60)
    return panel


def callback(folder: Path) -> Any:
    return ly.widget.CallbackPanel(ly.train.CallbackGraph([ly.train.History(), ly.train.Control()]))


def data(folder: Path) -> Any:
    return ly.widget.DataPanel([(torch.zeros(3, 8, 8, dtype=torch.uint8), number % 2) for number in range(4)])


def augment(folder: Path) -> Any:
    return ly.widget.AugmentPanel(ly.augment.Flip("x") | ly.augment.Rotate(15), Image(torch.rand(3, 24, 32)), count=2)


def prune(folder: Path) -> Any:
    panel = ly.widget.PrunePanel(Net(), lambda model: 0.5)
    panel.prune(0.5)
    return panel


def onnx(folder: Path) -> Any:
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 3]) for name in "xy"]
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "net", value[:1], value[1:])
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)]), folder / "net.onnx")
    return ly.widget.OnnxPanel(folder / "net.onnx")


def volume(folder: Path) -> Any:
    label = torch.zeros(6, 7, 8, dtype=torch.uint8)
    label[2:4, 2:5, 2:5] = 2
    return ly.widget.VolumePanel(ly.medical.Scan(Image(torch.rand(1, 6, 7, 8)), Mask(label), ("t1",), "one"))


PANELS = {make.__name__: make for make in (train, callback, data, augment, prune, onnx, volume)}


@pytest.fixture(params=PANELS)
def panel(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    made = PANELS[request.param](tmp_path)
    made.view.settle(30)
    yield made
    made.close()


def embedded(widget: Any) -> dict[str, Any]:
    """The state of a widget and of all it is made of, as a notebook stores it."""
    return embed_data(views=[widget], state=dependency_state([widget], drop_defaults=False))["manager_state"]


def references(value: Any) -> Iterator[str]:
    """Every other model that a state points at."""
    if isinstance(value, str) and value.startswith("IPY_MODEL_"):
        yield value.removeprefix("IPY_MODEL_")
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from references(inner)


def state_faults(state: dict[str, Any]) -> list[str]:
    """What keeps a stored state from coming alive in a page."""
    faults = [f"version {state.get('version_major')}"] if state.get("version_major") != 2 else []
    for name, model in state["state"].items():
        version = model.get("model_module_version", "")
        if model.get("model_module") not in MODULES:
            faults.append(f"{model.get('model_name')}: module {model.get('model_module')!r}")
        if not re.fullmatch(r"[~^]?\d+(\.(\d+|\*))*", version):
            faults.append(f"{model.get('model_name')}: version {version!r}")
        missing = set(references(model["state"])) - set(state["state"])
        faults += [f"{name}: points at {one}" for one in sorted(missing)]
        script = str(model["state"].get("_esm", ""))
        if re.search(r"https?://(?!www\.w3\.org/)|\bimport\b\s*[({*'\"]", script):
            faults.append(f"{model.get('model_name')}: its script loads another")
    return faults


def test_a_panel_leaves_live_widgets_and_a_still_that_loads_nothing(panel: Any) -> None:
    bundle, state = panel._repr_mimebundle_(), embedded(panel.view.widget)
    assert {"text/plain", "text/html", VIEW} <= set(bundle)
    assert re.search(r"<(img|svg|table)\b", bundle["text/html"])
    assert all(source.startswith("data:") for source in re.findall(r"\bsrc=[\"']([^\"']*)", bundle["text/html"]))
    assert state_faults(json.loads(json.dumps(state))) == []
    assert bundle[VIEW]["model_id"] in state["state"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"model_module": "jupyter-matplotlib"}, "Jar: module 'jupyter-matplotlib'"),
        ({"model_module_version": ""}, "Jar: version ''"),
        ({"state": {"children": ["IPY_MODEL_lid"]}}, "a: points at lid"),
        ({"state": {"_esm": 'import "https://example.org/x.js"'}}, "Jar: its script loads another"),
    ],
    ids=["module", "version", "reference", "script"],
)
def test_a_state_that_would_stay_dead_is_told(change: dict[str, Any], fault: str) -> None:
    good = {"model_name": "Jar", "model_module": "anywidget", "model_module_version": "~0.11.*", "state": {}}
    assert state_faults({"version_major": 2, "state": {"a": good}}) == []
    assert state_faults({"version_major": 2, "state": {"a": {**good, **change}}}) == [fault]


def exported(panel: Any, template: str) -> str:
    """A page with the panel in it, as nbconvert makes it of a notebook with stored widgets."""
    shown = new_output("execute_result", panel._repr_mimebundle_(), execution_count=1)
    book = new_notebook(cells=[new_code_cell("panel", outputs=[shown], execution_count=1)])
    book.metadata["widgets"] = {STATE: embedded(panel.view.widget)}
    exporter = HTMLExporter(template_name=template, extra_template_basedirs=[str(TEMPLATES)])
    return exporter.from_notebook_node(book)[0]


def test_a_page_holds_the_live_panel_and_its_still_beside_it(tmp_path: Path) -> None:
    made = augment(tmp_path)
    page = exported(made, "leyden")
    still = made.picture().html()
    view = re.search(rf'<script type="{re.escape(VIEW)}">', page)
    assert view is not None
    assert page.find('<div class="leyden-still') > view.start()
    assert still[:60] in page
    assert "data:image/png;base64," in page[view.end() :]
    assert ".jupyter-widgets:has(> .widget-subarea > *) + .leyden-still { display: none; }" in page
    (stored,) = re.findall(rf'<script type="{re.escape(STATE)}">(.*?)</script>', page, re.DOTALL)
    assert json.loads(stored)["state"].keys() == embedded(made.view.widget)["state"].keys()
    made.close()


def test_what_is_not_a_panel_looks_as_ever() -> None:
    shown = new_output("execute_result", {"text/plain": "2", "text/html": "<b>2</b>"}, execution_count=1)
    book = new_notebook(cells=[new_code_cell("2", outputs=[shown], execution_count=1)])
    page = HTMLExporter(template_name="leyden", extra_template_basedirs=[str(TEMPLATES)]).from_notebook_node(book)[0]
    assert page.count("<b>2</b>") == 1
    assert '<div class="leyden-still' not in page
