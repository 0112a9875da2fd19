import copy
from typing import Any, cast

import pytest
import torch
from torch import nn
from torch.nn import functional

from leyden.errors import PruneError
from leyden.prune import Magnitude, Subject, masks, places, prune
from leyden.prune.score.movement import Movement

BATCHES = [
    (torch.tensor([[1.0, -2.0, 0.5], [0.3, 1.0, 1.0]]), torch.tensor([0, 1])),
    (torch.tensor([[-1.0, 0.2, 2.0]]), torch.tensor([1])),
]


def scores(model, method):
    found = {place.name: place for place in places(model)}
    weights = {name: place.parameter.detach() for name, place in found.items()}
    return method.scores(weights, Subject(model, found, masks(model)))


@pytest.mark.parametrize(
    "start", [lambda model: model, lambda model: prune(model, Magnitude(0.4))], ids=["dense", "pruned"]
)
def test_scores_are_summed_along_plain_gradient_descent(start):
    model = start(nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)))
    found = scores(model, Movement(0.5, BATCHES, rate=0.1, epochs=3))
    tuned = copy.deepcopy(model)
    rule = torch.optim.SGD(tuned.parameters(), lr=0.1)
    expected = {name: torch.zeros_like(score) for name, score in found.items()}
    for _ in range(3):
        for inputs, classes in BATCHES:
            rule.zero_grad()
            functional.cross_entropy(tuned(inputs), classes).backward()
            for name, parameter in tuned.named_parameters():
                if name in expected:
                    expected[name] -= parameter.grad * parameter.detach()
            rule.step()
    for name, score in found.items():
        torch.testing.assert_close(score, expected[name])


@pytest.mark.parametrize(("sign", "kept"), [(-1, [[0.5], [0.0]]), (1, [[0.0], [-4.0]])], ids=["up", "down"])
def test_weights_that_move_away_from_zero_stay(sign, kept):
    layer = nn.Linear(1, 2, bias=False)
    layer.load_state_dict({"weight": torch.tensor([[0.5], [-4.0]])})
    sparse = prune(layer, Movement(0.5, [torch.ones(1, 1)], lambda model, batch: sign * model(batch).sum()))
    assert sparse.weight.tolist() == kept


def test_frozen_weights_are_scored_and_not_moved():
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    model[0].requires_grad_(False)
    one = scores(model, Movement(0.5, BATCHES[:1], rate=0.5))["0.weight"]
    assert bool((one != 0).any())
    twice = scores(model, Movement(0.5, BATCHES[:1] * 2, rate=0.5))["0.weight"]
    model[1].requires_grad_(False)
    still = scores(model, Movement(0.5, BATCHES[:1] * 2, rate=0.5))["0.weight"]
    torch.testing.assert_close(still, 2 * one)
    assert not torch.allclose(twice, still)


def test_the_model_keeps_its_weights():
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    sparse = prune(model, Movement(0.5, BATCHES, rate=1.0))
    keep = masks(sparse)["0.weight"]
    assert torch.equal(sparse[0].weight[keep], model[0].weight[keep])


def test_a_rate_that_makes_it_diverge_is_noticed():
    method = Movement(0.5, BATCHES, lambda model, batch: model(batch[0]).square().sum(), rate=1e4, epochs=20)
    with pytest.raises(PruneError, match="has the model diverged"):
        prune(nn.Linear(3, 2), method)


def test_settings_that_are_none_are_refused_together():
    with pytest.raises(
        PruneError, match=r"sparsity.*rate is a learning rate above 0; -1.*epochs is a whole number.*0 was"
    ):
        Movement(1.0, BATCHES, rate=-1.0, epochs=0)


@pytest.mark.usefixtures("unchecked")
def test_settings_of_another_type_are_refused_as_well():
    with pytest.raises(PruneError, match=r"rate is a learning rate above 0; 'fast'.*; epochs is a whole .* True was"):
        Movement(0.5, BATCHES, rate=cast("Any", "fast"), epochs=True)
