import itertools

import numpy as np
import pytest

from leyden.medical import Scheme, scheme
from leyden.widget.augment.drawing.marks import colour_of
from leyden.widget.volume.drawing.colours import (
    DIFFERENCE,
    code_colours,
    difference_colours,
    region_colours,
    rgb_of,
)  # fmt: skip

# Machado, Oliveira, Fernandes 2009, DOI 10.1109/TVCG.2009.113: full loss of one kind of cone, on linear RGB
BLIND = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def lab(linear):
    """CIE L*a*b* of linear RGB."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(to_xyz @ linear.clip(0, 1) / [0.9505, 1, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("kind", BLIND)
def test_right_missed_and_made_up_are_told_apart_by_everyone(kind):
    seen = [lab(np.array(BLIND[kind]) @ (np.array(rgb_of(colour)) / 255) ** 2.2) for colour in DIFFERENCE[:3]]
    for one, two in itertools.combinations(seen, 2):
        assert np.linalg.norm(one - two) > 20  # 2.3 is just noticeable


def test_codes_have_the_colours_of_masks_everywhere():
    assert [code_colours()[code] for code in (1, 2, 4, 200)] == [colour_of(code) for code in (1, 2, 4, 200)]


def test_regions_have_colours_of_their_own():
    for name in ("brats21", "brats24", "msd"):
        colours = region_colours(scheme(name))
        assert len(set(colours)) == len(colours)
    alike = Scheme("alike", {1: "a", 2: "b"}, {"one": (1, 2), "two": (1, 2)})
    assert len(set(region_colours(alike))) == 2


def test_colours_of_a_difference_begin_at_1():
    assert difference_colours().shape == (5, 3)
    assert tuple(difference_colours()[1]) == rgb_of(DIFFERENCE[0])
