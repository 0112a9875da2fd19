import copy
from typing import Any, cast

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from leyden.errors import PruneError
from leyden.prune import Magnitude, Random, carry, masks, named, prune, sparsity
from leyden.prune.regrowth import Regrowth, regrow, regrow_
from leyden.prune.score import gradients


def squares(model, batch):
    return model(batch).square().mean()


def summed(model, batch):
    return model(batch).sum()


def slow(weight, mask, *, gradient, share):
    """The same by sorting, position by position."""
    weight, mask, gradient = weight.flatten().tolist(), mask.flatten().tolist(), gradient.flatten().tolist()
    kept = [at for at, held in enumerate(mask) if held]
    gone = [at for at, held in enumerate(mask) if not held]
    count = min(int(share * len(kept)), len(gone))
    dropped = sorted(kept, key=lambda at: abs(weight[at]))[:count]
    grown = sorted(gone, key=lambda at: abs(gradient[at]))[len(gone) - count :]
    return [(held and at not in dropped) or at in grown for at, held in enumerate(mask)]


@given(
    rows=st.integers(1, 6),
    columns=st.integers(1, 8),
    sparse=st.floats(0, 0.99),
    share=st.floats(0.01, 0.99),
    seed=st.integers(0, 1000),
)
def test_small_ones_go_and_those_of_the_largest_gradient_come(rows, columns, sparse, share, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        pruned = prune(nn.Linear(columns, rows), Random(sparse, seed=seed))
        batch = torch.randn(5, columns)
    gradient = gradients(pruned, [batch], squares)["weight"]
    grown = regrow(pruned, share, batches=[batch], loss=squares)
    expected = slow(pruned.weight.detach(), masks(pruned)["weight"], gradient=gradient, share=share)
    assert masks(grown)["weight"].flatten().tolist() == expected


def test_each_tensor_keeps_its_sparsity(photo, picture):
    pruned = prune(photo, Magnitude(0.7))
    grown = regrow(pruned, 0.3, batches=[picture], loss=squares)
    counts = [{name: int(mask.sum()) for name, mask in masks(model).items()} for model in (pruned, grown)]
    assert counts[0] == counts[1]
    assert str(masks(pruned)) != str(masks(grown))


def test_what_comes_back_starts_at_zero_and_what_stays_is_as_it_was(words, tokens):
    pruned = prune(words, Magnitude(0.5))
    grown = regrow(pruned, 0.5, batches=[tokens], loss=squares)
    old, new = masks(pruned), masks(grown)
    before, after = dict(pruned.named_parameters()), dict(grown.named_parameters())
    for name in old:
        assert not after[name][new[name] & ~old[name]].any()
        assert torch.equal(after[name][new[name] & old[name]], before[name][new[name] & old[name]])


def test_what_comes_back_is_trained(photo, picture):
    pruned = prune(photo, Magnitude(0.7))
    optimizer = torch.optim.Adam(pruned.parameters(), lr=0.01)
    pruned(picture).square().sum().backward()
    optimizer.step()
    grown = regrow(pruned, 0.5, batches=[picture], loss=squares)
    optimizer = carry(optimizer, pruned, grown)
    new = masks(grown)["head.weight"] & ~masks(pruned)["head.weight"]
    assert not optimizer.state[grown.head._parameters["weight"]]["exp_avg"][new].any()
    grown(picture).square().sum().backward()
    optimizer.step()
    assert grown.head.weight[new].any()
    assert not grown.head._parameters["weight"][~masks(grown)["head.weight"]].any()


def test_the_model_is_left_as_it_is(photo, picture):
    pruned = prune(photo, Magnitude(0.7))
    before, keep = copy.deepcopy(pruned.state_dict()), str(masks(pruned))
    regrow(pruned, 0.5, batches=[picture], loss=squares)
    assert all(torch.equal(value, before[name]) for name, value in pruned.state_dict().items())
    assert str(masks(pruned)) == keep
    assert all(parameter.grad is None for parameter in pruned.parameters())


def test_in_place_it_does_the_same(photo, picture):
    pruned = prune(photo, Magnitude(0.7))
    grown = regrow(pruned, 0.5, batches=[picture], loss=squares)
    weight = pruned.head._parameters["weight"]
    assert regrow_(pruned, 0.5, batches=[picture], loss=squares) is pruned
    assert str(masks(pruned)) == str(masks(grown))
    assert pruned.head._parameters["weight"] is weight


def test_only_what_was_chosen_is_exchanged(photo, picture):
    pruned = prune(photo, Magnitude(0.7))
    grown = regrow(pruned, 0.5, batches=[picture], loss=squares, where=named("head"))
    changed = [name for name, mask in masks(grown).items() if not torch.equal(mask, masks(pruned)[name])]
    assert changed == ["head.weight"]


@pytest.mark.parametrize("share", [0.01, 0.99])
def test_a_tensor_never_loses_all(share):
    pruned = prune(nn.Linear(8, 1), Magnitude(0.875))
    grown = regrow(pruned, share, batches=[torch.ones(1, 8)], loss=summed)
    assert str(masks(grown)) == str(masks(pruned))


def test_where_little_is_pruned_only_so_much_is_exchanged():
    pruned = prune(nn.Linear(8, 1), Magnitude(0.125))
    grown = regrow(pruned, 0.5, batches=[torch.ones(1, 8)], loss=summed)
    assert int((masks(grown)["weight"] & ~masks(pruned)["weight"]).sum()) == 1
    assert sparsity(pruned).zeros == 0.125


def test_double_and_half_precision_go_the_same_way():
    layer = nn.Linear(8, 2)
    layer.weight.data = torch.arange(16.0).reshape(2, 8) + 1
    batch = torch.arange(8.0).expand(3, 8)
    found = []
    for kind in (torch.float32, torch.float64, torch.bfloat16):
        pruned = prune(layer.to(kind), Magnitude(0.5))
        found.append(str(masks(regrow(pruned, 0.5, batches=[batch.to(kind)], loss=summed))))
    assert len(set(found)) == 1


@pytest.mark.parametrize("share", [0, 1, -0.5, True, "half"])
@pytest.mark.usefixtures("unchecked")
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(PruneError, match=r"share is above 0 and below 1; .* was given"):
        regrow(prune(nn.Linear(2, 2), Magnitude(0.5)), share, batches=[1])


def test_a_model_without_masks_is_refused(photo, picture):
    with pytest.raises(PruneError, match="nothing in Photo is masked: prune it first"):
        regrow(photo, 0.5, batches=[picture])


def test_a_place_without_masks_is_refused(photo, picture):
    pruned = prune(photo, Magnitude(0.5), where="stem")
    with pytest.raises(PruneError, match="nothing in Photo at where='head' is masked"):
        regrow(pruned, 0.5, batches=[picture], where="head")


def test_batches_that_run_out_are_refused(photo, picture):
    with pytest.raises(PruneError, match="batches are empty"):
        regrow(prune(photo, Magnitude(0.5)), 0.5, batches=[], loss=squares)


def test_exchanges_that_are_none_are_refused_when_they_are_made():
    with pytest.raises(PruneError, match=r"share is above 0 and below 1; 1.5 was given; .* 0 was given"):
        Regrowth((0.5, 1.5, 0), [1])


@pytest.mark.usefixtures("unchecked")
def test_exchanges_are_refused_before_training_where_their_batches_would_run_out():
    with pytest.raises(PruneError, match=r"shares are a tuple.* 0.3 was given; .* list_iterator is spent.*; loss is a"):
        Regrowth(cast("Any", 0.3), iter([1]), cast("Any", "squares"))


def test_exchanges_compare_and_print_without_their_batches():
    one, other = (Regrowth((0.5,), [torch.ones(2, 2)]) for _ in range(2))
    assert len({one, other}) == 2
    assert str(one) == "Regrowth(shares=(0.5,))"


def test_exchanges_of_nothing_are_refused():
    with pytest.raises(PruneError, match="shares is empty: nothing would be exchanged"):
        Regrowth((), [1])
