import copy
import types

import pytest
import torch
from torch import nn, optim
from torch.optim import lr_scheduler as rates
from torch.optim import swa_utils

from leyden.errors import PruneError
from leyden.prune import Magnitude, carry, masks, prune, prune_
from leyden.prune.optimiser import mask_history_

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


def steps_of(model, example):
    """One step of training and of the schedule, again and again, giving the rates and momenta in force."""

    def run(rule, schedule, steps):
        told = []
        for _ in range(steps):
            train(model, rule, example, 1)
            schedule.step(*[1.0] * isinstance(schedule, rates.ReduceLROnPlateau))
            told.append([group[key] for group in rule.param_groups for key in ("lr", "momentum")])
        return told

    return run


SCHEDULES = {
    "steps": lambda rule: rates.StepLR(rule, 2, gamma=0.5),
    "milestones": lambda rule: rates.MultiStepLR(rule, [2, 5]),
    "function": lambda rule: rates.LambdaLR(rule, [lambda step: 1 / (1 + step), lambda step: 0.9**step]),
    "factor": lambda rule: rates.MultiplicativeLR(rule, lambda step: 0.9),
    "cosine": lambda rule: rates.CosineAnnealingLR(rule, 10),
    "restarts": lambda rule: rates.CosineAnnealingWarmRestarts(rule, 3),
    "one cycle": lambda rule: rates.OneCycleLR(rule, 0.5, total_steps=20),
    "cycles": lambda rule: rates.CyclicLR(rule, 0.01, 0.1, step_size_up=3, mode="exp_range", gamma=0.9),
    "plateau": lambda rule: rates.ReduceLROnPlateau(rule, patience=1),
    "averaging": lambda rule: swa_utils.SWALR(rule, 0.05, anneal_epochs=4),
    "one after the other": lambda rule: rates.SequentialLR(
        rule, [rates.LinearLR(rule, 0.1, total_iters=4), rates.ExponentialLR(rule, 0.9)], milestones=[5]
    ),
    "together": lambda rule: rates.ChainedScheduler(
        [rates.ConstantLR(rule, 0.5, 3), rates.PolynomialLR(rule, 8, power=2)], optimizer=rule
    ),
}


def groups_of(model):
    pairs = [{"params": model.stem.parameters(), "lr": 0.2}, {"params": model.head.parameters()}]
    return optim.SGD(pairs, lr=0.1, momentum=0.9)


@pytest.mark.parametrize("make", SCHEDULES.values(), ids=SCHEDULES)
@pytest.mark.parametrize("before", [0, 4])
def test_a_carried_schedule_goes_on_with_the_same_rates(photo, picture, make, before):
    rule = groups_of(photo)
    schedule = make(rule)
    steps_of(photo, picture)(rule, schedule, before)
    sparse = prune(photo, Magnitude(0.5))
    carried = carry(schedule, photo, sparse)
    assert type(carried) is type(schedule)
    told = steps_of(sparse, picture)(carried.optimizer, carried, 8)
    assert told == steps_of(photo, picture)(rule, schedule, 8)
    assert all_zero(sparse.state_dict(), masks(sparse))


@pytest.mark.parametrize("make", SCHEDULES.values(), ids=SCHEDULES)
def test_a_carried_schedule_leaves_the_old_one_and_its_optimiser_alone(photo, picture, make):
    rule = groups_of(photo)
    schedule = make(rule)
    steps_of(photo, picture)(rule, schedule, 2)
    before = repr((schedule.state_dict(), rule.state_dict()))
    sparse = prune(photo, Magnitude(0.5))
    carried = carry(schedule, photo, sparse)
    steps_of(sparse, picture)(carried.optimizer, carried, 3)
    assert schedule.optimizer is rule
    assert repr((schedule.state_dict(), rule.state_dict())) == before


def test_the_schedules_inside_a_carried_one_share_its_optimiser(photo):
    carried = carry(SCHEDULES["one after the other"](groups_of(photo)), photo, prune(photo, Magnitude(0.5)))
    assert all(inner.optimizer is carried.optimizer for inner in carried._schedulers)


def test_a_schedule_that_asks_the_model_asks_the_pruned_one(photo):
    photo.pace = types.MethodType(lambda model, step: sum(1 for _ in model.parameters()) / (1 + step), photo)
    carried = carry(rates.LambdaLR(groups_of(photo), photo.pace), photo, prune(photo, Magnitude(0.5)))
    assert carried.lr_lambdas[0].__self__ is not photo


def test_a_scheduler_can_be_made_for_the_carried_optimiser(photo, picture):
    rule = optim.SGD(photo.parameters(), lr=1.0)
    rates.StepLR(rule, 1, gamma=0.1)
    sparse = prune(photo, Magnitude(0.5))
    carried = carry(rule, photo, sparse)
    scheduler = rates.StepLR(carried, 1, gamma=0.5)
    train(sparse, carried, picture, 1)
    scheduler.step()
    assert (rule.param_groups[0]["lr"], carried.param_groups[0]["lr"]) == (1.0, 0.5)


@pytest.mark.parametrize("make", RULES.values(), ids=RULES)
def test_a_running_optimiser_goes_on_once_its_history_is_masked(photo, picture, make):
    rule = make(photo.parameters())
    train(photo, rule, picture, 3)
    prune_(photo, Magnitude(0.6))
    assert mask_history_(rule, photo) is rule
    kept, parameters = masks(photo), dict(photo.named_parameters())
    assert all_zero({name: parameter.grad for name, parameter in parameters.items()}, kept)
    train(photo, rule, picture, 3)
    assert all_zero({name: parameter.detach() for name, parameter in parameters.items()}, kept)


def test_masking_a_history_leaves_what_is_kept_and_what_is_not_the_models(photo, picture):
    other = nn.Linear(3, 3)
    rule = optim.Adam([*photo.parameters(), *other.parameters()])
    other(torch.ones(1, 3)).sum().backward()
    train(photo, rule, picture, 2)
    before = copy.deepcopy(rule.state_dict())["state"]
    mask_history_(rule, prune_(photo, Magnitude(0.5), where="stem"))
    mask = masks(photo)["stem.weight"]
    after = rule.state_dict()["state"]
    assert torch.equal(after[0]["exp_avg"], before[0]["exp_avg"] * mask)
    assert all(torch.equal(value, before[key][name]) for key in list(after)[1:] for name, value in after[key].items())


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
        sparse = prune(photo, Magnitude(0.5))
        with pytest.raises(PruneError, match=f"the history of {make.__name__} cannot be masked: .* of stem.weight"):
            carry(rule, photo, sparse)


def test_a_history_kept_with_a_parameter_that_is_not_pruned_is_refused_too(photo, picture):
    rule = optim.LBFGS([photo.stem.bias, *photo.head.parameters()])
    rule.step(lambda: nn.functional.mse_loss(photo(picture), torch.zeros(2, 4)).backward() or torch.ones(()))
    prune_(photo, Magnitude(0.5), where="head")
    with pytest.raises(PruneError, match=r"the history of LBFGS cannot be masked: .* of stem.bias"):
        mask_history_(rule, photo)


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
