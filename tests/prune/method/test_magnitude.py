import pytest
import torch
from torch import nn

from leyden.errors import PruneError
from leyden.prune import Magnitude, Subject
from leyden.prune.scored import Scored


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


def test_what_stands_pruned_is_counted_before_weights_that_merely_are_zero():
    standing = {"a": torch.tensor([[True] * 6 + [False] * 4])}
    kept = Magnitude(0.6)({"a": torch.zeros(1, 10)}, Subject(nn.Identity(), {}, standing))
    assert int((~(kept["a"] & standing["a"])).sum()) == 6


@pytest.mark.parametrize("scope", ["global", "local"])
def test_sparsity_0_keeps_all(scope):
    kept = Magnitude(0.0, scope)({"a": torch.randn(3, 4), "b": torch.randn(2, 2)})
    assert all(bool(mask.all()) for mask in kept.values())


@pytest.mark.parametrize("scope", ["global", "local"])
def test_reading_weights_without_a_copy_ranks_as_their_absolute_values_do(scope):
    weights = {"a": torch.randn(5, 6), "b": torch.randn(3, 4).double()}
    method = Magnitude(0.4, scope)
    plain = Scored.__call__(method, weights)
    assert all(torch.equal(mask, plain[name]) for name, mask in method(weights).items())


def test_eight_bit_weights_are_ranked_among_others():
    weights = {"a": torch.tensor([[1.0, 4.0]]), "tiny": torch.tensor([[2.5, -4.5]]).to(torch.float8_e4m3fn)}
    assert [mask.tolist() for mask in Magnitude(0.5)(weights).values()] == [[[False, True]]] * 2


def test_the_weights_are_left_alone():
    weights = {"a": torch.tensor([[-3.0, 1.0]])}
    Magnitude(0.5)(weights)
    assert weights["a"].tolist() == [[-3.0, 1.0]]


def test_a_sparsity_out_of_range_is_refused_at_once():
    with pytest.raises(PruneError, match=r"share from 0 to below 1 .* 1.0 was given"):
        Magnitude(1.0)


def test_it_prints_as_it_is_written():
    assert repr(Magnitude(0.8)) == "Magnitude(sparsity=0.8, scope='global')"
