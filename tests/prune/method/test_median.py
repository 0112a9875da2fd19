import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from leyden.errors import PruneError
from leyden.prune import masks, prune
from leyden.prune.method import Filters, GeometricMedian


def by_hand(filters):
    return [
        sum(sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 for other in filters) for one in filters
    ]


@given(count=st.integers(1, 8), size=st.integers(1, 5), seed=st.integers(0, 100))
def test_the_score_is_the_sum_of_distances(count, size, seed):
    weight = torch.randn(count, size, generator=torch.Generator().manual_seed(seed))
    scores = GeometricMedian(0.5).filter_scores({"a": weight})["a"]
    torch.testing.assert_close(scores, torch.tensor(by_hand(weight.tolist())), atol=1e-5, rtol=1e-5)


def test_pieces_of_many_filters_are_measured_to_all():
    weight = torch.randn(600, 3)
    scores = GeometricMedian(0.5).filter_scores({"a": weight})["a"]
    torch.testing.assert_close(scores, (weight[:, None] - weight).norm(dim=2).sum(1))


def test_one_that_is_small_but_unlike_the_rest_stays():
    weight = torch.tensor([[0.1, 0.1], [9.0, 9.0], [9.0, 9.1], [9.1, 9.0]])
    assert GeometricMedian(0.25)({"a": weight})["a"].all(1).tolist()[0]
    assert not Filters(0.25)({"a": weight})["a"].all(1).tolist()[0]


def test_the_best_to_go_is_the_one_in_the_middle():
    square = [list(map(float, corner)) for corner in itertools.product((0, 2), repeat=2)]
    kept = GeometricMedian(0.2)({"a": torch.tensor([*square, [1.0, 1.0]])})["a"]
    assert kept.all(1).tolist() == [True] * 4 + [False]


def test_filters_near_each_other_and_far_from_zero_are_told_apart():
    weight = torch.tensor([[1e4, 1e4], [1e4, 1e4 + 2], [1e4, 1e4 + 3], [1e4, 1e4 + 7]])
    scores = GeometricMedian(0.5).filter_scores({"a": weight})["a"]
    torch.testing.assert_close(scores, torch.tensor([12.0, 8.0, 8.0, 16.0]), atol=1e-3, rtol=0)


def test_filters_pruned_already_are_not_measured_to():
    layer = nn.Linear(1, 5)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[0.0], [5.0], [8.0], [9.0], [10.0]]))
    first = prune(layer, lambda weights: {"weight": torch.tensor([[False], [True], [True], [True], [True]])})
    # among 5, 8, 9, 10 both 8 and 9 are 6 away from the others; with 0 counted it would be 8 alone, by 14 to 15
    kept = masks(prune(first, GeometricMedian(0.6)))["weight"]
    assert kept.flatten().tolist() == [False, True, False, False, True]


def test_the_share_is_of_each_tensor():
    kept = GeometricMedian(0.5)({"a": torch.randn(4, 3), "b": 100 * torch.randn(6, 3)})
    assert [int((~mask.all(1)).sum()) for mask in kept.values()] == [2, 3]


def test_a_sparsity_out_of_range_is_refused_at_once():
    with pytest.raises(PruneError, match="share from 0 to below 1"):
        GeometricMedian(-0.1)


def test_it_prints_as_it_is_written():
    assert repr(GeometricMedian(0.5)) == "GeometricMedian(sparsity=0.5)"
