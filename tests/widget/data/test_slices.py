import io

import numpy as np
import torch
from PIL import Image as Pillow

from leyden.data.volume import Volume
from leyden.items import Image
from leyden.widget.data.slices import middle, slice_pixels, slices_of, usual_window


def decoded(png):
    return np.asarray(Pillow.open(io.BytesIO(png)).convert("RGB")).astype(int)


def test_three_slices_go_through_the_place_and_say_which_way_they_lie():
    volume = torch.zeros(1, 8, 10, 12)
    volume[0, 2] = 1.0
    across_z, across_y, across_x = slices_of(volume, (2, 5, 6), window=(0.0, 1.0))
    assert [words for words, _ in (across_z, across_y, across_x)] == [
        "z = 2 of 0 to 7; y down, x to the right",
        "y = 5 of 0 to 9; z down, x to the right",
        "x = 6 of 0 to 11; z down, y to the right",
    ]
    assert decoded(across_z[1])[0, 0].tolist() == [255, 255, 255]
    drawn = decoded(across_y[1])
    bright = np.flatnonzero(drawn[:, 0, 0] > 128)
    assert 1.5 < bright.mean() / drawn.shape[0] * 8 < 3.5


def test_without_a_place_it_is_the_middle_and_one_outside_is_brought_in():
    volume = torch.rand(8, 10, 12)
    assert slices_of(volume, None) == slices_of(volume, middle((8, 10, 12))) == slices_of(volume, (4, 5, 6))
    assert slices_of(volume, (99, -5, 3))[0][0].startswith("z = 7 of")


def test_pixels_have_the_aspect_of_the_voxels():
    data = torch.rand(10, 40, 40)
    thick = Volume(data, (4.0, 1.0, 1.0), torch.eye(4, dtype=torch.float64))
    assert decoded(slices_of(data, None)[1][1]).shape[:2] == (85, 340)
    assert decoded(slices_of(thick, None)[1][1]).shape[:2] == (340, 340)


def test_regions_and_near_points_are_drawn_on_the_slice_that_they_lie_on():
    volume = torch.zeros(8, 8, 8)
    mask = torch.zeros(8, 8, 8, dtype=torch.int64)
    mask[2, 3:5, 3:5] = 1
    plain, over = slices_of(volume, (2, 0, 0)), slices_of(volume, (2, 0, 0), mask=mask)
    assert plain[0] != over[0]
    assert plain[1:] == over[1:]
    point = torch.tensor([[2.3, 6.0, 6.0]])
    pointed = slices_of(volume, (2, 0, 0), points=point)
    assert plain[0] != pointed[0]
    assert plain[1:] == pointed[1:]


def test_the_usual_window_leaves_outliers_out_and_known_ranges_alone():
    scan = torch.full((20, 20, 20), 40.0)
    scan[:10] = -1000.0
    scan[0, 0, 0] = 30000.0
    assert usual_window(scan) == (-1000.0, 40.0)
    assert usual_window(torch.zeros(1, 4, 4, dtype=torch.uint8)) == (0.0, 255.0)
    assert usual_window(Image(torch.rand(1, 9, 9))) == (0.0, 1.0)
    low, high = usual_window(torch.full((1, 4, 4), 7.0))
    assert low == 7.0 < high
    assert usual_window(torch.full((1, 4, 4), float("nan"))) == (0.0, 1.0)


def test_a_slice_is_shown_from_black_to_white_over_the_window():
    volume = torch.tensor([[[0.0, 50.0], [100.0, 200.0]]])
    assert slice_pixels(volume, 0, 0, (0.0, 100.0)).tolist() == [[0, 128], [255, 255]]
