from dataclasses import replace

import numpy as np
import pytest

from leyden.widget.volume.film import Film


@pytest.fixture
def state(panel):
    return panel.state


def shots(film, state):
    return [one.pixels for one in film.slices(state)]


def test_pixels_have_the_aspect_of_the_voxels(state):
    shapes = [one.shape[:2] for one in shots(Film(), state)]
    assert shapes == [tuple(round(mm * 380 / 20) for mm in pair) for pair in ((12, 14), (20, 14), (20, 12))]


def test_a_slice_is_drawn_once_as_long_as_it_stays_the_same(state):
    film = Film()
    first = shots(film, state)
    z, y, x = state.place
    moved = shots(film, replace(state, place=(z + 1, y, x)))
    assert [one is two for one, two in zip(first, moved, strict=True)] == [False, True, True]
    assert all(one is two for one, two in zip(first, shots(film, state), strict=True))


def test_the_cross_hair_is_not_in_the_slices_but_in_the_still(state):
    film, bare = Film(), replace(state, style=replace(state.style, cross=False))
    assert all(one is two for one, two in zip(shots(film, state), shots(film, bare), strict=True))
    assert not np.array_equal(film.still(state), film.still(bare))


@pytest.mark.parametrize(
    "change",
    [
        {"layer": "truth"}, {"layer": "none"}, {"part": "ET"}, {"fill": "outline"}, {"opacity": 0.9}, {"zoom": 2.0},
        {"modality": "flair"}, {"windows": (("t1", (0.0, 500.0)),)}, {"interpolation": "voxels"},
        {"convention": "neurological"},
    ],
    ids=str,
)  # fmt: skip
def test_pictures_change_with_the_style(state, change):
    film = Film()
    before, after = film.slices(state)[0], film.slices(replace(state, style=replace(state.style, **change)))[0]
    assert not np.array_equal(before.pixels, after.pixels)
    assert np.array_equal(before.pixels, film.slices(state)[0].pixels)


def test_words_say_what_is_seen(state):
    assert film_words(state)[0] == (f"axial slice {state.place[0]} of 0 to 9, {state.told()}")


def film_words(state):
    return [one.words for one in Film().slices(state)]
