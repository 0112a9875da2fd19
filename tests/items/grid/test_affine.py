import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leyden.errors import DrawError
from leyden.items.grid import affine


def maps(axes: int) -> st.SearchStrategy[affine.Affine]:
    entries = st.floats(-2, 2).map(lambda number: round(number, 3))
    rows = st.lists(st.lists(entries, min_size=axes + 1, max_size=axes + 1), min_size=axes, max_size=axes)

    def finish(top: list[list[float]]) -> affine.Affine:
        # a heavy diagonal keeps every map invertible
        lifted = [[entry + 9 * (row == column) for column, entry in enumerate(line)] for row, line in enumerate(top)]
        return (*map(tuple, lifted), (*[0.0] * axes, 1.0))

    return rows.map(finish)


two_maps = st.sampled_from([2, 3]).flatmap(lambda axes: st.tuples(maps(axes), maps(axes)))


@given(two_maps)
def test_composing_is_multiplying_matrices(pair):
    first, second = pair
    np.testing.assert_allclose(affine.compose(first, second), np.array(second) @ np.array(first), rtol=1e-12, atol=1e-9)


@given(two_maps)
def test_a_map_and_its_inverse_move_nothing(pair):
    there, _ = pair
    np.testing.assert_allclose(affine.compose(there, affine.invert(there)), affine.identity(len(there) - 1), atol=1e-12)


@given(two_maps)
def test_the_determinant_is_that_of_the_linear_part(pair):
    there, _ = pair
    assert affine.determinant(there) == pytest.approx(np.linalg.det(np.array(there)[:-1, :-1]))


def test_a_flat_map_has_no_inverse():
    flat = ((1.0, 2.0, 0.0), (2.0, 4.0, 0.0), (0.0, 0.0, 1.0))
    with pytest.raises(DrawError, match="flattens space"):
        affine.invert(flat)


def test_the_inverse_of_whole_pixels_is_whole():
    turn = ((0.0, -1.0, 7.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0))
    assert affine.invert(turn) == ((0.0, 1.0, 0.0), (-1.0, 0.0, 7.0), (0.0, 0.0, 1.0))


def perspectives(axes: int) -> st.SearchStrategy[affine.Affine]:
    slopes = st.lists(st.floats(-0.01, 0.01), min_size=axes, max_size=axes)
    return st.tuples(maps(axes), slopes).map(lambda both: (*both[0][:-1], (*both[1], 1.0)))


two_perspectives = st.sampled_from([2, 3]).flatmap(lambda axes: st.tuples(perspectives(axes), perspectives(axes)))


@given(two_perspectives)
def test_perspectives_compose_and_invert_as_matrices_do(pair):
    first, second = pair
    np.testing.assert_allclose(affine.compose(first, second), np.array(second) @ np.array(first), rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(np.array(affine.invert(first)) @ np.array(first), np.eye(len(first)), atol=1e-10)
    assert affine.determinant(first) == pytest.approx(np.linalg.det(np.array(first)))


@given(two_perspectives)
def test_the_tangent_says_where_neighbours_go(pair):
    matrix, place = np.array(pair[0]), np.full(len(pair[0]) - 1, 1.5)

    def carry(at):
        sums = matrix @ [*at, 1]
        return sums[:-1] / sums[-1]

    step = 1e-5 * np.eye(len(place))
    slopes = np.stack([(carry(place + aside) - carry(place - aside)) / 2e-5 for aside in step], 1)
    np.testing.assert_allclose(affine.tangent(pair[0], tuple(place)), slopes, atol=1e-5)


def test_slants_zooms_half_pixels_and_perspectives_are_not_exact():
    slant = ((1.0, 0.1, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    zoom = ((2.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    half = ((1.0, 0.0, 0.5), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    far = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.1, 1.0))
    assert not any(map(affine.is_exact, (slant, zoom, half, far)))
