from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

import leyden as ly
from leyden.errors import DataError


@given(st.integers(2, 60), st.floats(0.01, 0.99), st.none() | st.integers(0, 3))
def test_the_parts_of_a_split_share_nothing_and_hold_all(count, share, seed):
    assume(0 < round(count * share) < count)
    first, second = ly.data.split(range(count), share, seed=seed)
    assert sorted([*first, *second]) == list(range(count))
    assert abs(len(first) - count * share) <= 0.5
    assert list(first) == sorted(first)


@given(st.lists(st.sampled_from(["aa", "b", "c", "d"]), min_size=2, max_size=60), st.floats(0.05, 0.95))
def test_a_stratified_split_gives_each_class_its_share_to_within_one(labels, share):
    count = len(labels)
    assume(0 < round(count * share) < count)
    first, second = ly.data.split(range(count), share, seed=0, stratify=labels)
    assert sorted([*first, *second]) == list(range(count))
    assert len(first) == round(count * share)
    whole, part = Counter(labels), Counter(labels[i] for i in first)
    assert all(abs(part[label] - share * whole[label]) <= 1 + 0.5 * whole[label] / count for label in whole)


def test_a_stratified_split_by_hand():
    labels = ["cat"] * 10 + ["dog"] * 5 + ["eel"] * 5
    train, validation, test = ly.data.split(range(20), (0.6, 0.2), seed=1, stratify=labels)
    assert Counter(labels[i] for i in train) == {"cat": 6, "dog": 3, "eel": 3}
    assert Counter(labels[i] for i in validation) == {"cat": 2, "dog": 1, "eel": 1}
    assert Counter(labels[i] for i in test) == {"cat": 2, "dog": 1, "eel": 1}


@pytest.mark.parametrize("kind", [list, np.array, torch.tensor, lambda x: [torch.tensor(y) for y in x]])
def test_labels_may_be_of_any_kind(kind):
    first, _ = ly.data.split(range(4), 0.5, seed=0, stratify=kind([7, 7, 8, 8]))
    assert sorted(i // 2 for i in first) == [0, 1]


@pytest.mark.parametrize("at", [np.float32(0.75), torch.tensor(0.75), np.array([0.75]), [torch.tensor(0.75)]])
def test_shares_may_be_of_any_kind_of_number(at):
    assert [len(part) for part in ly.data.split(range(8), at, seed=0)] == [6, 2]


def test_a_share_that_is_not_a_number_is_refused():
    with pytest.raises(DataError, match=r"split: shares lie between 0 and 1 .*given \(nan,\)"):
        ly.data.split(range(8), float("nan"), seed=0)


def test_a_seed_names_a_split():
    one, same, other = (list(ly.data.split(range(50), 0.5, seed=seed)[0]) for seed in (0, 0, 1))
    assert one == same != other


def test_the_parts_of_a_split_pipe_draw_as_the_pipe_does():
    pipe = range(8) | ly.data.map_random(lambda g, x: (x, g.initial_seed()))
    first, second = ly.data.split(pipe, 0.5, seed=0)
    assert sorted([*first, *second]) == list(pipe)


@pytest.mark.parametrize(
    ("at", "message"),
    [
        (1.0, r"shares lie between 0 and 1.*\(1.0,\), which sum to 1"),
        (-0.1, "shares lie between 0 and 1"),
        ((0.7, 0.2, 0.1), r"which sum to 1\. For three parts write at=\(0\.7, 0\.2\)"),
        ((), "shares lie between"),
        (0.01, r"10 elements at \(0.01,\) make parts of \[0, 10\]; none may be empty"),
    ],
)
def test_shares_that_leave_a_part_empty_are_refused(at, message):
    with pytest.raises(DataError, match=message):
        ly.data.split(range(10), at, seed=0)


def test_labels_that_are_not_one_an_element_are_refused():
    with pytest.raises(DataError, match=r"range\(0, 10\) has 10; given 3"):
        ly.data.split(range(10), 0.5, seed=0, stratify=[1, 2, 3])
    with pytest.raises(DataError, match="one label an element, each a number or a word"):
        ly.data.split(range(2), 0.5, seed=0, stratify=[[1], [2]])


@given(st.integers(2, 30), st.integers(2, 30), st.none() | st.integers(0, 3), st.booleans())
def test_every_element_is_validated_once_in_k_folds(count, k, seed, stratified):
    assume(k <= count)
    labels = [i % 3 for i in range(count)] if stratified else None
    folds = ly.data.kfolds(range(count), k, seed=seed, stratify=labels)
    assert len(folds) == k
    assert sorted(i for _, validation in folds for i in validation) == list(range(count))
    assert all(sorted([*train, *validation]) == list(range(count)) for train, validation in folds)
    sizes = {len(validation) for _, validation in folds}
    assert max(sizes) - min(sizes) <= 1
    if labels:
        for label in set(labels):
            per_fold = [sum(labels[i] == label for i in validation) for _, validation in folds]
            assert max(per_fold) - min(per_fold) <= 1


@pytest.mark.parametrize("k", [1, 0, 11])
def test_a_number_of_folds_that_leaves_a_part_empty_is_refused(k):
    with pytest.raises(DataError, match=f"between 2 and the number of elements, 10; given {k}"):
        ly.data.kfolds(range(10), k, seed=0)


labelled = st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=50)


@given(labelled, st.sampled_from([0.2, 0.5, 0.8, (0.5, 0.25)]), st.none() | st.integers(0, 3))
def test_no_group_is_in_two_parts_of_a_split(labels, at, seed):
    cuts = 1 if isinstance(at, float) else len(at)
    assume(len(set(labels)) > cuts)
    parts = [list(part) for part in ly.data.split(range(len(labels)), at, seed=seed, groups=labels)]
    assert sorted(i for part in parts for i in part) == list(range(len(labels)))
    assert all(parts)
    assert all(part == sorted(part) for part in parts)
    seen = [{labels[i] for i in part} for part in parts]
    assert sum(len(each) for each in seen) == len(set(labels))


@given(labelled, st.integers(0, 5))
def test_a_group_split_cuts_where_the_share_is_nearest(labels, seed):
    assume(len(set(labels)) > 2)
    first, _ = ly.data.split(range(len(labels)), 0.5, seed=seed, groups=labels)
    assert abs(len(first) - len(labels) / 2) <= max(Counter(labels).values()) / 2


def test_groups_without_a_seed_are_taken_from_the_front():
    train, test = ly.data.split(range(8), 0.6, seed=None, groups=["a", "b", "a", "c", "c", "d", "e", "e"])
    assert (list(train), list(test)) == ([0, 1, 2, 3, 4], [5, 6, 7])


def test_a_group_split_leaves_no_part_empty_where_one_group_is_nearly_all():
    parts = ly.data.split(range(12), (0.3, 0.3), seed=None, groups=[0] * 10 + [1, 2])
    assert [list(part) for part in parts] == [list(range(10)), [10], [11]]


@given(labelled, st.integers(2, 5), st.none() | st.integers(0, 3))
def test_no_group_is_trained_on_and_validated_in_k_folds(labels, k, seed):
    assume(len(set(labels)) >= k)
    folds = ly.data.kfolds(range(len(labels)), k, seed=seed, groups=labels)
    assert sorted(i for _, validation in folds for i in validation) == list(range(len(labels)))
    for train, validation in folds:
        assert sorted([*train, *validation]) == list(range(len(labels)))
        assert not {labels[i] for i in train} & {labels[i] for i in validation}
        assert len(validation) > 0
    sizes = [len(validation) for _, validation in folds]
    assert max(sizes) - min(sizes) <= max(Counter(labels).values())


def test_a_seed_names_folds_of_groups():
    labels = [i // 2 for i in range(20)]
    one, same, other = (
        [list(validation) for _, validation in ly.data.kfolds(range(20), 5, seed=seed, groups=labels)]
        for seed in (0, 0, 1)
    )
    assert one == same != other


def test_labels_may_be_made_of_the_elements():
    rows = [{"who": who} for who in "aabbcc"]
    train, test = ly.data.split(rows, 0.7, seed=0, groups="who")
    assert not {row["who"] for row in train} & {row["who"] for row in test}
    first, _ = ly.data.split(range(4), 0.5, seed=0, stratify=lambda x: x % 2)
    assert sorted(x % 2 for x in first) == [0, 1]


@pytest.mark.parametrize(
    "part",
    [lambda data, **more: ly.data.split(data, 0.5, **more), lambda data, **more: ly.data.kfolds(data, 2, **more)],
)
def test_parting_refuses_what_would_leak_or_cannot_be_had(part):
    with pytest.raises(DataError, match=r"after shuffle\(seed=0\): .* trained on in one would be tested on in another"):
        part(range(4) | ly.data.shuffle(), seed=0)
    with pytest.raises(DataError, match="takes stratify or groups, not both"):
        part(range(4), seed=0, stratify=[0, 1, 0, 1], groups=[0, 1, 0, 1])
    with pytest.raises(DataError, match="groups takes one label an element"):
        part(range(4), seed=0, groups=[0, 1])


def test_too_few_groups_are_refused():
    with pytest.raises(DataError, match="split: 3 parts need as many groups at least; given 2"):
        ly.data.split(range(4), (0.3, 0.3), seed=0, groups=[0, 1, 0, 1])
    with pytest.raises(DataError, match="between 2 and the number of groups, 2; given 3"):
        ly.data.kfolds(range(4), 3, seed=0, groups=[0, 1, 0, 1])


def test_a_seed_chooses_among_classes_of_equal_claims():
    labels = [index // 3 for index in range(120)]
    tested = [{labels[i] for i in ly.data.split(range(120), 0.8, seed=seed, stratify=labels)[1]} for seed in range(20)]
    assert all(len(classes) == 24 for classes in tested)
    assert set.union(*tested) == set(labels)
    assert not set.intersection(*tested)
    dealt = [ly.data.kfolds(range(6), 3, seed=seed, stratify=list("abcdef")) for seed in range(20)]
    assert len({tuple(tuple(part) for _, part in pairs) for pairs in dealt}) > 10
