import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from leyden.errors import PruneError
from leyden.prune import Magnitude, Random, Subject, Threshold


def test_global_magnitude_takes_the_smallest_of_all_tensors_together():
    kept = Magnitude(0.5)({"a": torch.tensor([[1.0, -9.0]]), "b": torch.tensor([[0.5, 7.0]])})
    assert kept["a"].tolist() == [[False, True]]
    assert kept["b"].tolist() == [[False, True]]


def test_local_magnitude_takes_the_same_share_of_each_tensor():
    weights = {"small": torch.tensor([[0.1, 0.2]]), "large": torch.tensor([[10.0, 20.0]])}
    assert {name: mask.tolist() for name, mask in Magnitude(0.5, "local")(weights).items()} == {
        "small": [[False, True]],
        "large": [[False, True]],
    }
    assert Magnitude(0.5)(weights)["small"].tolist() == [[False, False]]


def test_of_equal_weights_the_earlier_go_first():
    kept = Magnitude(0.5)({"a": torch.ones(2, 2), "b": torch.ones(1, 2)})
    assert kept["a"].tolist() == [[False, False], [False, True]]
    assert kept["b"].tolist() == [[True, True]]


@given(
    sizes=st.lists(st.integers(1, 30), min_size=1, max_size=4),
    levels=st.integers(1, 6),
    sparsity=st.floats(0, 0.999),
    seed=st.integers(0, 1000),
)
def test_magnitude_is_a_stable_sort_by_absolute_value(sizes, levels, sparsity, seed):
    generator = torch.Generator().manual_seed(seed)
    weights = {
        str(index): torch.randint(-levels, levels + 1, (1, size), generator=generator).float()
        for index, size in enumerate(sizes)
    }
    ordered = sorted(
        ((abs(value), name, place) for name, w in weights.items() for place, value in enumerate(w[0].tolist())),
        key=lambda entry: entry[0],
    )
    gone = {(name, place) for _, name, place in ordered[: round(sparsity * len(ordered))]}
    kept = Magnitude(sparsity)(weights)
    assert gone == {(name, place) for name, mask in kept.items() for place in (~mask[0]).nonzero().flatten().tolist()}


@given(
    sparsity=st.floats(0, 0.999),
    scope=st.sampled_from(["global", "local"]),
    shapes=st.lists(st.tuples(st.integers(1, 5), st.integers(1, 7)), min_size=1, max_size=3),
)
def test_random_prunes_the_exact_number(sparsity, scope, shapes):
    kept = Random(sparsity, 0, scope)({str(index): torch.ones(shape) for index, shape in enumerate(shapes)})
    gone = [int((~mask).sum()) for mask in kept.values()]
    sizes = [rows * columns for rows, columns in shapes]
    if scope == "global":
        assert sum(gone) == round(sparsity * sum(sizes))
    else:
        assert gone == [round(sparsity * size) for size in sizes]


def test_random_depends_on_its_seed_and_on_nothing_else():
    first = Random(0.5, seed=3)({"a": torch.ones(20, 20)})["a"]
    assert torch.equal(first, Random(0.5, seed=3)({"a": torch.randn(20, 20, dtype=torch.float64)})["a"])
    assert not torch.equal(first, Random(0.5, seed=4)({"a": torch.ones(20, 20)})["a"])


def test_a_larger_sparsity_of_one_seed_only_adds():
    weights = {"a": torch.randn(20, 20)}
    few, many = Random(0.3, seed=1)(weights)["a"], Random(0.6, seed=1)(weights)["a"]
    assert bool((few | ~many).all())


@pytest.mark.parametrize("method", [Magnitude(0.6), Random(0.6, seed=5)])
def test_what_stands_pruned_is_counted_before_weights_that_merely_are_zero(method):
    weights = {"a": torch.zeros(1, 10)}
    standing = {"a": torch.tensor([[True] * 6 + [False] * 4])}
    subject = Subject(nn.Identity(), {}, standing)
    kept = method(weights, subject)["a"] & standing["a"]
    assert int((~kept).sum()) == 6


def test_sparsity_0_keeps_all():
    weights = {"a": torch.randn(3, 4), "b": torch.randn(2, 2)}
    for scope in ("global", "local"):
        assert all(bool(mask.all()) for mask in Magnitude(0.0, scope)(weights).values())


def test_tensors_of_several_types_are_ranked_together():
    weights = {
        "half": torch.tensor([[1.0, 4.0]], dtype=torch.float16),
        "brain": torch.tensor([[2.0, 5.0]], dtype=torch.bfloat16),
        "double": torch.tensor([[3.0, 6.0]], dtype=torch.float64),
        "tiny": torch.tensor([[2.5, 4.5]]).to(torch.float8_e4m3fn),
    }
    assert [mask.tolist() for mask in Magnitude(0.5)(weights).values()] == [[[False, True]]] * 4


def test_threshold_keeps_what_is_as_large_as_its_value():
    assert Threshold(1.0)({"a": torch.tensor([[-1.0, 0.99, 2.0]])})["a"].tolist() == [[True, False, True]]


def test_methods_leave_the_weights_alone():
    weights = {"a": torch.tensor([[-3.0, 1.0]])}
    for method in (Magnitude(0.5), Random(0.5, seed=0), Threshold(2.0)):
        method(weights)
    assert weights["a"].tolist() == [[-3.0, 1.0]]


@pytest.mark.parametrize("share", [-0.1, 1.0, 1.1, float("nan")])
def test_a_sparsity_out_of_range_is_refused_at_once(share):
    for method in (Magnitude, lambda value: Random(value, seed=0)):
        with pytest.raises(PruneError, match="share from 0 to below 1"):
            method(share)


@pytest.mark.parametrize("value", [-1.0, float("inf"), float("nan")])
def test_a_threshold_out_of_range_is_refused_at_once(value):
    with pytest.raises(PruneError, match="0 or more"):
        Threshold(value)


def test_methods_print_as_they_are_written():
    assert repr(Magnitude(0.8)) == "Magnitude(sparsity=0.8, scope='global')"
