import numpy as np
import pytest

from leyden.augment.spatial import geometry
from leyden.errors import DrawError


def apply(matrix, *place):
    return tuple((np.array(matrix) @ [*place, 1])[:-1])


def test_a_quarter_turn_takes_right_to_up():
    turn = geometry.about_centre(geometry.rotation(90, (0, 1), 2), (5, 5))
    assert apply(turn, 2, 4) == (0, 2)


@pytest.mark.parametrize("degrees", [-450, -90, 0, 90, 180, 270, 360.0])
def test_right_angles_are_exact(degrees):
    turn = geometry.rotation(degrees, (0, 2), 3)
    assert {abs(entry) for row in turn for entry in row} == {0.0, 1.0}
    np.testing.assert_allclose(turn, geometry.rotation(degrees + 1e-9, (0, 2), 3), atol=1e-9)


def test_the_centre_goes_to_the_centre():
    linear = ((1.5, 0.2), (-0.3, 0.7))
    matrix = geometry.about_centre(linear, (4, 7), (9, 2))
    assert apply(matrix, 1.5, 3.0) == pytest.approx((4.0, 0.5))


def test_shifts_add_and_scalings_multiply():
    assert apply(geometry.shift((1, 2.5, -3)), 0, 0, 0) == (1, 2.5, -3)
    assert geometry.scaling((2, 3)) == ((2, 0.0), (0.0, 3))


def test_an_axis_is_named_from_the_last_on():
    assert [geometry.axis_index(axis, 3) for axis in ("z", "y", "x")] == [0, 1, 2]
    with pytest.raises(DrawError, match="no z axis in a grid of 2; its axes are y x"):
        geometry.axis_index("z", 2)


def test_a_window_comes_onto_a_grid_from_edge_to_edge():
    matrix = geometry.onto_window((3, 0), (4, 10), (8, 5))
    assert apply(matrix, 2.5, -0.5) == (-0.5, -0.5)
    assert apply(matrix, 6.5, 9.5) == (7.5, 4.5)


def test_axes_take_each_others_place_and_all_pixels_stay_on_the_grid():
    matrix, size = geometry.turn_axes((3, -1, 2), (4, 5, 6))
    assert size == (6, 4, 5)
    assert apply(matrix, 0, 0, 0) == (0, 3, 0)
    assert apply(matrix, 3, 4, 5) == (5, 0, 4)


def test_a_plane_is_named_by_what_stands_across_it():
    assert [geometry.across(axis, 3, who="") for axis in ("z", "y", "x")] == [(1, 2), (0, 2), (0, 1)]
    with pytest.raises(DrawError, match="'a turn' needs a volume"):
        geometry.across("x", 2, who="a turn")


@pytest.mark.parametrize("linear", [geometry.shift((1.0, 1.0)), geometry.scaling((1.0, 1.0, 1.0)), ((1.0, 0.0),)])
def test_a_map_with_a_shift_or_of_other_axes_has_no_centre(linear):
    with pytest.raises(DrawError, match="about_centre wants 2 rows of 2 numbers, without shift"):
        geometry.about_centre(linear, (4, 4))


def test_true_to_scale_is_the_map_between_places_in_mm():
    turn, spacing = geometry.rotation(30, (0, 2), 3), np.diag([5.0, 0.7, 1.3])
    scaled = np.array(geometry.true_to_scale(turn, (5.0, 0.7, 1.3)))
    np.testing.assert_allclose(spacing @ scaled, np.array(turn) @ spacing)
    root = np.array([[2.0, 0.3, 0.1], [0.3, 1.5, 0.2], [0.1, 0.2, 0.9]])
    scaled = np.array(geometry.true_to_scale(turn, tuple(root[np.triu_indices(3)])))
    np.testing.assert_allclose(root @ scaled, np.array(turn) @ root)
    assert geometry.true_to_scale(turn, ()) is turn


def test_quarter_turns_stay_exact_where_lengths_are_alike():
    turn = geometry.rotation(90, (1, 2), 3)
    assert geometry.true_to_scale(turn, (5.0, 0.7, 0.70001)) == turn


@pytest.mark.parametrize("metric", [(0.0,) * 3, (1.0, 2.0, 1.0), (-1.0, 0.0, 1.0)])
def test_a_metric_that_no_grid_has_is_refused(metric):
    with pytest.raises(DrawError, match="a metric that no grid has"):
        geometry.true_to_scale(geometry.rotation(9, (0, 1), 2), metric)


@pytest.mark.parametrize("metric", [(1.0,), (1.0, 0.0), (-1.0, 1.0), (1.0,) * 4])
def test_a_metric_of_other_axes_or_without_length_is_refused(metric):
    with pytest.raises(DrawError, match="2 axes has 2 lengths above 0 or 3 numbers"):
        geometry.true_to_scale(geometry.rotation(9, (0, 1), 2), metric)
