from pathlib import Path

import numpy as np
import pytest
import torch

from leyden.errors import MedicalError
from leyden.items import Image
from leyden.medical.sliding.planning import plan_windows


def test_an_image_and_its_size_give_the_same_windows() -> None:
    image = torch.zeros(2, 9, 10)
    image[0, 0, 0] = 1.0
    seen, size = plan_windows(Image(image), window=4), plan_windows((9, 10), window=4, modalities=2)
    assert seen.starts == size.starts
    assert (seen.count, seen.empty, size.empty) == (16, 15, None)
    assert seen.memory == size.memory


def test_more_windows_than_memory_are_refused_with_numbers_and_ways_out() -> None:
    with pytest.raises(MedicalError) as caught:
        plan_windows((100, 100, 100), window=(50, 50, 50), batch=2, budget=1_000_000)
    text = str(caught.value)
    assert "27 windows of 50 x 50 x 50 over 100 x 100 x 100 take" in text
    assert "(result 12 MB, windows 7 MB, " in text
    assert "more than 1 MB (the budget given); give file='result.raw' to keep" in text
    assert ", or a smaller batch than 2, or a smaller window" in text


def test_without_a_budget_half_of_the_free_memory_is_the_limit() -> None:
    with pytest.raises(MedicalError, match=r"more than .* \(50% of the .* that are free\)"):
        plan_windows((100_000, 10_000, 10_000))


def test_a_result_in_a_file_needs_less_memory(tmp_path: Path) -> None:
    within = plan_windows((50, 50, 50), window=8)
    beside = plan_windows((50, 50, 50), window=8, file=tmp_path / "result.raw")
    assert within.memory - beside.memory == within.result_bytes == 4 * 3 * 50**3


def test_files_that_cannot_be_are_refused(tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    with pytest.raises(MedicalError, match="there exists; delete it"):
        plan_windows((8, 8), window=4, file=tmp_path / "there")
    with pytest.raises(MedicalError, match="there is no folder"):
        plan_windows((8, 8), window=4, file=tmp_path / "nowhere" / "result.raw")
    with pytest.raises(MedicalError, match=r"the result takes .* GB, the disk has"):
        plan_windows((10_000, 10_000, 10_000), window=8, file=tmp_path / "result.raw", budget=10**15, regions=9)


def test_windows_of_another_rank_are_refused() -> None:
    with pytest.raises(
        MedicalError, match=r"windows of \(96, 96, 96\): want 2 lengths above 0, one an axis of \(8, 8\)"
    ):
        plan_windows((8, 8))


@pytest.mark.parametrize("overlap", [-0.5, 1.0])
def test_overlaps_outside_0_to_1_are_refused(overlap: float) -> None:
    with pytest.raises(MedicalError, match="wants numbers from 0 to below 1"):
        plan_windows((8, 8), window=4, overlap=overlap)


def test_counts_below_1_are_refused() -> None:
    with pytest.raises(MedicalError, match="batch 0, regions 3, modalities 4: each must be a whole number, 1 or more"):
        plan_windows((8, 8), window=4, batch=0)


def test_nan_in_the_image_is_named_before_planning() -> None:
    with pytest.raises(MedicalError, match=r"NaN or infinity, 1 of 64 values, the first at \(0, 0, 0\)"):
        plan_windows(torch.tensor([float("nan")] + [0.0] * 63).view(1, 8, 8), window=4)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("size", "counts", "told"),
    [
        ((8, 8, 8), {"batch": 1.5}, "batch 1.5, regions 3, .*each must be a whole number"),
        ((8, 8, 8), {"regions": 2.5}, "regions 2.5, .*each must be a whole number"),
        ((8.5, 8, 8), {}, r"a grid of \(8.5, 8, 8\): wants two or three whole lengths"),
    ],
)
def test_counts_and_sizes_are_whole(size, counts, told):
    with pytest.raises(MedicalError, match=told):
        plan_windows(size, window=4, **counts)


@pytest.mark.usefixtures("unchecked")
def test_numbers_of_numpy_are_numbers_and_arrays_are_no_images() -> None:
    assert plan_windows((9, 10), window=np.int64(4)).starts == plan_windows((9, 10), window=4).starts
    with pytest.raises(MedicalError, match="planned over an Image, a tensor or a size; given a ndarray"):
        plan_windows(np.zeros((2, 9, 10)))
