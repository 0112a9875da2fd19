import threading

import pytest

from leyden.widget.base.view import View
from leyden.widget.volume import VolumePanel


def sources(view):
    return [stage.drawn["source"] for stage in view.stages]


def test_twenty_fast_moves_end_in_the_picture_that_the_last_values_give_directly(panel, scan, prediction):
    view = panel.view

    def slide(number, values):
        for value in values:
            view.sliders[number].value = value

    def point():
        for step in range(20):
            view.opacity.value = round(0.5 + step / 50, 2)

    jobs = [
        threading.Thread(target=slide, args=(0, [step % 10 for step in range(21, 41)])),
        threading.Thread(target=slide, args=(2, [step % 14 for step in range(20)])),
        threading.Thread(target=point),
    ]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert panel.settle()
    assert (panel.place[0], panel.place[2], panel.style.opacity) == (0, 5, 0.88)
    direct = VolumePanel(scan, prediction=prediction, scheme="brats21")
    direct.show(opacity=0.88)
    direct.move(*panel.place[:2], x=panel.place[2])
    assert panel.still() == direct.still()
    assert sources(view) == sources(direct.view)
    assert view.readout.value == direct.view.readout.value
    direct.close()


def test_a_click_in_one_plane_moves_the_others_and_the_sliders(panel):
    view = panel.view
    before = sources(view)
    z, y, x = panel.place
    view.stages[0].value = [z, y + 1, x - 1]
    assert panel.settle()
    assert panel.place == (z, y + 1, x - 1)
    assert [one == two for one, two in zip(before, sources(view), strict=True)] == [True, False, False]
    assert [slider.value for slider in view.sliders] == [z, y + 1, x - 1]
    assert all(stage.value == [z, y + 1, x - 1] for stage in view.stages)


def test_what_is_scripted_moves_the_controls(panel):
    view = panel.view
    panel.show(
        modality="flair", layer="truth", part="WT", fill="fill", opacity=0.6, convention="neurological", zoom=2.0,
        cross=False, interpolation="voxels", window=(510.0, 560.0),
    )  # fmt: skip
    panel.move(1, 2, x=3)
    assert panel.settle()
    assert (view.modality.value, view.layer.value, view.part.value) == ("flair", "truth", "WT")
    assert (view.fill.value, view.opacity.value, view.zoom.value) == ("fill", 0.6, 2.0)
    assert (view.convention.value, view.cross.value, view.voxels.value) == ("neurological", False, True)
    assert view.window.value == (510.0, 560.0)
    assert [slider.value for slider in view.sliders] == [1, 2, 3]
    assert view.stages[0].drawn["letters"] == list("LARP")
    assert view.stages[0].drawn["cross"] is False
    assert view.stages[0].window == [510.0, 560.0]


def test_controls_set_the_panel(panel):
    view = panel.view
    view.modality.value, view.layer.value, view.part.value = "flair", "prediction", 4
    view.fill.value, view.zoom.value, view.convention.value = "outline", 3.0, "neurological"
    view.voxels.value, view.cross.value = True, False
    panel.settle()  # the slider of the window goes as far as the values of the modality
    view.window.value = (520.0, 540.0)
    panel.settle()
    style = panel.style
    assert (style.modality, style.layer, style.part) == ("flair", "prediction", 4)
    assert (style.fill, style.zoom, style.convention) == ("outline", 3.0, "neurological")
    assert (style.interpolation, style.cross, panel.window) == ("voxels", False, (520.0, 540.0))
    assert view._note.value == ""


def test_a_drag_with_the_right_button_sets_the_window_and_a_slider_that_rounds_does_not(panel):
    view = panel.view
    view.stages[1].window = [10.0, 60.0]
    panel.settle()
    assert panel.window == (10.0, 60.0)
    assert view.window.value == (10.0, 60.0)
    view.window.value = (10.04, 60.0)
    panel.settle()
    assert panel.window == (10.0, 60.0)
    view.stages[1].window = [60.0, 10.0]
    panel.settle()
    assert "a window is a lower and a higher value" in view._note.value


def test_presets_are_buttons(panel):
    view = panel.view
    panel.show(window=(1.0, 2.0))
    press(view.widget, "Full")
    assert panel.window == panel.subject.span("t1")
    press(view.widget, "1 to 99 %")
    assert panel.window == panel.subject.tails("t1")
    panel.settle()


def test_another_case_offers_what_it_has(scan, prediction):
    small = scan._replace(name="two", modalities=("t1", "t2"), label=None)
    panel = VolumePanel([scan, small], prediction=[prediction, None], scheme="brats21", scores=[0.1, 0.2])
    view = panel.view
    assert view.case.options == (("one: Dice 0.10", 0), ("two: Dice 0.20", 1))
    view.case.value = 1
    assert panel.settle()
    assert [name for name, _ in view.modality.options] == ["t1", "t2"]
    assert [layer for _, layer in view.layer.options] == ["none"]
    assert view.legend.value == '<div class="legend"></div>'
    panel.step(-1)
    assert panel.settle()
    assert view.layer.value == "none"
    assert len(view.layer.options) == 4
    panel.close()


def test_what_goes_wrong_is_a_line_in_the_panel(panel):
    view = panel.view
    panel.show(part="ET", layer="truth")
    panel.attempt(lambda: panel.move(z=99))
    panel.settle()
    assert "there is no such voxel: z = 99" in view._note.value
    press(view.widget, "Fullest slice")
    panel.settle()
    assert view._note.value == ""
    assert panel.place[0] == 5


def test_until_a_browser_draws_there_are_plain_pictures_with_words(panel):
    view = panel.view
    assert [plain.value.count("<img") for plain in view.plain] == [1, 1, 1]
    assert f'alt="axial slice {panel.place[0]} of 0 to 9' in view.plain[0].value
    for stage in view.stages:
        stage.ready = True
    panel.settle()
    assert [plain.value for plain in view.plain] == ["", "", ""]
    assert [twin.instead.layout.display for twin in view.twins] == ["none"] * 3


def test_where_anywidget_is_missing_sliders_and_pictures_do(panel, monkeypatch):
    monkeypatch.setattr("leyden.widget.base.live.LIVE", False)
    view = panel.view
    before = view.plain[1].value
    view.sliders[1].value = 0
    panel.settle()
    assert panel.place[1] == 0
    assert view.plain[1].value != before
    assert view.stages == []


def test_the_rendering_stands_below_and_the_next_replaces_it(panel):
    view = panel.view
    press(view.widget, "3-D")
    panel.wait(30)
    (first,) = view.depth.children
    press(view.widget, "3-D")
    panel.wait(30)
    (second,) = view.depth.children
    assert first is not second
    assert panel.message == ""
    panel.settle()


def test_a_case_is_read_beside_the_notebook_and_a_stop_leaves_what_is_shown(slow):
    scans, panel = slow
    view = panel.view
    scans.gate.clear()
    view.case.value = 1
    assert scans.begun.wait(30)
    panel.settle()
    assert panel.case.index == 0
    assert '<span class="state running">running</span><span class="quiet">reading case 1</span>' in view.state.value
    press(view.widget, "Stop")
    panel.settle()
    assert "stopping" in view.state.value
    scans.gate.set()
    panel.wait(30)
    panel.settle()
    assert (panel.case.index, view.case.value, view.state.value, view.stop.disabled) == (0, 0, "", True)


def test_of_many_cases_asked_for_quickly_the_last_is_shown(slow):
    scans, panel = slow
    scans.gate.clear()
    press(panel.view.widget, "", nth=1)
    assert scans.begun.wait(30)
    press(panel.view.widget, "", nth=1)
    press(panel.view.widget, "", nth=1)
    scans.gate.set()
    panel.wait(30)
    panel.settle()
    assert (panel.case.index, panel.view.case.value) == (3, 3)
    assert 2 not in scans.read


def test_a_case_that_cannot_be_read_is_a_line_and_the_list_goes_back(slow):
    scans, panel = slow
    scans.broken = 2
    panel.view.case.value = 2
    panel.wait(30)
    panel.settle()
    assert panel.message == "reading case 2 ended: OSError: case_2.nii.gz is cut short. case 0 is shown as before"
    assert panel.view.case.value == 0


def test_it_is_the_view_of_the_panel(panel):
    assert isinstance(panel.view, View)
    assert panel.view is panel.view
    bundle = panel._repr_mimebundle_()
    assert bundle["text/plain"].startswith("VolumePanel(one")
    assert "application/vnd.jupyter.widget-view+json" in bundle


class Scans:
    """Four scans that are held up at a gate; one may be broken."""

    def __init__(self, scan):
        self.scan, self.broken, self.read = scan, None, []
        self.gate, self.begun = threading.Event(), threading.Event()
        self.gate.set()

    def __len__(self):
        return 4

    def __getitem__(self, index):
        self.begun.set()
        assert self.gate.wait(30)
        self.read.append(index)
        if index == self.broken:
            raise OSError(f"case_{index}.nii.gz is cut short")
        return self.scan._replace(name="")


@pytest.fixture
def slow(scan):
    scans = Scans(scan)
    panel = VolumePanel(scans)
    scans.begun.clear()
    yield scans, panel
    scans.gate.set()
    panel.close()


def press(widget, word, *, nth=0):
    """Press the button of that name."""
    found = [one for one in family(widget) if getattr(one, "description", None) == word and hasattr(one, "click")]
    found[nth].click()


def family(root):
    return [root, *(one for child in getattr(root, "children", ()) for one in family(child))]
