from itertools import product

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from monai.data.utils import compute_importance_map, dense_patch_slices

from leyden.errors import MedicalError
from leyden.medical.sliding.places import Places, empty_windows, window_weights


@given(st.integers(4, 60), st.integers(1, 60), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.6, 0.9]))
def test_windows_start_where_those_of_monai_do(size: int, window: int, overlap: float) -> None:
    places = Places((size, size), (window, window), (overlap, overlap))
    if window >= size:
        assert places.starts == ((-((window - size) // 2),),) * 2
        return
    step = max(int(window * (1 - overlap)), 1)
    slices = dense_patch_slices((size, size), (window, window), (step, step))
    assert list(places) == [tuple(cut.start for cut in each) for each in slices]


def test_windows_cover_every_place() -> None:
    places = Places((11, 7, 5), (4, 9, 2), (0.3, 0.5, 0.0))
    seen = torch.zeros(places.size)
    for start in places:
        seen[places.cut(start)[0]] += 1
    assert seen.min() >= 1


def test_a_window_larger_than_the_grid_holds_it_in_its_middle() -> None:
    places = Places((5, 4), (8, 4), (0.5, 0.5))
    assert list(places) == [(-1, 0)]
    assert places.cut((-1, 0)) == ((slice(0, 5), slice(0, 4)), (slice(1, 6), slice(0, 4)))


@pytest.mark.parametrize("window", [(96, 96, 96), (5, 8), (1, 2, 3), (64,)])
def test_gaussian_weights_are_those_of_monai(window: tuple[int, ...]) -> None:
    torch.testing.assert_close(window_weights(window, "gaussian"), compute_importance_map(window, mode="gaussian"))


def test_flat_weights_are_one() -> None:
    assert window_weights((2, 3), "flat").tolist() == [[1.0] * 3] * 2


def test_an_unknown_blend_is_refused(unchecked: None) -> None:
    with pytest.raises(MedicalError, match="no blend 'round'; choose of gaussian, flat"):
        window_weights((2,), "round")  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("overlap", [-0.1, 1.0, 2.0])
def test_an_overlap_outside_0_to_1_is_refused(overlap: float) -> None:
    with pytest.raises(MedicalError, match=r"an overlap of .* from 0 to below 1"):
        Places((8, 8), (4, 4), (overlap, 0.5))


def test_all_faults_of_lengths_are_said_at_once() -> None:
    with pytest.raises(MedicalError, match=r"a grid of \(0, 8\).*windows of \(4, 4, 4\): want 2 lengths.*an overlap"):
        Places((0, 8), (4, 4, 4), (0.5,))


def test_a_window_is_empty_where_all_modalities_are_0() -> None:
    generator = torch.Generator().manual_seed(0)
    image = torch.rand(2, 12, 10, 9, generator=generator) * (torch.rand(2, 12, 10, 9, generator=generator) > 0.995)
    places = Places((12, 10, 9), (4, 3, 12), (0.5, 0.0, 0.5))
    slow = [not image[:, *places.cut(start)[0]].any() for start in product(*places.starts)]
    assert empty_windows(image, places) == slow
    assert 0 < sum(slow) < places.count


def test_a_window_of_negative_values_or_nan_is_not_empty() -> None:
    image = torch.tensor([[[0.0, -1.0, float("nan")]]])
    assert empty_windows(image, Places((1, 3), (1, 1), (0.0, 0.0))) == [True, False, False]


@pytest.mark.usefixtures("unchecked")
def test_windows_are_whole_pixels() -> None:
    with pytest.raises(MedicalError, match=r"windows of \(4\.5, 4\): want 2 whole lengths above 0"):
        Places((8, 8), (4.5, 4), (0.5, 0.5))  # pyright: ignore[reportArgumentType]
