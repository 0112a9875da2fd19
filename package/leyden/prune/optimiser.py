"""An optimiser's history, carried over to a pruned model."""

import copy
from collections.abc import Mapping
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from leyden.errors import PruneError
from leyden.prune.pruning import masks

__all__ = ["carry"]

_Optimizer = TypeVar("_Optimizer", bound=torch.optim.Optimizer)


def carry(optimizer: _Optimizer, model: nn.Module, pruned: nn.Module) -> _Optimizer:
    """Make an optimiser for a pruned model that goes on where the one for the model stands.

    Momentum gathered in dense training would bring pruned weights back in one step, so it is zeroed where they are
    pruned. Hooks and learning-rate schedulers stay with the old optimiser: make a scheduler anew.

    Args:
        optimizer: any optimiser whose history has the shape of its parameters, or is scalar; left as it is.
        model: the model whose parameters it holds, all of them or some.
        pruned: what `prune(model, ...)` gave, or a model with the same parameters.

    Returns:
        An optimiser of the same class and settings over the parameters of `pruned`; its history is a copy.

    Raises:
        PruneError: if the optimiser holds a parameter that `model` does not have, `pruned` lacks one or has it in
            another shape, or its history has a form that cannot be masked (LBFGS, Adafactor).

    Examples:
        >>> from leyden.prune import Random, carry, prune
        >>> model = nn.Linear(2, 2)
        >>> adam = torch.optim.Adam(model.parameters(), lr=0.01)
        >>> sparse = prune(model, Random(0.5, seed=0))
        >>> carry(adam, model, sparse).param_groups[0]["lr"]
        0.01
    """
    names = _matched(optimizer, model, pruned)
    parameters = dict(pruned.named_parameters())
    # deepcopy takes from its memo what it is told is copied already: parameters become those of the pruned model.
    memo: dict[int, Any] = {key: parameters[name] for key, name in names.items()}
    carried = copy.deepcopy(optimizer, memo)
    for name in vars(optimizer).keys() - vars(carried).keys() - {"step"}:
        # torch drops attributes that subclasses add; `step` is one only while a scheduler has wrapped it.
        setattr(carried, name, copy.deepcopy(vars(optimizer)[name], memo))
    _mask_histories_(carried, pruned)
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


def _mask_histories_(optimizer: torch.optim.Optimizer, pruned: nn.Module) -> None:
    parameters = dict(pruned.named_parameters())
    faults = [
        f"{key} of {name}"
        for name, mask in masks(pruned).items()
        for key in _mask_history_(optimizer.state.get(parameters[name], {}), mask)
    ]
    if faults:
        raise PruneError(
            f"the history of {type(optimizer).__name__} cannot be masked: {'; '.join(faults)}; start a new optimiser "
            "over the parameters of the pruned model"
        )


def _mask_history_(history: Mapping[str, Any], mask: Tensor) -> list[str]:
    """Zero what is pruned, in place; name what has no known form."""
    unknown = []
    for key, value in history.items():
        if isinstance(value, Tensor) and value.shape == mask.shape:
            value.masked_fill_(~mask.to(value.device), 0)
        elif isinstance(value, list | tuple | dict) or (isinstance(value, Tensor) and value.numel() > 1):
            unknown.append(key)
    return unknown
