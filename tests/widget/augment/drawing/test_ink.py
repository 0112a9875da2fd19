import numpy as np
import torch

from leyden.widget.augment.drawing.cut import Cut
from leyden.widget.augment.drawing.ink import Ink, changed, drawn, levels_of

UNIT = (0.0, 1.0)
GREY = Cut(torch.full((1, 40, 60), 0.5))


def test_a_window_makes_black_and_white():
    image = torch.tensor([[[-1000.0, 0.0], [40.0, 3000.0]]])
    pixels = drawn(Cut(image), Ink((0.0, 80.0), 32))
    assert pixels.shape == (32, 32, 3)
    assert [int(pixels[y, x, 0]) for y, x in ((0, 0), (0, 31), (31, 0), (31, 31))] == [0, 0, 128, 255]


def test_bytes_are_shown_as_they_are_and_as_the_reals_they_stand_for():
    image = torch.arange(256, dtype=torch.uint8).view(1, 16, 16)
    assert np.array_equal(drawn(Cut(image), Ink(UNIT, 64)), drawn(Cut(image / 255), Ink(UNIT, 64)))


def test_voxels_keep_their_shape():
    assert drawn(Cut(torch.zeros(1, 10, 20), aspect=4.0), Ink(UNIT, 80)).shape == (80, 40, 3)


def test_one_channel_of_several_can_be_chosen_and_three_are_colours():
    image = torch.stack([torch.zeros(8, 8), torch.ones(8, 8), torch.zeros(8, 8)])
    assert drawn(Cut(image), Ink(UNIT, 64))[0, 0].tolist() == [0, 255, 0]
    assert drawn(Cut(image), Ink(UNIT, 64, channel=1))[0, 0].tolist() == [255, 255, 255]
    assert drawn(Cut(image[:2]), Ink(UNIT, 64))[0, 0].tolist() == [0, 0, 0]


def test_everything_over_an_image_is_drawn_and_can_be_left_away():
    square = torch.tensor([[5.0, 5.0], [30.0, 30.0]])
    ring = torch.tensor([[5.0, 5.0], [30.0, 5.0], [5.0, 30.0]])
    plain = drawn(GREY, Ink(UNIT, 300))
    for over in (
        {"masks": (torch.ones(40, 60, dtype=torch.uint8),)},
        {"heats": (torch.ones(2, 40, 60),)},
        {"points": ((torch.tensor([[20.0, 20.0]]), "eye"),)},
        {"boxes": ((square, "cup"),)},
        {"rings": ((ring, "leaf"),)},
    ):
        seen = Cut(GREY.image, **over)
        assert (drawn(seen, Ink(UNIT, 300)) != plain).any()
        assert np.array_equal(drawn(seen, Ink(UNIT, 300, overlay=False)), plain)


def test_what_got_brighter_is_orange_and_what_got_darker_blue():
    after = Cut(torch.cat([torch.ones(1, 40, 30), torch.zeros(1, 40, 30)], 2))
    change = changed(GREY, after, Ink(UNIT, 60))
    assert change is not None
    bright, dark = change[20, 10].tolist(), change[20, 50].tolist()
    assert bright[0] > bright[2]
    assert dark[2] > dark[0]
    assert not changed(GREY, GREY, Ink(UNIT, 60)).any()
    assert changed(GREY, Cut(torch.zeros(1, 20, 20)), Ink(UNIT, 60)) is None


def test_values_that_left_the_window_are_seen_in_one_of_their_own():
    values = torch.linspace(0, 1, 1000)
    assert levels_of(values, UNIT) == UNIT
    assert levels_of(values * 0.8 + 0.3, UNIT) == UNIT
    low, high = levels_of((values - 0.5) / 0.01, UNIT)
    assert -50 < low < -40
    assert 40 < high < 50
    assert levels_of(torch.full((9,), 7.0), UNIT) == UNIT
    assert levels_of(torch.tensor([torch.nan]), UNIT) == UNIT
