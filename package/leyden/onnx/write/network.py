"""The network that is exported: a copy on the CPU in evaluation mode, so that the user's own is never touched."""

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from leyden.errors import ExportError

__all__ = ["evaluation_copy", "network_name", "parameters_of"]


class _Function(nn.Module):
    """A function in the place of a network; its own parameters stay those of the function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, *arguments: Any, **keywords: Any) -> Any:
        return self.function(*arguments, **keywords)


def evaluation_copy(net: Callable[..., Any]) -> nn.Module:
    """Copy a network, or wrap a function, with every part on the CPU and in evaluation mode.

    A function that holds networks (a closure) cannot be copied: those stay in the mode they are in. A bound method is
    copied with its object.

    Raises:
        ExportError: The network cannot be copied, or cannot be exported in the form it has.
    """
    if isinstance(net, torch.jit.ScriptModule):
        raise ExportError("a TorchScript module cannot be exported; give the Python module it was made from")
    plain = getattr(net, "_orig_mod", net)  # what torch.compile wraps around a module
    try:
        twin = copy.deepcopy(plain)
    except Exception as error:  # a copy runs the user's own code
        raise ExportError(
            f"{network_name(net)} cannot be copied ({error}); the copy is what is exported, so that yours stays as it "
            "is: make copy.deepcopy(net) work, for instance by detaching tensors that are kept as attributes"
        ) from error
    if not isinstance(twin, nn.Module):
        owner = getattr(twin, "__self__", None)
        if isinstance(owner, nn.Module):
            owner.cpu().eval()
        twin = _Function(twin)
    return twin.cpu().eval()


def network_name(net: Callable[..., Any]) -> str:
    """Name a network or function for a message."""
    return type(net).__name__ if isinstance(net, nn.Module) else getattr(net, "__name__", type(net).__name__)


def parameters_of(net: nn.Module) -> Callable[..., Any]:
    """Give the function whose parameters are those of the network."""
    return net.function if isinstance(net, _Function) else net.forward
