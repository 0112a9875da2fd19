"""What training does to a pruned model: exact zeros in its checkpoint and gradients, whatever the optimiser."""

from collections.abc import Callable

import torch
from torch import nn, optim
from torch.optim import lr_scheduler, swa_utils

from prune.promise.cases import Case, loss, train, zero_in_forward, zero_in_gradients, zero_in_state
from prune.promise.designs import Design

_STEPS = 20


def zeros_stay_under_sgd(design: Design, case: Case) -> bool:
    return _zeros_stay(design, case, lambda p: optim.SGD(p, lr=0.05))


def zeros_stay_under_sgd_with_momentum_and_decay(design: Design, case: Case) -> bool:
    return _zeros_stay(design, case, lambda p: optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.1))


def zeros_stay_under_sgd_with_nesterov(design: Design, case: Case) -> bool:
    return _zeros_stay(design, case, lambda p: optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.1))


def zeros_stay_under_adam(design: Design, case: Case) -> bool:
    return _zeros_stay(design, case, lambda p: optim.Adam(p, lr=0.01, weight_decay=0.1))


def zeros_stay_under_adamw(design: Design, case: Case) -> bool:
    return _zeros_stay(design, case, lambda p: optim.AdamW(p, lr=0.01, weight_decay=0.1))


def zeros_stay_under_fused_adamw(design: Design, case: Case) -> bool:
    return _zeros_stay(design, case, lambda p: optim.AdamW(p, lr=0.01, weight_decay=0.1, fused=True))


def zeros_stay_under_foreach_adamw(design: Design, case: Case) -> bool:
    return _zeros_stay(design, case, lambda p: optim.AdamW(p, lr=0.01, weight_decay=0.1, foreach=True))


def zeros_stay_under_rmsprop(design: Design, case: Case) -> bool:
    return _zeros_stay(design, case, lambda p: optim.RMSprop(p, lr=0.01, momentum=0.9, centered=True, weight_decay=0.1))


def zeros_stay_with_gradients_scaled(design: Design, case: Case) -> bool:
    sparse, scaler = design.prune(case.model()), torch.amp.GradScaler("cpu")
    rule = optim.SGD(sparse.parameters(), lr=0.05, momentum=0.9)
    for _ in range(_STEPS):
        rule.zero_grad()
        scaler.scale(loss(sparse(case.example))).backward()
        scaler.unscale_(rule)
        nn.utils.clip_grad_value_(sparse.parameters(), 1.0)
        scaler.step(rule)
        scaler.update()
    return zero_in_state(design, sparse) and zero_in_gradients(design, sparse)


def zeros_stay_under_sgd_that_goes_on(design: Design, case: Case) -> bool:
    return _zeros_stay_carried(design, case, lambda p: optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.1))


def zeros_stay_under_adam_that_goes_on(design: Design, case: Case) -> bool:
    return _zeros_stay_carried(design, case, lambda p: optim.Adam(p, lr=0.01))


def a_schedule_goes_on_with_the_same_rates(design: Design, case: Case) -> bool:
    model = case.model()
    rule = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    schedule = lr_scheduler.SequentialLR(
        rule, [lr_scheduler.LinearLR(rule, 0.1, total_iters=4), lr_scheduler.CosineAnnealingLR(rule, 6)], [4]
    )
    _follow(model, case, schedule, 3)
    sparse = design.prune(model)
    told = _follow(sparse, case, design.carry(schedule, model, sparse), 5)
    other = optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    same = lr_scheduler.SequentialLR(
        other, [lr_scheduler.LinearLR(other, 0.1, total_iters=4), lr_scheduler.CosineAnnealingLR(other, 6)], [4]
    )
    other.step()
    wanted = [(same.step(), same.get_last_lr())[1] for _ in range(8)][3:]
    return told == wanted and zero_in_forward(design, sparse, case)


def the_forward_stays_pruned(design: Design, case: Case) -> bool:
    sparse = design.prune(case.model())
    train(sparse, case.example)
    return zero_in_forward(design, sparse, case)


def a_weight_read_after_a_step_is_the_new_one(design: Design, case: Case) -> bool:
    model = design.prune(case.model())
    rule = train(model, case.example, steps=1)
    model(case.example)
    rule.step()
    name, mask = next(iter(design.kept(model).items()))
    path, _, attribute = name.rpartition(".")
    trained = dict(model.named_parameters())[design.key(name)]
    return torch.equal(getattr(model.get_submodule(path), attribute)[mask], trained[mask])


def a_moving_average_of_it_is_pruned(design: Design, case: Case) -> bool:
    sparse = design.prune(case.model())
    train(sparse, case.example, steps=1)
    average = swa_utils.AveragedModel(sparse, multi_avg_fn=swa_utils.get_ema_multi_avg_fn(0.5))
    for _ in range(3):
        train(sparse, case.example, steps=1)
        average.update_parameters(sparse)
    return zero_in_forward(design, average.module, case)


def stochastic_weight_averaging_keeps_zeros(design: Design, case: Case) -> bool:
    sparse = design.prune(case.model())
    rule = optim.SGD(sparse.parameters(), lr=0.1, momentum=0.9, weight_decay=0.1)
    schedule, average = swa_utils.SWALR(rule, 0.05), swa_utils.AveragedModel(sparse)
    for _ in range(3):
        train(sparse, case.example, rule, 1)
        average.update_parameters(sparse)
        schedule.step()
    swa_utils.update_bn([case.example], average)
    return zero_in_forward(design, average.module, case)


def attention_trains_with_all_its_weights_pruned(design: Design, case: Case) -> bool:
    attention = design.prune(nn.MultiheadAttention(6, 2))
    example = torch.ones(3, 1, 6)
    rule = optim.SGD(attention.parameters(), lr=0.1)
    for _ in range(2):
        rule.zero_grad()
        loss(attention(example, example, example)[0]).backward()
        rule.step()
    return set(design.kept(attention)) == {"in_proj_weight", "out_proj.weight"}


def a_recurrent_layer_trains_pruned(design: Design, case: Case) -> bool:
    torch.manual_seed(0)
    layer = design.prune(nn.LSTM(6, 4))
    example, kept = torch.randn(5, 1, 6), design.kept(layer)
    rule = optim.SGD(layer.parameters(), lr=0.1)
    for _ in range(2):
        rule.zero_grad()
        loss(layer(example)[0]).backward()
        rule.step()
    parameters, plain = dict(layer.named_parameters()), nn.LSTM(6, 4)
    state = plain.state_dict()
    for name in state:
        state[name] = torch.where(kept[name], parameters[design.key(name)], 0) if name in kept else parameters[name]
    plain.load_state_dict(state)
    return torch.allclose(layer(example)[0], plain(example)[0])


def _zeros_stay(design: Design, case: Case, make: Callable[..., optim.Optimizer]) -> bool:
    sparse = design.prune(case.model())
    train(sparse, case.example, make(sparse.parameters()), _STEPS)
    return zero_in_state(design, sparse) and zero_in_gradients(design, sparse)


def _zeros_stay_carried(design: Design, case: Case, make: Callable[..., optim.Optimizer]) -> bool:
    model = case.model()
    rule = train(model, case.example, make(model.parameters()), 3)
    sparse = design.prune(model)
    train(sparse, case.example, design.carry(rule, model, sparse), _STEPS)
    return zero_in_state(design, sparse) and zero_in_gradients(design, sparse)


def _follow(
    model: nn.Module, case: Case, schedule: lr_scheduler.LRScheduler, steps: int
) -> list[list[float | torch.Tensor]]:
    rates = []
    for _ in range(steps):
        train(model, case.example, schedule.optimizer, 1)
        schedule.step()
        rates.append(schedule.get_last_lr())
    return rates
