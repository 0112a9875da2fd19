import threading
import time

import pytest
import torch

from leyden.augment import Brightness, Draw, Flip, Maybe, RandomCrop, Rotate, Translate, Zoom
from leyden.errors import DrawError, PanelError
from leyden.items import Image
from leyden.widget import AugmentPanel

MOVE = Maybe(Flip("x")) | Rotate(15) | Zoom(0.9, 1.1) | Brightness(0.2)


def test_equal_parameters_and_seeds_give_equal_bytes(sample):
    assert AugmentPanel(MOVE, sample, seed=3).still() == AugmentPanel(MOVE, sample, seed=3).still()
    assert AugmentPanel(MOVE, sample, seed=3).still() != AugmentPanel(MOVE, sample, seed=4).still()


def test_turning_there_and_back_gives_the_same_picture_and_the_transform_given_stays(sample):
    panel = AugmentPanel(MOVE, sample)
    first, before = panel.still(), repr(MOVE)
    panel.turn("Rotate.degrees", (-45, 10))
    assert panel.still() != first
    panel.turn("Rotate.degrees", 15)
    assert panel.still() == first
    assert repr(MOVE) == before == repr(panel.move)


def test_a_stored_draw_replays_the_sample_bit_for_bit(sample):
    panel = AugmentPanel(MOVE, sample)
    panel.select(4)
    stored = Draw.from_json(panel.to_json())
    assert (panel.selected, panel.draw) == (4, panel.draws[4])
    assert torch.equal(panel.draw(sample)["image"].data, stored(sample)["image"].data)
    with pytest.raises(PanelError, match="there is no draw 9: there are 9, counted from 0"):
        panel.select(9)


def test_what_lies_over_the_image_is_drawn_unless_left_away(sample):
    panel = AugmentPanel(MOVE, sample)
    over = panel.still()
    panel.show(overlay=False)
    assert panel.still() != over
    assert panel.still() == AugmentPanel(MOVE, {"image": sample["image"]}).still()


def test_redrawing_takes_the_next_seed_and_the_number_of_draws_can_change(sample):
    panel = AugmentPanel(MOVE, sample, seed=7)
    panel.select(8)
    panel.redraw()
    assert panel.seed == 8
    assert panel.draws == AugmentPanel(MOVE, sample, seed=8).draws
    panel.reseed(8, count=4)
    assert (len(panel.draws), panel.selected) == (4, 3)
    with pytest.raises(PanelError, match="1 to 24 draws; given 25"):
        panel.reseed(8, count=25)
    assert len(panel.cells()) == 5


def test_after_the_greatest_seed_that_the_field_shows_comes_0(sample):
    panel = AugmentPanel(Rotate(15), sample, seed=2**53 - 1)
    assert panel.view.seed.value == panel.seed
    panel.redraw()
    assert panel.settle()
    assert panel.view.seed.value == panel.seed == 0
    panel.close()


def test_a_value_that_does_not_fit_is_refused_and_all_stays(sample):
    panel = AugmentPanel(MOVE | RandomCrop(16, 16), sample)
    before = panel.still()
    for name, value in (("RandomCrop.shape[0]", 25), ("Zoom.low..high", (3.0, 1.0)), ("Maybe.p", 2.0)):
        with pytest.raises(DrawError):
            panel.turn(name, value)
    with pytest.raises(PanelError, match="takes one of x, y, z"):
        panel.turn("Flip.axis", "w")
    assert panel.still() == before
    with pytest.raises(PanelError, match=r"no parameter 'Rotate.angle' .* there is Flip.axis, Maybe.p, Rotate.degrees"):
        panel.turn("Rotate.angle", 1)


def test_what_cannot_be_shown_is_refused_at_the_door(sample):
    with pytest.raises(PanelError, match=r"wrap a bare tensor in leyden\.items\.Image"):
        AugmentPanel(MOVE, torch.rand(3, 8, 8))
    with pytest.raises(PanelError, match="given 25"):
        AugmentPanel(MOVE, sample, count=25)
    with pytest.raises(DrawError):
        AugmentPanel(RandomCrop(99), sample)


def test_fewer_draws_are_shown_of_a_volume_than_of_a_picture_unless_told(scan):
    assert len(AugmentPanel(Flip("y"), Image(torch.rand(1, 8, 8))).draws) == 9
    assert len(AugmentPanel(Flip("y"), scan).draws) == 4
    assert len(AugmentPanel(Flip("y"), scan, count=9).draws) == 9


def test_a_volume_is_shown_slice_by_slice(scan):
    panel = AugmentPanel(Flip("y") | Brightness(5.0), scan, count=2, regions={2: "lesion"})
    first = panel.still()
    panel.show(axis="coronal", place=3, window=(0.0, 50.0))
    assert panel.still() != first
    assert (panel.style.axis, panel.style.places, panel.style.window) == (1, (6, 3, 1), (0.0, 50.0))
    assert panel.pair()[0][0] == "as given, coronal 3 of 0 to 11"
    with pytest.raises(PanelError, match="no slice 12"):
        panel.show(place=12)


def test_the_worst_draws_come_first_and_can_be_shown(sample):
    panel = AugmentPanel(Translate(0.4), sample)
    found = panel.worst(60)
    assert [finding.seed for finding in sorted(found, key=lambda finding: finding.seed)] == list(range(60))
    shares = [finding.share() for finding in found]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 0.5
    panel.pick(found[0])
    assert (panel.seed, panel.selected, panel.draw) == (found[0].seed, 0, found[0].draw)
    assert panel.lost() == found[0].words() != "nothing lost"
    assert panel.findings("points")[0].share("points") == max(finding.share("points") for finding in found)
    panel.close()


def test_a_search_can_be_stopped_and_ends_when_the_transform_changes(sample):
    panel = AugmentPanel(MOVE, sample)
    panel.worst(100_000, wait=False)
    with pytest.raises(PanelError, match="the search is under way"):
        panel.worst(5)
    while not panel.findings():
        time.sleep(0.01)
    panel.stop()
    panel.wait(10)
    assert panel.status == "stopped"
    assert len(panel.findings()) == panel.progress[0] < panel.progress[1]
    panel.worst(100_000, wait=False)
    panel.turn("Maybe.p", 0.1)
    panel.wait(10)
    assert (panel.status, panel.findings()) == ("stopped", ())
    with pytest.raises(PanelError, match="1 to 100,000 draws; given 0"):
        panel.worst(0)
    panel.close()
    with pytest.raises(PanelError, match="closed"):
        panel.worst(5)


def test_turning_from_two_threads_leaves_one_state_and_its_picture(sample):
    panel = AugmentPanel(MOVE, sample)

    def turn(name, values):
        for value in values:
            panel.turn(name, value)
            panel.cells()

    threads = [
        threading.Thread(target=turn, args=("Rotate.degrees", [float(step) for step in range(2, 10)])),
        threading.Thread(target=turn, args=("Zoom.low..high", [(0.9, 1.25 + step / 4) for step in range(8)])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert repr(panel.move) == repr(Maybe(Flip("x")) | Rotate(9.0) | Zoom(0.9, 3.0) | Brightness(0.2))
    assert panel.still() == AugmentPanel(panel.move, sample).still()


def test_the_panel_shows_itself_without_a_front_end(sample):
    panel = AugmentPanel(MOVE, sample)
    bundle = panel._repr_mimebundle_()
    assert bundle["text/plain"] == f"AugmentPanel({MOVE!r}, seed=0)"
    assert "one resample" in bundle["text/html"]
    assert "lost" in bundle["text/html"]
    assert bundle["text/html"].count("<img") == 2
    assert "application/vnd.jupyter.widget-view+json" in bundle
    panel.close()


def test_a_panel_of_one_picture_needs_no_more_than_that():
    panel = AugmentPanel(Brightness(0.0), Image(torch.rand(1, 8, 8)), count=1)
    assert panel.lost() == "nothing lost"
    assert [name for name, _ in panel.facts()] == ["transform", "step 1", "seed", "draw 1 of 1", "lost"]


def test_a_search_that_fails_says_why_and_the_panel_goes_on(sample):
    panel = AugmentPanel(MOVE, sample)
    panel._scenery.probe._points = None
    panel.worst(5, wait=False)
    with pytest.raises(TypeError):
        panel.wait(30)
    assert (panel.status, panel.times[1]) == ("failed", None)
    assert panel.message.startswith("TypeError: ")
    panel.select(1)
    assert panel.message == ""
    panel.close()


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda panel: panel.select(1.5), "there is no draw 1.5"),
        (lambda panel: panel.show(planes="four"), "planes are 'one' or 'three'; given 'four'"),
        (lambda panel: panel.show(place=2.5), "no slice 2.5: there are 0 to 9"),
    ],
)
def test_what_cannot_be_shown_is_refused_and_all_stays(ask, told):
    panel = AugmentPanel(MOVE, Image(torch.rand(1, 10, 11, 12)))
    before = (panel.selected, panel.style)
    with pytest.raises(PanelError, match=told):
        ask(panel)
    assert (panel.selected, panel.style) == before
