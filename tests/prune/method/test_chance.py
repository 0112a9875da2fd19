import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from leyden.errors import PruneError
from leyden.prune import Random, Subject


@given(
    sparsity=st.floats(0, 0.999),
    scope=st.sampled_from(["global", "local"]),
    shapes=st.lists(st.tuples(st.integers(1, 5), st.integers(1, 7)), min_size=1, max_size=3),
)
def test_the_exact_number_goes(sparsity, scope, shapes):
    kept = Random(sparsity, 0, scope)({str(index): torch.ones(shape) for index, shape in enumerate(shapes)})
    gone = [int((~mask).sum()) for mask in kept.values()]
    sizes = [rows * columns for rows, columns in shapes]
    if scope == "global":
        assert sum(gone) == round(sparsity * sum(sizes))
    else:
        assert gone == [min(round(sparsity * size), size - 1) for size in sizes]


def test_the_draw_depends_on_its_seed_and_on_nothing_else():
    first = Random(0.5, seed=3)({"a": torch.ones(20, 20)})["a"]
    assert torch.equal(first, Random(0.5, seed=3)({"a": torch.randn(20, 20, dtype=torch.float64)})["a"])
    assert not torch.equal(first, Random(0.5, seed=4)({"a": torch.ones(20, 20)})["a"])


def test_a_larger_sparsity_of_one_seed_only_adds():
    weights = {"a": torch.randn(20, 20)}
    few, many = Random(0.3, seed=1)(weights)["a"], Random(0.6, seed=1)(weights)["a"]
    assert bool((few | ~many).all())


def test_what_stands_pruned_counts():
    standing = {"a": torch.tensor([[True] * 6 + [False] * 4])}
    kept = Random(0.6, seed=5)({"a": torch.zeros(1, 10)}, Subject(nn.Identity(), {}, standing))
    assert int((~(kept["a"] & standing["a"])).sum()) == 6


def test_torchs_own_random_state_stays():
    before = torch.random.get_rng_state()
    Random(0.5, seed=0)({"a": torch.ones(3, 3)})
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize("seed", [-1, 1 << 63, 0.5, True, None])
@pytest.mark.usefixtures("unchecked")
def test_a_seed_that_is_none_is_refused_at_once(seed):
    with pytest.raises(PruneError, match=r"seed is a whole number from 0 to below 2\^63; .* was given"):
        Random(0.5, seed=seed)


def test_a_sparsity_out_of_range_is_refused_at_once():
    with pytest.raises(PruneError, match="share from 0 to below 1"):
        Random(1.0, seed=0)
