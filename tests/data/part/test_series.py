import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import leyden as ly
from leyden.data.part.series import time_series_folds
from leyden.errors import DataError


class Unread:
    """A container that must not be read."""

    def __len__(self):
        return 12

    def __getitem__(self, index):
        raise AssertionError(index)


@given(
    st.integers(2, 40),
    st.integers(1, 6),
    st.integers(0, 4),
    st.none() | st.integers(1, 6),
    st.none() | st.integers(1, 6),
)
def test_training_lies_before_validation_and_validation_goes_on_to_the_end(count, k, gap, window, size):
    each = size or count // (k + 1)
    assume(each and count - k * each - gap >= (window or 1))
    folds = time_series_folds(range(count), k, gap=gap, window=window, size=size)
    assert len(folds) == k
    assert [i for _, validation in folds for i in validation] == list(range(count - k * each, count))
    for train, validation in folds:
        past, future = list(train), list(validation)
        assert past == list(range(past[0], future[0] - gap))
        assert len(future) == each
        assert (past[0] == 0) if window is None else len(past) == window


def test_folds_read_nothing():
    assert [(len(train), len(validation)) for train, validation in time_series_folds(Unread(), 3)] == [
        (3, 3),
        (6, 3),
        (9, 3),
    ]


@pytest.mark.parametrize(
    ("k", "options", "message"),
    [
        (0, {}, "k is at least 1; given 0"),
        (10, {}, "10 elements are too few for k=10, gap=0, window=None and validation parts of 0"),
        (4, {"gap": 2}, "validation parts of 2: 0 are left to train the first on"),
        (2, {"window": 5}, "window=5 and validation parts of 3: 4 are left"),
        (2, {"size": 6}, "validation parts of 6: 0 are left"),
        (2, {"gap": -1}, "gap is at least 0; given -1"),
        (2, {"window": 0}, "window is at least 1; given 0"),
    ],
    ids=str,
)
def test_numbers_that_leave_a_part_empty_are_refused(k, options, message):
    with pytest.raises(DataError, match=message):
        time_series_folds(range(10), k, **options)


def test_elements_without_a_place_in_time_are_refused():
    with pytest.raises(DataError, match=r"time_series_folds after shuffle\(seed=0\)"):
        time_series_folds(range(10) | ly.data.shuffle(), 2)
