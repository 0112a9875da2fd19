from collections import Counter
from itertools import permutations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import leyden as ly
from leyden.data.select.weighting import weighted_sample
from leyden.errors import DataError

weights = st.lists(st.floats(0, 10, width=16), min_size=1, max_size=12).filter(any)


@given(weights, st.integers(0, 20), st.integers(0, 3))
def test_only_elements_of_some_weight_are_drawn_as_many_as_asked_for(values, count, epoch):
    view = range(len(values)) | weighted_sample(values, count=count)
    view.set_epoch(epoch)
    drawn = list(view)
    assert len(drawn) == len(view) == count
    assert all(values[i] > 0 for i in drawn)


@given(weights, st.integers(0, 3))
def test_without_replacement_none_is_drawn_twice(values, epoch):
    some = [i for i, value in enumerate(values) if value]
    view = range(len(values)) | weighted_sample(values, count=len(some), replacement=False)
    view.set_epoch(epoch)
    assert sorted(view) == some


def test_elements_come_in_proportion_to_their_weights():
    draws = Counter(range(4) | weighted_sample([1, 0, 2, 5], count=40_000, seed=3))
    for index, share in ((0, 1 / 8), (2, 2 / 8), (3, 5 / 8)):
        sigma = (40_000 * share * (1 - share)) ** 0.5
        assert abs(draws[index] - 40_000 * share) < 4 * sigma


def test_without_replacement_orders_come_as_often_as_successive_draws_make_them():
    values, epochs = (1.0, 2.0, 4.0), 4000
    view = range(3) | weighted_sample(values, replacement=False)
    seen = Counter(tuple(view) for _ in range(epochs))
    for order in permutations(range(3)):
        left, chance = sum(values), 1.0
        for index in order:
            chance, left = chance * values[index] / left, left - values[index]
        assert abs(seen[order] - epochs * chance) < 4 * (epochs * chance * (1 - chance)) ** 0.5


def test_draws_depend_on_seed_and_epoch_and_weights_count_relatively():
    one, same, other = (weighted_sample(range(9), range(1, 10), seed=seed) for seed in (0, 0, 1))
    first, second = list(one), list(one)
    assert first == list(same) == list(weighted_sample(range(9), np.arange(1, 10) * 1e-300)) != second == list(same)
    assert list(other) != first
    assert list(same | ly.data.parallel(2) | ly.data.subset(range(9)))[:9] == first


@pytest.mark.parametrize("kind", [list, tuple, np.array, torch.tensor])
def test_weights_may_be_of_any_kind(kind):
    assert set(weighted_sample(["a", "b"], kind([0.0, 3.0]))) == {"b"}


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ([1, -1, float("nan")], {}, "finite and not negative; given -1.0 at 1, nan at 2"),
        ([float("inf")] * 5, {}, "inf at 2 and 2 more"),
        ([0, 0, 0], {}, "at least one weight is above 0; given 3 that are all 0"),
        ([], {}, "at least one weight"),
        ([1, 2], {}, r"one weight an element: range\(0, 3\) has 3; given 2"),
        ([1, 0, 0], {"replacement": False}, "above 0, here 1; asked for 3"),
        ([1, 1, 1], {"count": -1}, "the count is at least 0; given -1"),
        (["a", 1, 1], {}, "weights are numbers in a row"),
        (3, {}, "weights are numbers in a row; given 3"),
        ({0: 0.2, 1: 0.3, 2: 0.5}, {}, "one weight an element, in a row; given a dict"),
    ],
    ids=str,
)
def test_weights_that_cannot_be_drawn_by_are_refused(values, options, message):
    with pytest.raises(DataError, match=message):
        weighted_sample(range(3), values, **options)


def test_weights_of_elements_that_change_places_are_refused():
    with pytest.raises(DataError, match="brings elements to other weights"):
        range(2) | ly.data.shuffle() | weighted_sample([1, 1])
