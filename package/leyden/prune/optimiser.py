"""The history of an optimiser, made to fit a pruned model: carried over to a copy, or masked where it stands."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import ConstantLR, LRScheduler

from leyden.errors import PruneError
from leyden.prune.bits import zero_
from leyden.prune.pruning import masks

__all__ = ["carry", "mask_history_"]

_Rule = TypeVar("_Rule", bound=torch.optim.Optimizer | LRScheduler)
_Optimizer = TypeVar("_Optimizer", bound=torch.optim.Optimizer)


def carry(optimizer: _Rule, model: nn.Module, pruned: nn.Module) -> _Rule:
    """Make an optimiser, or a scheduler with its optimiser, that goes on for a pruned model where the given one stands.

    Momentum gathered in dense training would bring pruned weights back in one step, so it is zeroed where they are
    pruned. A scheduler, however nested, keeps its place and its rates; the new one's optimiser is its `.optimizer`.
    Several schedulers of one optimiser go over as one `ChainedScheduler`. Hooks stay with the old optimiser.

    Args:
        optimizer: any optimiser whose history has the shape of its parameters, or is scalar, or any scheduler of one;
            left as it is.
        model: the model whose parameters it holds, all of them or some.
        pruned: what `prune(model, ...)` gave, or a model with the same parameters.

    Returns:
        An object of the same class and settings over the parameters of `pruned`; its history is a copy.

    Raises:
        PruneError: if the optimiser holds a parameter that `model` does not have, `pruned` lacks one or has it in
            another shape, or its history has a form that cannot be masked (LBFGS, Adafactor).

    Examples:
        >>> from leyden.prune import Random, carry, prune
        >>> model = nn.Linear(2, 2)
        >>> adam = torch.optim.Adam(model.parameters(), lr=0.01)
        >>> halving = torch.optim.lr_scheduler.StepLR(adam, 5, gamma=0.5)
        >>> sparse = prune(model, Random(0.5, seed=0))
        >>> carry(halving, model, sparse).optimizer.param_groups[0]["params"][0] is next(sparse.parameters())
        True
    """
    old = optimizer if isinstance(optimizer, torch.optim.Optimizer) else optimizer.optimizer
    names = _matched(old, model, pruned)
    parameters, modules = dict(pruned.named_parameters()), dict(pruned.named_modules())
    # deepcopy takes from its memo what it is told is copied already: parameters become those of the pruned model, and
    # so do modules, of which a scheduler may hold a method.
    memo: dict[int, Any] = {key: parameters[name] for key, name in names.items()}
    memo |= {id(module): modules[path] for path, module in model.named_modules() if path in modules}
    memo[id(old)] = _copied(old, memo)
    mask_history_(memo[id(old)], pruned)
    return copy.deepcopy(optimizer, memo)


def mask_history_(optimizer: _Optimizer, model: nn.Module) -> _Optimizer:
    """Zero the history of a running optimiser, and the gradients, where the model that it trains is pruned.

    Say it after `prune_` or `remask_`; `carry` has done it already.

    Args:
        optimizer: changed; left as it is where anything is raised.
        model: holds the parameters of the optimiser, all of them or some; only its gradients are changed.

    Returns:
        The optimiser.

    Raises:
        PruneError: if the history has a form that cannot be masked (LBFGS, Adafactor).

    Examples:
        >>> from leyden.prune import Magnitude, prune_
        >>> model = nn.Linear(4, 2)
        >>> sgd = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        >>> model(torch.ones(1, 4)).sum().backward()
        >>> sgd.step()
        >>> rule = mask_history_(sgd, prune_(model, Magnitude(0.5)))
        >>> int(rule.state[next(model.parameters())]["momentum_buffer"].count_nonzero())
        4
    """
    parameters: dict[str, Tensor] = dict(model.named_parameters())
    kept = {parameters[name]: mask for name, mask in masks(model).items()}
    state: Mapping[Tensor, dict[str, Any]] = {**optimizer.state}
    if kept:
        _check_form(optimizer, {parameter: name for name, parameter in parameters.items()}, kept)
    for parameter, mask in kept.items():
        for tensor in _of_each_weight(state.get(parameter, {}), parameter):
            zero_(tensor, mask.to(tensor.device))
    return optimizer


def _copied(optimizer: _Optimizer, memo: dict[int, Any]) -> _Optimizer:
    carried = copy.deepcopy(optimizer, memo)
    for name in vars(optimizer).keys() - vars(carried).keys() - {"step"}:
        # torch drops attributes that subclasses add; `step` is one only while a scheduler has wrapped it.
        setattr(carried, name, copy.deepcopy(vars(optimizer)[name], memo))
    if "step" in vars(optimizer):
        # A scheduler warns unless the first one of its optimiser has wrapped `step`; this one changes no rate.
        ConstantLR(carried, factor=1.0)
    return carried


def _matched(optimizer: torch.optim.Optimizer, model: nn.Module, pruned: nn.Module) -> dict[int, str]:
    """Name the parameters of an optimiser, by id, once all of them are known to have a counterpart."""
    known = {id(parameter): name for name, parameter in model.named_parameters()}
    shapes = {name: parameter.shape for name, parameter in pruned.named_parameters()}
    names, faults = {}, []
    for index, group in enumerate(optimizer.param_groups):
        for parameter in group["params"]:
            name = known.get(id(parameter))
            if name is None:
                faults.append(
                    f"group {index} holds a parameter of shape {tuple(parameter.shape)} that is not the model's"
                )
            elif name not in shapes:
                faults.append(f"the pruned model has no {name}")
            elif shapes[name] != parameter.shape:
                faults.append(
                    f"{name} is {tuple(parameter.shape)} in the model, {tuple(shapes[name])} in the pruned one"
                )
            else:
                names[id(parameter)] = name
    if faults:
        raise PruneError(f"{'; '.join(faults)}; say carry(optimizer, model, pruned) with the model that it has trained")
    return names


def _check_form(optimizer: torch.optim.Optimizer, names: Mapping[Tensor, str], kept: Mapping[Tensor, Tensor]) -> None:
    faults = [
        f"{key} of {names.get(parameter, 'a parameter of another model')}"
        for parameter, history in optimizer.state.items()
        for key in _unknown(history, parameter, masked=parameter in kept)
    ]
    if faults:
        raise PruneError(
            f"the history of {type(optimizer).__name__} cannot be masked: {'; '.join(faults)}; start a new optimiser "
            "over the parameters of the pruned model"
        )


def _unknown(history: Mapping[str, Any], parameter: Tensor, *, masked: bool) -> list[str]:
    """Name what of a parameter's history has no known form; LBFGS keeps that of all parameters with the first."""
    return [
        key
        for key, value in history.items()
        if isinstance(value, list | tuple | dict)
        or (
            isinstance(value, Tensor)
            and value.shape != parameter.shape
            and value.numel() > (1 if masked else parameter.numel())
        )
    ]


def _of_each_weight(history: Mapping[str, Any], parameter: Tensor) -> Iterator[Tensor]:
    held = [*history.values(), parameter.grad]
    return (value.detach() for value in held if isinstance(value, Tensor) and value.shape == parameter.shape)
