import copy

import pytest
import torch
from torch import nn, optim

from leyden.errors import PruneError
from leyden.prune import Magnitude, carry, masks, prune

RULES = {
    "sgd": lambda p: optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.1),
    "sgd foreach": lambda p: optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.1, foreach=True),
    "sgd fused": lambda p: optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.1, fused=True),
    "adam": lambda p: optim.Adam(p, lr=0.01, amsgrad=True, weight_decay=0.1),
    "adam foreach": lambda p: optim.Adam(p, lr=0.01, weight_decay=0.1, foreach=True),
    "adam fused": lambda p: optim.Adam(p, lr=0.01, weight_decay=0.1, fused=True),
    "adamw": lambda p: optim.AdamW(p, lr=0.01, weight_decay=0.1),
    "adamw foreach": lambda p: optim.AdamW(p, lr=0.01, weight_decay=0.1, foreach=True),
    "adamw fused": lambda p: optim.AdamW(p, lr=0.01, weight_decay=0.1, fused=True),
    "rmsprop": lambda p: optim.RMSprop(p, lr=0.01, momentum=0.9, centered=True, weight_decay=0.1),
    "adagrad": lambda p: optim.Adagrad(p, lr=0.01, weight_decay=0.1),
    "adadelta": lambda p: optim.Adadelta(p, weight_decay=0.1),
    "adamax": lambda p: optim.Adamax(p, weight_decay=0.1),
    "nadam": lambda p: optim.NAdam(p, weight_decay=0.1),
    "radam": lambda p: optim.RAdam(p, weight_decay=0.1),
    "rprop": optim.Rprop,
    "asgd": lambda p: optim.ASGD(p, weight_decay=0.1),
}


def train(model, rule, example, steps):
    target = torch.zeros(len(example), dtype=torch.long)
    for _ in range(steps):
        rule.zero_grad()
        nn.functional.cross_entropy(model(example), target).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        rule.step()


def all_zero(tensors, kept):
    return all(not tensors[name][~mask].any() for name, mask in kept.items())


@pytest.mark.parametrize("make", RULES.values(), ids=RULES)
@pytest.mark.parametrize("history", [False, True], ids=["fresh", "carried"])
def test_pruned_weights_stay_zero_under(photo, picture, make, history):
    rule = make(photo.parameters())
    if history:
        train(photo, rule, picture, 3)
    sparse = prune(photo, Magnitude(0.6))
    start, kept = copy.deepcopy(sparse.state_dict()), masks(sparse)
    rule = carry(rule, photo, sparse)
    train(sparse, rule, picture, 20)
    parameters = dict(sparse.named_parameters())
    assert all_zero({name: parameter.detach() for name, parameter in parameters.items()}, kept)
    assert all_zero({name: parameter.grad for name, parameter in parameters.items()}, kept)
    assert all_zero(sparse.state_dict(), kept)
    assert not torch.equal(sparse.state_dict()["stem.weight"], start["stem.weight"])


def test_an_optimiser_that_mixes_entries_leaves_the_checkpoint_and_the_forward_pruned():
    layer = nn.Linear(6, 4, bias=False)
    sparse = prune(layer, Magnitude(0.5))
    rule = optim.Muon(sparse.parameters(), lr=0.1)
    sparse(torch.randn(3, 6)).square().sum().backward()
    rule.step()
    gone = ~masks(sparse)["weight"]
    assert sparse._parameters["weight"][gone].any(), "Muon's step was expected to be dense"
    assert not sparse.weight[gone].any()
    assert not sparse.state_dict()["weight"][gone].any()


def test_the_history_is_copied_masked_and_the_old_optimiser_untouched(photo, picture):
    rule = optim.AdamW([{"params": photo.stem.parameters(), "lr": 0.5}, {"params": photo.head.parameters()}], lr=0.1)
    train(photo, rule, picture, 2)
    before = copy.deepcopy(rule.state_dict())
    sparse = prune(photo, Magnitude(0.5))
    carried = carry(rule, photo, sparse)
    assert type(carried) is optim.AdamW
    assert [group["lr"] for group in carried.param_groups] == [0.5, 0.1]
    assert [id(p) for p in carried.param_groups[0]["params"]] == [id(p) for p in sparse.stem._parameters.values()]
    leaf, mask = sparse.stem._parameters["weight"], masks(sparse)["stem.weight"]
    old, new = rule.state[photo.stem.weight], carried.state[leaf]
    assert new["step"] == 2
    assert torch.equal(new["exp_avg"], old["exp_avg"] * mask)
    assert torch.equal(carried.state[sparse.head.bias]["exp_avg"], rule.state[photo.head.bias]["exp_avg"])
    train(sparse, carried, picture, 2)
    after = rule.state_dict()
    assert str(after["param_groups"]) == str(before["param_groups"])
    for index, history in before["state"].items():
        assert all(torch.equal(after["state"][index][key], value) for key, value in history.items())


def test_carrying_equals_training_on_when_nothing_is_pruned(photo, picture):
    rule = optim.Adam(photo.parameters(), lr=0.01)
    train(photo, rule, picture, 2)
    same = prune(photo, Magnitude(0.0))
    carried = carry(rule, photo, same)
    train(photo, rule, picture, 3)
    train(same, carried, picture, 3)
    assert all(torch.equal(value, photo.state_dict()[name]) for name, value in same.state_dict().items())


def test_a_scheduler_can_be_made_for_the_carried_optimiser(photo, picture):
    rule = optim.SGD(photo.parameters(), lr=1.0)
    optim.lr_scheduler.StepLR(rule, 1, gamma=0.1)
    sparse = prune(photo, Magnitude(0.5))
    carried = carry(rule, photo, sparse)
    scheduler = optim.lr_scheduler.StepLR(carried, 1, gamma=0.5)
    train(sparse, carried, picture, 1)
    scheduler.step()
    assert (rule.param_groups[0]["lr"], carried.param_groups[0]["lr"]) == (1.0, 0.5)


def test_an_optimiser_of_your_own_is_carried_with_its_attributes(photo):
    class Slow(optim.SGD):
        def __init__(self, params, pace):
            super().__init__(params, lr=0.1)
            self.pace = [pace]

    rule = Slow(photo.parameters(), 3)
    carried = carry(rule, photo, prune(photo, Magnitude(0.5)))
    assert isinstance(carried, Slow)
    assert carried.pace == [3]
    assert carried.pace is not rule.pace


def test_a_history_of_unknown_form_is_refused(photo, picture):
    for make in (optim.LBFGS, optim.Adafactor):
        rule = make(photo.parameters())

        def closure(rule=rule):
            rule.zero_grad()
            loss = photo(picture).square().sum()
            loss.backward()
            return loss

        rule.step(closure)
        with pytest.raises(PruneError, match=f"the history of {make.__name__} cannot be masked: .* of stem.weight"):
            carry(rule, photo, prune(photo, Magnitude(0.5)))


def test_every_parameter_without_a_counterpart_is_named(photo, words):
    sparse = prune(photo, Magnitude(0.5))
    with pytest.raises(
        PruneError, match=r"group 0 holds a parameter of shape \(10, 6\) that is not the model's; group 0"
    ):
        carry(optim.SGD(words.parameters(), lr=0.1), photo, sparse)
    with pytest.raises(PruneError, match=r"the pruned model has no stem.weight"):
        carry(optim.SGD(photo.parameters(), lr=0.1), photo, words)
    layer = nn.Linear(3, 2)
    with pytest.raises(PruneError, match=r"weight is \(2, 3\) in the model, \(3, 3\) in the pruned one"):
        carry(optim.SGD(layer.parameters(), lr=0.1), layer, nn.Linear(3, 3))
