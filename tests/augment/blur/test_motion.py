from math import radians

import numpy as np
import pytest
import torch
from scipy import ndimage

from leyden.augment.blur.motion import MotionBlur
from leyden.errors import DrawError
from leyden.items import Image


def run(transform, data, seed=0):
    return transform(torch.Generator().manual_seed(seed), Image(data)).data


@pytest.mark.parametrize("size", [(20, 30), (3, 20, 30), (1, 1)])
@pytest.mark.parametrize("length", [1, 3, 7])
def test_straight_lines_of_whole_length_are_box_filters(size, length):
    data = torch.rand(2, *size, dtype=torch.float64)
    for degrees, axis in ((0, -1), (90, -2), (180, -1)):
        expected = ndimage.uniform_filter1d(data.numpy(), length, axis=axis, mode="reflect")
        np.testing.assert_allclose(run(MotionBlur(length, length, degrees=(degrees, degrees)), data), expected)


@pytest.mark.parametrize("length", [1.0, 2.0, 4.3, 9.7])
@pytest.mark.parametrize("degrees", [0, 30, 45, 200])
def test_a_point_becomes_a_line_of_that_length_and_direction(length, degrees):
    data = torch.zeros(1, 31, 31, dtype=torch.float64)
    data[0, 15, 15] = 1
    line = run(MotionBlur(length, length, degrees=(degrees, degrees)), data)[0].numpy()
    assert line.sum() == pytest.approx(1)
    assert line.min() > -1e-12
    rows, columns = np.indices(line.shape) - 15
    assert (line * rows).sum() == pytest.approx(0, abs=1e-9)
    assert (line * columns).sum() == pytest.approx(0, abs=1e-9)
    # anticlockwise as shown: up is towards smaller rows
    along = columns * np.cos(np.radians(degrees)) - rows * np.sin(np.radians(degrees))
    across = columns * np.sin(np.radians(degrees)) + rows * np.cos(np.radians(degrees))
    assert np.abs(along[line > 1e-9]).max() <= (length - 1) / 2 + 1.5
    assert np.abs(across[line > 1e-9]).max() < 1.5


def test_dtypes_are_kept_and_what_came_in_stays():
    data = torch.rand(2, 9, 9).half()
    before = data.clone()
    assert run(MotionBlur(3, 7), data).dtype == torch.float16
    assert torch.equal(data, before)


def test_bad_numbers_are_refused_and_words_are_given():
    with pytest.raises(DrawError, match="1 <= low <= high in pixels; low <= high in degrees"):
        MotionBlur(0, 1, degrees=(1, 0))
    assert MotionBlur(3, 7).plan() == "1.) motion blur of 3..7 pixels"


def test_a_direction_in_radians_is_refused():
    with pytest.raises(DrawError, match=r"0\.5236 looks like radians: as such it is 30 degrees"):
        MotionBlur(3, 5, radians(30))
