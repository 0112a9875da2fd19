"""What is fed to a model while it is measured: batches, the loss they give, and a copy that nobody else sees."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional

from leyden.errors import PruneError
from leyden.prune.pruning import bake
from leyden.prune.selection import places
from leyden.prune.subject import Subject

__all__ = [
    "Batches",
    "Loss",
    "apart",
    "batch_faults",
    "cross_entropy",
    "dense_copy",
    "leaves",
    "loss_faults",
    "measured",
    "moved",
    "numbered",
]

Batches: TypeAlias = Iterable[Any]
"""Batches that can be gone through again and again: a list, a DataLoader, a pipe of `leyden.data`."""

Loss: TypeAlias = Callable[[nn.Module, Any], Tensor]
"""A function of a model and a batch, moved to where the model is, that gives one number to be made small."""

_ACCELERATORS = ("cuda", "xpu")  # those whose random state torch can fork by index


def cross_entropy(model: nn.Module, batch: Any, *, temperature: float = 1.0) -> Tensor:
    """Give the mean cross-entropy of a batch of inputs and class indices.

    Args:
        model: gives logits, one class along axis 1.
        batch: a pair (inputs, class indices), as a tuple or a list.
        temperature: what the logits are divided by; above 1 the model is less sure of itself.

    Returns:
        One number.

    Raises:
        PruneError: if the batch is not such a pair.

    Examples:
        >>> round(cross_entropy(nn.Identity(), (torch.zeros(3, 2), torch.tensor([0, 1, 1]))).item(), 4)
        0.6931
    """
    if not isinstance(batch, tuple | list) or len(batch) != 2:
        raise PruneError(
            f"a batch is a pair (inputs, class indices) unless loss= says otherwise; {_described(batch)} was given; a "
            "single batch goes into a list: [(inputs, classes)]"
        )
    inputs, classes = batch
    return functional.cross_entropy(model(inputs) / temperature, classes)


def batch_faults(batches: object) -> list[str]:
    """Say what is wrong with a collection of batches, as far as that is known before it is gone through."""
    if not isinstance(batches, Iterable) or isinstance(batches, str | Mapping | Tensor):
        return [f"batches are a list, a DataLoader or a pipe of batches; {_described(batches)} was given"]
    if isinstance(batches, Iterator):
        return [f"batches are gone through more than once; {_described(batches)} is spent after one: make it a list"]
    # a pipe may have to read files to know its length, a list or a tuple knows it
    if isinstance(batches, list | tuple) and not batches:
        return ["batches are empty: there is nothing to measure on"]
    return []


def loss_faults(loss: object) -> list[str]:
    """Say what is wrong with a loss, as far as that is known before it is called."""
    if callable(loss):
        return []
    return [f"loss is a function of a model and a batch; {_described(loss)} was given"]


def measured(subject: Subject | None, method: object) -> Subject:
    """Give the subject that a method runs, if there is one.

    Raises:
        PruneError: if there is none.
    """
    if subject is None:
        raise PruneError(f"{type(method).__name__} measures the model: call it through prune(model, ...)")
    return subject


@contextmanager
def apart(model: nn.Module) -> Iterator[None]:
    """Within it gradients are computed whatever mode the caller is in; torch's random state is put back after it."""
    devices = {parameter.device for parameter in model.parameters() if parameter.device.type in _ACCELERATORS}
    kind = next((device.type for device in devices), "cuda")
    fork = torch.random.fork_rng([device.index for device in devices], device_type=kind)
    with torch.inference_mode(False), torch.enable_grad(), fork:
        yield


def dense_copy(model: nn.Module, names: Iterable[str] | None = None) -> tuple[nn.Module, dict[str, nn.Parameter]]:
    """Copy a model, masks off (pruned weights are zeros), so that every weight of it gets a gradient.

    The copy is in the mode of the model. What is made within `apart` is for use there.

    Args:
        model: left as it is.
        names: weights that are wanted; all that can be pruned unless given.

    Returns:
        The copy, and the parameters of it with these names, none of them frozen.

    Raises:
        PruneError: if the model cannot be copied.
    """
    plain = bake(model)
    return plain, leaves(plain, names)


def leaves(model: nn.Module, names: Iterable[str] | None = None) -> dict[str, nn.Parameter]:
    """Give parameters of a private copy by name, in place made ready for a backward: not frozen, in any mode.

    Args:
        model: changed.
        names: weights that are wanted; all that can be pruned unless given.

    Returns:
        The parameters themselves.
    """
    weights = {place.name: place.parameter for place in places(model)}
    wanted = {name: weights[name] for name in (weights if names is None else names)}
    for weight in wanted.values():
        weight.requires_grad_(True)
    for module in model.modules():
        if isinstance(module, nn.RNNBase) and not module.training:
            # cuDNN has no backward for a recurrent layer in evaluation; without dropout training is the same
            module.dropout = 0.0
            module.train()
    return wanted


def numbered(batches: Batches, device: torch.device) -> Iterator[tuple[int, Any]]:
    """Go through batches, each with its number and moved to a device.

    Raises:
        PruneError: if there was none.
    """
    number = -1
    for number, batch in enumerate(batches):
        yield number, moved(batch, device)
    if number < 0:
        raise PruneError("batches are empty: there is nothing to measure on")


def moved(batch: Any, device: torch.device) -> Any:
    """Move the tensors of a batch to a device: in tuples, lists and dicts at any depth, and what has a `.to`.

    Examples:
        >>> moved({"image": torch.ones(1), "paths": ["a.png"]}, torch.device("cpu"))
        {'image': tensor([1.]), 'paths': ['a.png']}
    """
    if isinstance(batch, Tensor):
        there = batch.to(device)
        # a tensor made in inference mode cannot be part of a backward
        return there.clone() if there.is_inference() else there
    if type(batch) is dict:
        return {key: moved(value, device) for key, value in batch.items()}
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return type(batch)(*(moved(value, device) for value in batch))
    if isinstance(batch, tuple | list):
        return type(batch)(moved(value, device) for value in batch)
    return batch.to(device) if hasattr(batch, "to") else batch


def _described(given: object) -> str:
    if isinstance(given, Tensor):
        return f"a tensor of shape {tuple(given.shape)}"
    if given is None:
        return "None"
    size = f" of {len(given)}" if isinstance(given, tuple | list) else ""
    return f"{type(given).__name__}{size}"
