import numpy as np
import pytest
import torch

from leyden.widget.data.canvas import card, flat, heat, painted, profile


def test_a_picture_keeps_its_aspect_and_tiny_ones_are_not_blown_up_without_end():
    assert painted(np.zeros((100, 200), np.uint8), side=80).shape == (40, 80, 3)
    assert painted(np.zeros((4, 8), np.uint8), side=460).shape == (64, 128, 3)
    assert painted(np.zeros((10, 20), np.uint8), side=40, aspect=2.0).shape == (40, 40, 3)


def test_pixels_enlarged_are_squares_of_one_colour():
    drawn = painted(np.array([[0, 255], [255, 0]], np.uint8), side=20)
    assert set(np.unique(drawn).tolist()) == {0, 255}
    assert drawn[0, 0].tolist() == [0, 0, 0]
    assert drawn[0, -1].tolist() == [255, 255, 255]


def test_regions_points_and_cross_lie_where_they_belong():
    black = np.zeros((20, 20), np.uint8)
    mask = torch.zeros(20, 20, dtype=torch.int64)
    mask[:, 10:] = 1
    drawn = painted(black, side=200, mask=mask)
    assert drawn[:, :98].max() == 0
    assert drawn[100, 150].max() > 0
    ringed = painted(black, side=200, points=torch.tensor([[4.0, 14.0]]))
    rows, columns, _ = np.nonzero(ringed)
    assert abs(rows.mean() - 45) < 2
    assert abs(columns.mean() - 145) < 2
    crossed = painted(black, side=200, cross=(4, 14))
    assert crossed[45].min(0).max() > 0
    assert crossed[:, 145].min(0).max() > 0
    assert crossed[100, 20].max() == 0


def test_a_wave_reaches_up_and_down_where_it_is_loud():
    wave = torch.cat([torch.zeros(500), torch.sin(torch.arange(500.0))])
    drawn = profile(wave, width=100, height=50)
    used = (drawn != 248).any(2).sum(0)
    assert used[:40].max() <= 2
    assert used[60:].min() > 10
    assert profile(torch.zeros(2, 0), width=10, height=10).shape == (10, 10, 3)
    assert profile(torch.ones(3), width=10, height=10).shape == (10, 10, 3)


@pytest.mark.parametrize("shape", [(3,), (4, 5), (2, 3, 4), (1, 500), (500, 1), (700, 900), (0,)])
def test_blocks_of_any_shape_fit_the_side(shape):
    drawn = heat(torch.rand(shape), side=120)
    assert drawn.ndim == 3
    assert max(drawn.shape[:2]) <= 120


def test_a_block_goes_from_black_to_white():
    drawn = heat(torch.tensor([[0.0, float("nan")], [5.0, 10.0]]), side=24)
    assert (drawn[0, 0, 0], drawn[-1, -1, 0]) == (0, 255)


def test_words_are_wrapped_onto_the_card():
    short, long = card(["one"]), card(["word " * 40])
    assert long.shape[0] > short.shape[0]
    assert long.shape[1] == short.shape[1] == 480
    assert (short < 128).any()


def test_what_has_no_picture_is_one_black_pixel():
    assert flat(torch.zeros(5)).shape == (1, 1)
