"""Layers without values of their own: no memory, no random numbers, until they are given parameters."""

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import nn

__all__ = ["bare", "filled"]

_Layer = TypeVar("_Layer", bound=nn.Module)


def bare(make: Callable[[], _Layer]) -> _Layer:
    """Make a layer on the device `meta`.

    Examples:
        >>> bare(lambda: nn.Linear(3, 4)).weight.is_meta
        True
    """
    with torch.device("meta"):
        return make()


def filled(layer: _Layer, **parameters: nn.Parameter | None) -> _Layer:
    """Give a layer its parameters, in place; it is given back."""
    for name, parameter in parameters.items():
        layer.register_parameter(name, parameter)
    return layer
