import json

import pytest
import torch

from leyden.augment import Brightness, Draw, Flip, Maybe, RandomCrop, Rotate, Zoom
from leyden.errors import DrawError, PanelError
from leyden.items import Image, Keypoints, Mask
from leyden.widget import AugmentPanel


@pytest.fixture
def sample():
    generator = torch.Generator().manual_seed(0)
    mask = torch.zeros(24, 32, dtype=torch.int64)
    mask[4:12, 6:20] = 1
    points = torch.tensor([[8.0, 10.0], [20.0, 30.0]])
    return {
        "image": Image(torch.rand(3, 24, 32, generator=generator)),
        "mask": Mask(mask),
        "eyes": Keypoints(points, (24, 32)),
    }


MOVE = Maybe(Flip("x")) | Rotate(15) | Zoom(0.9, 1.1) | Brightness(0.2)


def test_equal_numbers_and_seeds_give_equal_bytes(sample):
    assert AugmentPanel(MOVE, sample, seed=3).still() == AugmentPanel(MOVE, sample, seed=3).still()
    assert AugmentPanel(MOVE, sample, seed=3).still() != AugmentPanel(MOVE, sample, seed=4).still()


def test_turning_there_and_back_gives_the_same_picture_and_the_transform_given_stays(sample):
    panel = AugmentPanel(MOVE, sample)
    first, before = panel.still(), repr(MOVE)
    panel.turn("Rotate.degrees", 45)
    assert panel.still() != first
    panel.turn("Rotate.degrees", 15)
    assert panel.still() == first
    assert repr(MOVE) == before == repr(panel.move)


def test_stored_draws_replay_the_sample_bit_for_bit(sample):
    panel = AugmentPanel(MOVE, sample)
    stored = [Draw.from_json(text) for text in json.loads(panel.to_json())]
    assert len(stored) == 9
    for draw, replayed in zip(panel.draws, stored, strict=True):
        assert torch.equal(draw(sample)["image"].data, replayed(sample)["image"].data)


def test_mask_and_keypoints_are_drawn_over_unless_left_away(sample):
    panel = AugmentPanel(MOVE, sample)
    over = panel.still()
    panel.show(overlay=False)
    assert panel.still() != over
    alone = AugmentPanel(MOVE, {"image": sample["image"]})
    assert panel.still() == alone.still()
    assert (panel.marked, alone.marked) == (True, False)


def test_redrawing_takes_the_next_seed(sample):
    panel = AugmentPanel(MOVE, sample, seed=7)
    panel.redraw()
    assert panel.seed == 8
    assert panel.draws == AugmentPanel(MOVE, sample, seed=8).draws


def test_a_value_that_does_not_fit_is_refused_and_all_stays(sample):
    panel = AugmentPanel(MOVE | RandomCrop(16, 16), sample)
    before = panel.still()
    for name, value in (("RandomCrop.shape[0]", 25), ("Zoom.low", 3.0), ("Maybe.p", 2.0)):
        with pytest.raises(DrawError):
            panel.turn(name, value)
    assert panel.still() == before
    with pytest.raises(PanelError, match=r"no number named 'Rotate.angle' .* there is Maybe.p, Rotate.degrees"):
        panel.turn("Rotate.angle", 1)


def test_what_cannot_be_shown_is_refused_at_the_door(sample):
    with pytest.raises(PanelError, match=r"wrap a bare tensor in leyden\.items\.Image"):
        AugmentPanel(MOVE, torch.rand(3, 8, 8))
    with pytest.raises(PanelError, match="given 25 times"):
        AugmentPanel(MOVE, sample, count=25)


def test_a_volume_shows_its_middle_slice_and_other_channels_their_first():
    volume = torch.zeros(4, 5, 16, 16)
    volume[0, 2] = 1.0
    points = Keypoints(torch.tensor([[2.0, 8.0, 8.0], [0.0, 1.0, 1.0]]), (5, 16, 16))
    mask = Mask(torch.zeros(5, 16, 16, dtype=torch.int64))
    panel = AugmentPanel(Flip("y"), (Image(volume), mask, points), count=1)
    assert panel.cells()[0][0, 0].tolist() == [255, 255, 255]
    assert (panel.cells()[0] != 255).any()


def test_units_other_than_shares_are_shown_over_the_range_of_the_sample():
    scan = torch.linspace(-1000, 1000, 64).reshape(1, 8, 8)
    first = AugmentPanel(Flip("x"), Image(scan), count=1).cells()[0]
    assert (int(first.min()), int(first.max())) == (0, 255)


def test_the_panel_shows_itself_without_a_front_end(sample):
    panel = AugmentPanel(MOVE, sample)
    bundle = panel._repr_mimebundle_()
    assert bundle["text/plain"] == f"AugmentPanel({MOVE!r}, seed=0)"
    assert "one resample" in bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle
    panel.close()
