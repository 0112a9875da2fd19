import threading

import pytest
import torch

from leyden.augment import Brightness, Flip, Maybe, RandomCrop, Rotate, Translate, Zoom
from leyden.items import Image, Mask
from leyden.widget import AugmentPanel

MOVE = Maybe(Flip("x")) | Rotate(15) | Zoom(0.9, 1.1) | Translate((-0.1, 0.1)) | RandomCrop(16, 16)


@pytest.fixture
def panel(sample):
    made = AugmentPanel(MOVE, sample, regions={1: "cup"})
    yield made
    made.close()


def sources(view):
    return [item["source"] for item in view.gallery.live.items]


def test_a_moved_slider_draws_other_pictures(panel):
    view = panel.view
    pair, draws = view.pair.value, sources(view)
    view.controls["Rotate.degrees"].value = (-60.0, 30.0)
    assert panel.settle()
    assert view.pair.value != pair
    assert sources(view) != draws
    assert "rotate -60..30 deg" in view.plan.value


def test_twenty_fast_moves_from_two_threads_end_in_the_picture_that_the_last_values_give_directly(panel, sample):
    view = panel.view

    def move(name, values):
        for value in values:
            view.controls[name].value = value

    threads = [
        threading.Thread(target=move, args=("Rotate.degrees", [(-5.0 - step, 5.0 + step) for step in range(20)])),
        threading.Thread(target=move, args=("Zoom.low..high", [(0.5, 1.1 + step / 20) for step in range(20)])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert panel.settle()
    assert "Rotate((-24.0, 24.0)) | Zoom(0.5, 2.05)" in repr(panel.move)
    direct = AugmentPanel(panel.move, sample, regions={1: "cup"})
    assert panel.still() == direct.still()
    assert (view.pair.value, sources(view)) == (direct.view.pair.value, sources(direct.view))
    assert view.json.widget.live.value == direct.view.json.widget.live.value
    direct.close()


def test_every_parameter_has_a_control_with_a_name_and_a_tip(panel):
    assert list(panel.view.controls) == [knob.name for knob in panel.knobs]
    for knob in panel.knobs:
        assert panel.view.controls[knob.name].tooltip == f"{knob.name}: {knob.about}"


def test_what_is_scripted_moves_the_controls(panel):
    view = panel.view
    panel.turn("Translate.fraction", (-0.2, 3.0))
    panel.turn("Flip.axis", "y")
    panel.reseed(11, count=4)
    panel.select(2)
    panel.show(overlay=False, difference=True)
    assert panel.settle()
    assert view.controls["Translate.fraction"].value == (-0.2, 3.0)
    assert view.controls["Flip.axis"].value == "y"
    assert (view.seed.value, view.count.value, view.overlay.value, view.difference.value) == (11, 4, False, True)
    assert (view.gallery.live.value, len(view.gallery.live.items)) == (2, 4)
    assert "draw 3:" in view.lost.value


def test_a_value_the_transform_refuses_is_a_line_in_the_panel_and_the_control_goes_on(panel):
    view = panel.view
    view.controls["RandomCrop.shape[0]"].value = 32
    panel.settle()
    assert "does not fit" in view._note.value
    assert "RandomCrop(16, 16)" in repr(panel.move)
    view.controls["RandomCrop.shape[0]"].value = 12
    panel.settle()
    assert view._note.value == ""
    assert "RandomCrop(12, 16)" in repr(panel.move)


def test_a_slider_that_tells_its_rounded_place_turns_nothing(panel):
    view, before = panel.view, repr(panel.move)
    view.controls["Zoom.low..high"].value = (0.9001, 1.1)
    panel.settle()
    assert repr(panel.move) == before


def test_a_draw_clicked_on_stands_beside_the_sample_and_can_be_copied(panel):
    view = panel.view
    view.gallery.live.value = 5
    assert panel.selected == 5
    assert panel.settle()
    assert view.json.widget.live.value == panel.to_json()
    assert 'alt="as given"' in view.pair.value
    assert '<i style="background:#D55E00"></i>cup' in view.lost.value


def test_the_button_draws_again(panel):
    view = panel.view
    again = find(view.widget, "Draw again")
    again.click()
    panel.settle()
    assert (panel.seed, view.seed.value) == (1, 1)


def test_a_search_lists_the_worst_draws_and_a_click_shows_one(panel):
    view = panel.view
    view.sought.value = 100
    view.begin.click()
    panel.wait(20)
    assert panel.settle()
    assert ">finished</span>" in view.state.value
    assert "100 of 100 draws" in view.state.value
    worst = panel.findings()[0]
    said = view.findings.options[0][0]
    assert said.replace("\N{ZERO WIDTH SPACE}", "") == f"seed {worst.seed}: {worst.words({1: 'cup'})}"
    assert said.startswith("seed \N{ZERO WIDTH SPACE}")  # ipywidgets lets no line break at a space
    assert " %" in said
    view.findings.value = 0
    assert panel.settle()
    assert (panel.seed, panel.draw) == (worst.seed, worst.draw)
    view.order.value = "boxes"
    assert panel.settle()
    told = view.findings.options[0][0].replace("\N{ZERO WIDTH SPACE}", "")
    assert told.startswith(f"seed {panel.findings('boxes')[0].seed}: ")
    assert (view.begin.disabled, view.end.disabled) == (False, True)


def test_a_volume_has_a_slice_a_direction_and_a_window(scan):
    panel = AugmentPanel(Rotate(5) | Brightness(3.0), scan, count=2)
    view = panel.view
    assert [name for name, _ in view.axis.options] == ["axial", "coronal", "sagittal"]
    assert (view.place.value, view.place.max) == (6, 9)
    view.axis.value = 2
    view.place.value = 4
    assert panel.settle()
    assert (panel.style.axis, panel.style.places[2], view.place.max) == (2, 4, 13)
    assert "sagittal 4 of 0 to 13" in view.pair.value
    view.window.value = (10.0, 60.0)
    assert panel.style.window == (10.0, 60.0)
    panel.close()


def test_several_channels_have_a_list_to_choose_from():
    panel = AugmentPanel(Rotate(5), Image(torch.rand(4, 5, 6, 7)), count=1)
    panel.view.channel.value = 3
    assert panel.style.channel == 3
    panel.close()


def test_a_transform_without_parameters_can_be_shown():
    plain = AugmentPanel(Maybe(Flip("x")).transform | Flip("y"), Image(torch.rand(1, 8, 8)))
    assert list(plain.view.controls) == ["Flip.axis", "Flip.axis (2)"]
    plain.close()


def test_what_was_searched_for_another_transform_is_not_told_of_this_one(panel):
    view = panel.view
    panel.worst(5)
    assert panel.settle()
    assert ">finished</span>" in view.state.value
    panel.turn("Rotate.degrees", (0, 3))
    assert panel.settle()
    assert "not searched with these parameters yet" in view.state.value


def test_a_legend_of_many_regions_says_how_many_more_there_are():
    mask = Mask((torch.arange(64) % 30).reshape(8, 8))
    many = AugmentPanel(Rotate(5), (Image(torch.rand(1, 8, 8)), mask))
    assert many.view.lost.value.count("<i style") == 12
    assert "and 17 more" in many.view.lost.value
    many.close()


def test_without_anywidget_draws_are_chosen_from_a_list(panel, monkeypatch):
    monkeypatch.setattr("leyden.widget.base.live.LIVE", False)
    view = panel.view
    view.gallery.pick.value = 2
    assert panel.selected == 2
    assert panel.settle()
    assert view.json.plain.value == panel.to_json()


def find(widget, label):
    """The button of that label anywhere in a widget."""
    if getattr(widget, "description", None) == label:
        return widget
    found = (find(child, label) for child in getattr(widget, "children", ()))
    return next((button for button in found if button is not None), None)
