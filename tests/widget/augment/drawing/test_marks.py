import numpy as np
import torch

from leyden.widget.augment.drawing.cut import Cut
from leyden.widget.augment.drawing.marks import colour_of, lettered, marked, numbered

EMPTY = torch.zeros(1, 40, 60)


def black(high=200, wide=300):
    return np.zeros((high, wide, 3), np.uint8)


def test_a_box_is_drawn_around_its_pixels():
    seen = Cut(torch.zeros(1, 30, 30), boxes=((torch.tensor([[9.5, 9.5], [19.5, 19.5]]), ""),))
    lit = np.argwhere(marked(black(300, 300), seen).max(2) > 120)
    assert abs(lit.min(0) - 99).max() <= 1  # edges at pixel 10 and 20 of 30, on 300: lines two pixels wide
    assert abs(lit.max(0) - 200).max() <= 1


def test_a_point_is_ringed_around_its_centre():
    seen = Cut(EMPTY, points=((torch.tensor([[19.5, 29.5]]), ""),))
    ring = marked(black(), seen)[..., 0].astype(float)
    rows, columns = np.indices(ring.shape)
    assert abs((ring * rows).sum() / ring.sum() - 99.5) < 0.3
    assert abs((ring * columns).sum() / ring.sum() - 149.5) < 0.3


def test_boxes_of_one_name_have_one_colour_and_numbers_that_of_the_label():
    corners = [torch.tensor([[2.0 + 10 * row, 5.0], [8.0 + 10 * row, 50.0]]) for row in range(4)]
    names = ("cup", "rim", "cup", "1")
    drawn = marked(black(), Cut(EMPTY, boxes=tuple(zip(corners, names, strict=True))))
    colours = [tuple(drawn[int((2.5 + 10 * row) * 5), 140].tolist()) for row in range(4)]
    assert colours[0] == colours[2] != colours[1]
    assert colours[3] == (213, 94, 0)


def test_names_are_written_only_where_they_can_be_read():
    points = tuple((torch.tensor([[20.0, 20.0 + step]]), f"a long name {step}") for step in range(8))
    unnamed = Cut(EMPTY, points=tuple((places, "") for places, _ in points))
    alone, crowded = Cut(EMPTY, points=points[:1]), Cut(EMPTY, points=points)
    assert np.array_equal(marked(black(80, 120), crowded), marked(black(80, 120), unnamed))
    written = [(marked(black(), seen).min(2) > 250).sum() for seen in (unnamed, alone, crowded)]
    assert written[0] == 0
    assert 0 < written[1] < written[2] < 5 * written[1]


def test_places_off_the_grid_and_nan_do_no_harm():
    far = torch.tensor([[1e9, -1e9]])
    seen = Cut(EMPTY, points=((far, "far"), (far * torch.nan, "nan")), boxes=((far.expand(2, 2), "b"),))
    assert not marked(black(), seen).any()


def test_letters_and_numbers_are_written_on_pictures_large_enough():
    dark = black(200, 200)
    assert (lettered(dark, "RALP")[:, :15] > 0).any()
    assert np.array_equal(lettered(dark, ""), dark)
    assert np.array_equal(lettered(dark[:50], "RALP"), dark[:50])
    assert (numbered(dark, "12")[:20, :25] > 0).any()
    assert colour_of(7) == colour_of(1)
