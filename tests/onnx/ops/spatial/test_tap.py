"""Where an output looks in the input, by hand."""

import pytest
import torch

from leyden.onnx.ops.spatial.tap import Axis, cubic_taps, linear_taps, nearest_index, positions

CPU = torch.device("cpu")
DOUBLED = Axis(0, 2, 4, 2.0)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("half_pixel", [-0.25, 0.25, 0.75, 1.25]),
        ("pytorch_half_pixel", [-0.25, 0.25, 0.75, 1.25]),
        ("half_pixel_symmetric", [-0.25, 0.25, 0.75, 1.25]),
        ("asymmetric", [0.0, 0.5, 1.0, 1.5]),
        ("align_corners", [0.0, 1 / 3, 2 / 3, 1.0]),
        ("tf_half_pixel_for_nn", [0.25, 0.75, 1.25, 1.75]),
        ("tf_crop_and_resize", [0.0, 1 / 3, 2 / 3, 1.0]),
    ],
)
def test_places_of_a_doubled_axis_are_those_of_the_definition(mode: str, expected: list[float]) -> None:
    assert positions(DOUBLED, mode, CPU).tolist() == pytest.approx(expected)


def test_a_crop_is_looked_at_between_its_edges() -> None:
    crop = Axis(0, 5, 3, 0.6, start=0.25, end=0.75)
    assert positions(crop, "tf_crop_and_resize", CPU).tolist() == pytest.approx([1.0, 2.0, 3.0])


def test_the_one_place_of_a_crop_is_its_middle() -> None:
    crop = Axis(0, 5, 1, 0.2, start=0.5, end=1.0)
    assert positions(crop, "tf_crop_and_resize", CPU).tolist() == [3.0]


def test_one_place_is_the_first_where_pytorch_says_so() -> None:
    assert positions(Axis(0, 5, 1, 0.2), "pytorch_half_pixel", CPU).tolist() == [0.0]


def test_corners_meet_at_the_fractional_width_that_a_factor_asks_for() -> None:
    assert positions(Axis(0, 4, 2, 0.6, exact=False), "align_corners", CPU).tolist() == pytest.approx([0, 3 / 1.4])


def test_an_unknown_mode_is_named() -> None:
    with pytest.raises(ValueError, match="coordinate_transformation_mode 'middle'"):
        positions(DOUBLED, "middle", CPU)


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        ("round_prefer_floor", [0, 0, 1, 1]),
        ("round_prefer_ceil", [0, 1, 1, 2]),
        ("floor", [0, 0, 0, 1]),
        ("ceil", [0, 1, 1, 2]),
    ],
)
def test_nearest_rounds_halves_as_it_is_told(rounding: str, expected: list[int]) -> None:
    assert nearest_index(torch.tensor([0.0, 0.5, 0.75, 1.5]), 3, rounding).tolist() == expected


def test_nearest_stays_inside() -> None:
    assert nearest_index(torch.tensor([-0.75, 9.0]), 3, "floor").tolist() == [0, 2]


def test_an_unknown_rounding_is_named() -> None:
    with pytest.raises(ValueError, match="nearest_mode 'odd'; it has round_prefer_floor"):
        nearest_index(torch.zeros(1), 3, "odd")


def test_a_stretched_filter_takes_more_elements_and_sums_to_one() -> None:
    index, weight = linear_taps(torch.tensor([1.5]), 0.5)
    assert index.tolist() == [[0, 1, 2, 3]]
    assert weight.tolist() == [[0.125, 0.375, 0.375, 0.125]]


def test_cubic_weights_are_those_of_keys() -> None:
    index, weight = cubic_taps(torch.tensor([0.5]), a=-0.5)
    assert index.tolist() == [[-1, 0, 1, 2]]
    assert weight.tolist() == [[-0.0625, 0.5625, 0.5625, -0.0625]]


def test_cubic_on_an_element_takes_it_alone() -> None:
    assert cubic_taps(torch.tensor([2.0]))[1].tolist() == [[0.0, 1.0, 0.0, 0.0]]
