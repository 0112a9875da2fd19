import colorsys
from math import pi

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from leyden.augment.colour.hue import Hue
from leyden.errors import DrawError
from leyden.items import Image, Mask

CHANNEL = st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.floats(0, 1))


def run(degrees, data):
    return Hue((degrees, degrees))(torch.Generator(), Image(data)).data


def by_colorsys(degrees, pixel):
    hue, depth, value = colorsys.rgb_to_hsv(*pixel)
    return colorsys.hsv_to_rgb((hue + degrees / 360) % 1, depth, value)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(CHANNEL, CHANNEL, CHANNEL), min_size=1, max_size=8), st.floats(-400, 400))
def test_turning_is_that_of_colorsys(pixels, degrees):
    expected = np.array([by_colorsys(degrees, pixel) for pixel in pixels]).T
    for kind, tolerance in ((torch.float64, 1e-9), (torch.float32, 2e-6)):
        result = run(degrees, torch.tensor(pixels, dtype=torch.float64).T.reshape(3, 1, -1).to(kind))
        assert result.dtype == kind
        np.testing.assert_allclose(result[:, 0], expected, atol=tolerance)


@pytest.mark.parametrize("size", [(90, 100), (20, 21, 22), (1, 1)])
def test_pictures_and_volumes_turn_alike_and_come_back(size):
    data = torch.randn(3, *size, dtype=torch.float64) * 5
    image = Image(data)
    draw = Hue(180).draw(torch.Generator().manual_seed(0), image)
    turned = draw(image).data
    torch.testing.assert_close(turned.amax(0), data.amax(0))
    torch.testing.assert_close(turned.amin(0), data.amin(0))
    torch.testing.assert_close(draw.invert(draw(image)).data, data)
    torch.testing.assert_close(run(120, data), data.roll(1, 0))


def test_grays_stay_and_bytes_become_reals():
    gray = torch.rand(1, 3, 4).expand(3, 3, 4)
    torch.testing.assert_close(run(77, gray), gray)
    red = torch.tensor([[[255]], [[0]], [[0]]], dtype=torch.uint8)
    torch.testing.assert_close(run(120, red), torch.tensor([[[0.0]], [[1.0]], [[0.0]]]))


def test_other_channels_than_three_are_refused_and_masks_alone_pass():
    with pytest.raises(DrawError, match=r"Hue.* needs 3 channels .* has 1"):
        run(10, torch.rand(1, 4, 4))
    mask = Mask(torch.ones(4, 4, dtype=torch.uint8))
    assert Hue(10)(torch.Generator(), mask) == mask
    with pytest.raises(DrawError, match="low <= high in degrees"):
        Hue((1, 0))
    assert Hue(10).plan() == "1.) hue +-10 deg"


@pytest.mark.usefixtures("unchecked")
def test_full_turns_and_radians_are_refused():
    with pytest.raises(DrawError, match=r"0\.1 looks like full turns: as such it is 36 degrees, so give 36, or"):
        Hue(0.1)
    with pytest.raises(DrawError, match=r"1\.571 looks like radians: as such it is 90 degrees"):
        Hue(pi / 2)
    assert Hue((-0.1, 0.1)).ranges((4, 4)) == ((-0.1, 0.1),)
    assert Hue(0).ranges((4, 4)) == ((0, 0),)
