import base64
import io

import numpy as np
import torch
from PIL import Image

from leyden.widget.base import address, encode, mosaic, paint, pixels


def decoded(png):
    return np.asarray(Image.open(io.BytesIO(png)))


def test_pixels_are_cut_off_to_bytes_and_grey_becomes_colour():
    shown = pixels(torch.tensor([[[-1.0, 0.5], [2.0, float("nan")]]]))
    assert shown.tolist() == [[[0] * 3, [128] * 3], [[255] * 3, [0] * 3]]


def test_a_png_holds_the_very_pixels_and_the_same_bytes_each_time():
    array = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    assert (decoded(encode(array)) == array).all()
    assert encode(array) == encode(array.copy())


def test_a_mosaic_leaves_the_page_visible_between_pictures():
    cells = [np.full((4, 4, 3), 9, np.uint8), np.full((2, 4, 3), 7, np.uint8), np.full((4, 4, 3), 5, np.uint8)]
    made = mosaic(cells, columns=2, gap=1)
    assert made.shape == (9, 9, 4)
    assert made[0, 0].tolist() == [9, 9, 9, 255]
    assert made[0, 4].tolist() == [0, 0, 0, 0]
    assert made[0, 5, 3] == 0
    assert made[1, 5].tolist() == [7, 7, 7, 255]
    assert made[5, 0].tolist() == [5, 5, 5, 255]


def test_a_thumbnail_keeps_its_shape_and_marks_regions_and_places():
    plain = paint(torch.full((3, 20, 40), 0.5), side=80)
    assert plain.shape == (40, 80, 3)
    mask = torch.zeros(20, 40, dtype=torch.int64)
    mask[5:15, 10:30] = 1
    marked = paint(
        torch.full((3, 20, 40), 0.5), mask=mask, points=torch.tensor([[10.0, 35.0], [float("nan"), 1.0]]), side=80
    )
    changed = (plain != marked).any(-1)
    assert changed[20, 40]
    assert not changed[2, 2]
    assert changed[15:26, 65:77].any()


def test_places_outside_and_an_empty_mask_change_nothing():
    plain = paint(torch.zeros(1, 8, 8), side=32)
    far = paint(
        torch.zeros(1, 8, 8), mask=torch.zeros(8, 8, dtype=torch.uint8), points=torch.tensor([[900.0, -900.0]]), side=32
    )
    assert (plain == far).all()


def test_an_address_holds_the_very_pixels():
    array = np.random.default_rng(0).integers(0, 256, (9, 7, 3), np.uint8)
    data = base64.b64decode(address(array).partition(",")[2])
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(data)).convert("RGB")), array)


def test_a_region_at_the_edge_is_not_outlined_on_the_other_side():
    mask = torch.zeros(20, 20, dtype=torch.int64)
    mask[:, :10] = 1
    drawn = paint(torch.zeros(1, 20, 20), mask=mask, side=20)
    solid = (drawn == (213, 94, 0)).all(2)
    assert solid[:, 9].all()
    assert not solid[:, :9].any()
