from dataclasses import dataclass

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from leyden.errors import PruneError
from leyden.prune import Magnitude, Scope, Subject, masks, prune, sparsity
from leyden.prune.method import Side, Structured, channels


@dataclass(frozen=True)
class Mean(Structured):
    """Ranks filters by the mean of their weights."""

    sparsity: float
    scope: Scope = "local"
    axis: Side = 0

    def filter_scores(self, weights, subject=None):
        layout = channels(weights, self.axis, subject)
        return {name: layout[name].matrix(weight).mean(1) for name, weight in weights.items()}


def rows(*values):
    return torch.tensor(values)[:, None].expand(-1, 3)


def kept_rows(method, **weights):
    return {name: mask.all(1).tolist() for name, mask in method(weights).items()}


@given(
    sizes=st.lists(st.integers(1, 8), min_size=1, max_size=4),
    share=st.floats(0, 0.999),
    scope=st.sampled_from(["global", "local"]),
    seed=st.integers(0, 100),
)
def test_whole_filters_go_in_exact_number_and_one_of_each_tensor_stays(sizes, share, scope, seed):
    generator = torch.Generator().manual_seed(seed)
    weights = {str(i): torch.randint(0, 4, (size, 2, 2), generator=generator).float() for i, size in enumerate(sizes)}
    kept = {name: mask.flatten(1) for name, mask in Mean(share, scope)(weights).items()}
    assert all(torch.equal(mask.any(1), mask.all(1)) for mask in kept.values())
    gone = [int((~mask.all(1)).sum()) for mask in kept.values()]
    if scope == "global":
        assert sum(gone) == min(round(share * sum(sizes)), sum(sizes) - len(sizes))
    else:
        assert gone == [min(round(share * size), size - 1) for size in sizes]


def test_global_ranking_takes_filters_of_all_tensors_but_the_best_of_each():
    kept = kept_rows(Mean(0.5, "global"), a=rows(1.0, 2.0), b=rows(9.0, 8.0, 7.0, 6.0))
    assert kept == {"a": [False, True], "b": [True, True, False, False]}


def test_of_equal_filters_the_earlier_go_first():
    assert kept_rows(Mean(0.5), a=rows(1.0, 1.0, 1.0, 1.0)) == {"a": [False, False, True, True]}
    assert kept_rows(Mean(0.9), a=rows(1.0, 1.0, 1.0, 1.0)) == {"a": [False, False, False, True]}


def test_infinite_filters_rank_above_all_others():
    kept = kept_rows(Mean(0.5, "global"), a=rows(torch.inf, torch.inf, 1.0), b=rows(2.0, 3.0, 4.0))
    assert kept == {"a": [True, True, False], "b": [False, False, True]}


def test_filters_pruned_already_count():
    layer = nn.Linear(3, 4)
    first = prune(layer, Mean(0.5))
    assert torch.equal(masks(prune(first, Mean(0.5)))["weight"], masks(first)["weight"])
    assert sparsity(prune(first, Mean(0.75))).zeros == 0.75


def test_a_filter_of_which_something_is_left_does_not_count():
    standing = {"a": torch.tensor([[True, False, False], [True, True, True]])}
    kept = Mean(0.5)({"a": rows(5.0, 1.0)}, Subject(nn.Identity(), {}, standing))
    assert kept["a"].all(1).tolist() == [True, False]


def test_the_filter_that_stays_in_any_case_is_not_one_pruned_already():
    standing = {"a": torch.tensor([[True], [False]]).expand(2, 3)}
    kept = Mean(0.9)({"a": rows(-5.0, 0.0)}, Subject(nn.Identity(), {}, standing))
    assert kept["a"][0].all()


def test_it_composes_with_single_weights():
    sparse = prune(prune(nn.Linear(8, 4), Magnitude(0.5)), Mean(0.5))
    assert int((masks(sparse)["weight"].any(1)).sum()) == 2


def test_each_weight_has_the_score_of_its_filter():
    scores = Mean(0.5, axis=1).scores({"a": torch.tensor([[1.0, 2.0], [3.0, 6.0]])})
    assert scores["a"].tolist() == [[2.0, 4.0], [2.0, 4.0]]


def test_layers_without_filters_or_weights_are_left_alone():
    assert {name: tuple(mask.shape) for name, mask in Mean(0.5)({"a": torch.ones(0, 3)}).items()} == {"a": (0, 3)}


def test_nan_has_no_rank_even_where_it_would_be_the_best():
    with pytest.raises(PruneError, match="a: a score is NaN"):
        Mean(0.5)({"a": rows(1.0, torch.nan)})
