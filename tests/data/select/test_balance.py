import pickle
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

import leyden as ly
from leyden.data.select.balance import oversample, undersample
from leyden.errors import DataError

many = st.lists(st.sampled_from("aabcc"), max_size=40)


@given(many, st.integers(0, 3))
def test_oversampling_makes_every_class_as_frequent_as_the_largest(labels, epoch):
    view = range(len(labels)) | oversample(labels, seed=epoch)
    view.set_epoch(epoch)
    indices = list(view)
    largest = max(Counter(labels).values(), default=0)
    assert Counter(labels[i] for i in indices) == dict.fromkeys(labels, largest)
    assert indices == sorted(indices) == [view.at(i, ly.data.Moment(epoch)) for i in range(len(view))]
    times = Counter(indices)
    assert set(times) == set(range(len(labels)))
    for key in set(labels):
        of_class = [times[i] for i, label in enumerate(labels) if label == key]
        assert max(of_class) - min(of_class) <= 1


@given(many, st.integers(0, 3))
def test_undersampling_makes_every_class_as_rare_as_the_smallest(labels, epoch):
    view = range(len(labels)) | undersample(labels)
    view.set_epoch(epoch)
    indices = list(view)
    smallest = min(Counter(labels).values(), default=0)
    assert Counter(labels[i] for i in indices) == dict.fromkeys(labels, smallest)
    assert indices == sorted(set(indices))


@pytest.mark.parametrize("verb", [oversample, undersample])
def test_what_is_drawn_depends_on_seed_epoch_and_part_only(verb):
    labels = [0] * 8 + [1] * 12
    one, same, other = (range(20) | verb(labels, seed=seed) for seed in (0, 0, 1))
    first, second = list(one), list(one)
    assert first == list(same) != second == list(pickle.loads(pickle.dumps(same)))
    assert list(other) != first
    halves = list(ly.data.concatenate(range(20) | verb(labels), range(20) | verb(labels)))
    assert halves[: len(first)] != halves[len(first) :]
    assert list(verb(range(20), labels) | ly.data.parallel(3)) == first


def test_over_the_epochs_undersampling_meets_every_element():
    view = undersample(range(12), [0] * 3 + [1] * 9)
    assert {i for _ in range(20) for i in view} == set(range(12))


def test_classes_may_be_made_of_the_elements_which_are_read_once():
    read = []
    data = range(5) | ly.data.map(lambda x: (read.append(x), x)[1])
    view = oversample(data, lambda x: x == 4)
    assert read == []
    assert (len(view), read) == (8, [0, 1, 2, 3, 4])
    assert list(view) == [0, 1, 2, 3, 4, 4, 4, 4]


def test_they_print_as_expressions_and_refuse_wrong_labels():
    assert repr(range(2) | oversample([0, 1])) == "range(0, 2) | oversample((0, 1))"
    assert repr(range(2) | undersample("x", seed=2)) == "range(0, 2) | undersample('x', seed=2)"
    with pytest.raises(DataError, match=r"undersample takes one label an element: range\(0, 2\) has 2; given 1"):
        undersample(range(2), [0])
    with pytest.raises(DataError, match="oversample after shuffle"):
        range(2) | ly.data.shuffle() | oversample([0, 1])
    with pytest.raises(DataError, match="would freeze"):
        range(2) | oversample([0, 1]) | ly.data.cache()
