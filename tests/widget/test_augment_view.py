import pytest
import torch

from leyden.augment import Brightness, Flip, Maybe, RandomCrop, Rotate, Translate, Zoom
from leyden.items import Image
from leyden.widget import AugmentPanel


@pytest.fixture
def panel():
    image = Image(torch.rand(3, 24, 24, generator=torch.Generator().manual_seed(0)))
    made = AugmentPanel(
        Maybe(Flip("x")) | Rotate(15) | Zoom(0.9, 1.1) | Translate((-0.1, 0.1)) | RandomCrop(16, 16), image
    )
    yield made
    made.close()


def test_a_moved_slider_draws_another_picture(panel):
    view = panel.view
    before = view.picture.value
    view.sliders["Rotate.degrees"].value = 60.0
    assert panel.settle()
    assert view.picture.value != before
    assert "rotate +-60 deg" in view.plan.value


def test_twenty_fast_moves_end_in_the_picture_that_the_last_values_give_directly(panel):
    view = panel.view
    for step in range(20):
        view.sliders["Rotate.degrees"].value = float(step)
        view.sliders["Zoom.high"].value = 1.1 + step / 20
    assert panel.settle()
    direct = AugmentPanel(panel.move, panel._sample)
    assert repr(panel.move).startswith("Maybe(Flip('x'), p=0.5) | Rotate(19.0) | Zoom(0.9, 2.05)")
    assert panel.still() == direct.still()
    assert view.picture.value == direct.view.picture.value
    direct.close()


def test_every_number_has_a_control_with_a_name_and_a_tip(panel):
    assert list(panel.view.sliders) == [knob.name for knob in panel.knobs]
    assert all(slider.tooltip == name for name, slider in panel.view.sliders.items())


def test_what_is_scripted_moves_the_sliders(panel):
    view = panel.view
    panel.turn("Translate.fraction", (-0.2, 0.3))
    panel.reseed(11)
    panel.show(overlay=False)
    assert panel.settle()
    assert view.sliders["Translate.fraction"].value == (-0.2, 0.3)
    assert (view.seed.value, view.overlay.value) == (11, False)


def test_a_value_the_transform_refuses_is_a_line_in_the_panel(panel):
    view = panel.view
    view.sliders["Zoom.low"].value = 2.0
    panel.settle()
    assert "0 &lt; low &lt;= high" in view._note.value
    view.sliders["Zoom.low"].value = 0.8
    panel.settle()
    assert view._note.value == ""


def test_the_button_draws_again_and_pictures_have_words(panel):
    view = panel.view
    next(button for button in view.widget.children[3].children if button.description == "Draw again").click()
    panel.settle()
    assert (panel.seed, view.seed.value) == (1, 1)
    assert 'alt="as given"' in view.picture.value
    assert 'alt="draw 9"' in view.picture.value


def test_a_transform_without_numbers_can_be_shown(panel):
    plain = AugmentPanel(Flip("x") | Brightness(0.0), Image(torch.rand(1, 8, 8)))
    assert list(plain.view.sliders) == ["Brightness.amount"]
    plain.close()
