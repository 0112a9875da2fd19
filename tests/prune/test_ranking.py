import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.errors import PruneError
from leyden.prune.ranking import check_method, has_nan, keep_highest

LONG = (1 << 18) + 5  # more than is looked at in one piece


def by_sorting(scores, count, standing=None):
    """The obvious reference: which (name, position) go, lowest first, what stands pruned before all others."""
    entries = [
        (standing is None or name not in standing or bool(standing[name].flatten()[place]), value, name, place)
        for name, score in scores.items()
        for place, value in enumerate(score.flatten().tolist())
    ]
    # those that stand pruned have no order among themselves but that of their places
    entries.sort(key=lambda entry: (entry[0], entry[1] if entry[0] else 0))
    return {(name, place) for _, _, name, place in entries[:count]}


def gone(kept):
    return {(name, place) for name, mask in kept.items() for place in (~mask.flatten()).nonzero().flatten().tolist()}


def drawn(sizes, levels, seed):
    generator = torch.Generator().manual_seed(seed)
    return {
        str(index): torch.randint(-levels, levels + 1, (size,), generator=generator).float() / 4
        for index, size in enumerate(sizes)
    }


@given(
    sizes=st.lists(st.integers(0, 30), min_size=1, max_size=4),
    levels=st.integers(1, 6),
    sparsity=st.floats(0, 0.999),
    seed=st.integers(0, 1000),
)
def test_what_goes_is_the_start_of_a_stable_sort(sizes, levels, sparsity, seed):
    scores = drawn(sizes, levels, seed)
    assert gone(keep_highest(scores, sparsity)) == by_sorting(scores, round(sparsity * sum(sizes)))


@given(
    sizes=st.lists(st.integers(1, 20), min_size=1, max_size=3),
    sparsity=st.floats(0, 0.999),
    seed=st.integers(0, 1000),
)
def test_what_stands_pruned_counts_first(sizes, sparsity, seed):
    scores = drawn(sizes, 4, seed)
    standing = {name: score > 0 for name, score in drawn(sizes, 1, seed + 1).items() if name != "1"}
    kept = keep_highest(scores, sparsity, standing=standing)
    assert gone(kept) == by_sorting(scores, round(sparsity * sum(sizes)), standing)


@given(
    values=st.lists(st.floats(width=32, allow_nan=False), min_size=1, max_size=20),
    sparsity=st.floats(0, 0.999),
    dtype=st.sampled_from([torch.float32, torch.float64]),
)
def test_every_number_has_its_rank_infinite_and_tiny_ones_too(values, sparsity, dtype):
    scores = {"a": torch.tensor(values, dtype=dtype)}
    assert gone(keep_highest(scores, sparsity)) == by_sorting(scores, round(sparsity * len(values)))


def test_local_scope_takes_the_share_of_each_tensor():
    scores = {"small": torch.tensor([1.0, 2.0]), "large": torch.tensor([10.0, 20.0])}
    kept = keep_highest(scores, 0.5, scope="local")
    assert {name: mask.tolist() for name, mask in kept.items()} == {"small": [False, True], "large": [False, True]}


def test_absolute_values_are_ranked_on_request():
    assert keep_highest({"a": torch.tensor([-3.0, 1.0])}, 0.5, absolute=True)["a"].tolist() == [True, False]
    assert keep_highest({"a": torch.tensor([-3.0, 1.0])}, 0.5)["a"].tolist() == [False, True]


def test_scores_are_left_alone_when_absolute_values_are_taken():
    scores = torch.tensor([-3.0, 1.0])
    keep_highest({"a": scores}, 0.5, absolute=True)
    assert scores.tolist() == [-3.0, 1.0]


def test_minus_zero_is_zero():
    assert keep_highest({"a": torch.tensor([0.0, -0.0])}, 0.5)["a"].tolist() == [False, True]


def test_tensors_of_several_types_are_ranked_together():
    scores = {
        "half": torch.tensor([1.0, 4.0], dtype=torch.float16),
        "brain": torch.tensor([2.0, 5.0], dtype=torch.bfloat16),
        "double": torch.tensor([3.0, 6.0], dtype=torch.float64),
        "whole": torch.tensor([3, 4]),
    }
    assert [mask.tolist() for mask in keep_highest(scores, 0.5).values()] == [[False, True]] * 4


def test_doubles_that_differ_by_less_than_a_float_can_say_are_told_apart():
    scores = {"a": torch.tensor([1.0 + 1e-12, 1.0], dtype=torch.float64)}
    assert keep_highest(scores, 0.5)["a"].tolist() == [True, False]


def test_ties_that_span_pieces_go_in_order():
    kept = keep_highest({"a": torch.zeros(LONG), "b": torch.zeros(LONG)}, 0.75)
    assert not kept["a"].any()
    first = round(0.75 * 2 * LONG) - LONG
    assert not kept["b"][:first].any()
    assert bool(kept["b"][first:].all())


def test_many_scores_are_cut_where_a_sort_cuts_them():
    scores = torch.randn(LONG, generator=torch.Generator().manual_seed(0))
    limit = scores.sort().values[round(0.9 * LONG)]
    assert torch.equal(keep_highest({"a": scores}, 0.9)["a"], scores >= limit)


def test_scores_that_are_not_contiguous_are_read_in_their_order():
    scores = torch.arange(6.0).view(2, 3).T
    assert keep_highest({"a": scores}, 0.5)["a"].tolist() == [[False, True], [False, True], [False, True]]


def test_masks_have_the_shape_of_the_scores():
    kept = keep_highest({"a": torch.ones(2, 3, 4), "empty": torch.ones(0, 3)}, 0.5)
    assert {name: tuple(mask.shape) for name, mask in kept.items()} == {"a": (2, 3, 4), "empty": (0, 3)}


def test_every_fault_is_named():
    scores = {"a": torch.tensor([torch.nan, 1.0]), "b": torch.tensor([1.0]), "c": torch.tensor([torch.nan])}
    with pytest.raises(PruneError, match=r"share from 0 to below 1 .* 1.5 was given; a: a score is NaN.*; c: a score"):
        keep_highest(scores, 1.5)


@pytest.mark.parametrize("share", [-0.1, 1.0, 1.1, float("nan"), True])
def test_a_share_out_of_range_is_refused(share):
    with pytest.raises(PruneError, match="share from 0 to below 1"):
        check_method(share)


def test_a_scope_that_is_none_is_refused():
    with pytest.raises(PruneError, match='scope is "global" or "local"; \'layer\' was given; more'):
        check_method(0.5, "layer", "more")


@pytest.mark.parametrize("place", [0, LONG - 1])
def test_a_single_nan_is_found_wherever_it_is(place):
    numbers = torch.zeros(LONG)
    numbers[place] = torch.nan
    assert has_nan(numbers)


def test_whole_numbers_hold_no_nan():
    assert not has_nan(torch.ones(3, dtype=torch.int64))


def test_a_tensor_of_few_scores_keeps_one_of_them_under_local():
    kept = keep_highest({"few": torch.tensor([1.0, 2.0]), "one": torch.tensor([0.0])}, 0.9, scope="local")
    assert {name: mask.tolist() for name, mask in kept.items()} == {"few": [False, True], "one": [True]}
