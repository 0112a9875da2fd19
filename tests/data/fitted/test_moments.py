import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import StandardScaler

from leyden.data.fitted.moments import Moments, channels
from leyden.errors import DataError
from leyden.items import Image

finite = st.floats(-1e9, 1e9)


def moments_of(values, kind="real"):
    moments = Moments()
    for value in values:
        moments.take(value, kind)
    return moments


@given(st.lists(st.lists(finite, min_size=3, max_size=3), min_size=1, max_size=40))
def test_rows_have_the_moments_that_scikit_learn_finds(rows):
    moments, scaler = moments_of([torch.tensor(row, dtype=torch.float64) for row in rows], "reals"), StandardScaler()
    scaler.fit(rows)
    scale = max(1.0, float(np.abs(rows).max()))
    np.testing.assert_allclose(moments.mean, scaler.mean_, atol=1e-13 * scale)
    np.testing.assert_allclose(moments.deviation, np.sqrt(scaler.var_), atol=1e-7 * scale, rtol=1e-9)


@given(st.lists(finite | st.just(float("nan")), min_size=1, max_size=60), st.integers(1, 9))
def test_single_values_and_tensors_of_them_agree(values, size):
    chunks = [
        torch.tensor([values[start : start + size]], dtype=torch.float64) for start in range(0, len(values), size)
    ]
    kinds = ["missing" if value != value else "real" for value in values]
    one, other = Moments(), moments_of(chunks, "reals")
    for value, kind in zip(values, kinds, strict=True):
        one.take(value, kind)
    known = [value for value in values if value == value]
    assert one.empty == other.empty == (not known)
    if known:
        np.testing.assert_allclose(one.mean, other.mean[0], rtol=1e-12, atol=1e-6)
        np.testing.assert_allclose(one.deviation, other.deviation[0], rtol=1e-6, atol=10)
        np.testing.assert_allclose(one.mean, np.mean(known), rtol=1e-12, atol=1e-6)


def test_a_large_mean_does_not_drown_a_small_deviation():
    values = (1e9 + np.array([0.0, 1.0, 2.0, 3.0] * 5000)).tolist()
    moments = moments_of(values)
    assert moments.mean == pytest.approx(1e9 + 1.5, abs=1e-6)
    assert moments.deviation == pytest.approx(np.sqrt(1.25), rel=1e-9)


@pytest.mark.parametrize("value", [0.1, 1e9 + 0.1, -3.0, 0.0])
@pytest.mark.parametrize("count", [1, 3, 5000])
def test_equal_values_have_deviation_0_whatever_rounding_does(value, count):
    assert moments_of([value] * count).deviation == 0.0
    assert moments_of([torch.full((2, 7), value, dtype=torch.float64)] * 3, "reals").deviation == (0.0, 0.0)


def test_memory_does_not_grow_with_the_number_of_values():
    moments = Moments()
    tracemalloc.start()
    for value in range(20_000):
        moments.take(float(value), "real")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 400_000, "eight bytes of each would be more, with their lists"
    assert moments.mean == pytest.approx(9_999.5)


def test_each_channel_leaves_its_own_gaps_out():
    nan = float("nan")
    moments = moments_of([torch.tensor([[1.0, nan], [nan, nan]]), torch.tensor([[3.0, 8.0], [5.0, 7.0]])], "reals")
    assert moments.mean == (4.0, 6.0)
    assert not moments.empty
    assert moments_of([torch.tensor([[1.0], [nan]])], "reals").empty
    assert moments_of([torch.zeros(0, 3)], "reals").empty
    assert moments_of([torch.zeros(2, 0)], "reals").empty


def test_what_is_infinite_or_of_other_channels_is_refused():
    with pytest.raises(DataError, match="is infinite; replace it first"):
        moments_of([float("inf")])
    with pytest.raises(DataError, match="has 3 channels, those before 2; the first axis"):
        moments_of([torch.zeros(2), torch.zeros(3, 4)], "reals")


def test_channels_are_the_first_axis_of_anything_in_double_precision():
    for value in (
        torch.zeros(3, 2, 2, dtype=torch.uint8),
        np.zeros((3, 4)),
        Image(torch.zeros(3, 1, 4)),
        torch.zeros(3),
    ):
        assert (len(channels(value)), channels(value).dtype) == (3, np.float64)
