"""Modules and parameters put at their paths in a network."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import numpy as np
from torch import Tensor, fx, nn

from leyden.onnx.lower.constant import Constant

__all__ = ["place_", "twin"]

_RESERVED = frozenset((*dir(fx.GraphModule), "meta"))
"""What a network has as attributes of its own, whatever layers it holds."""


def place_(root: nn.Module, thing: nn.Module | nn.Parameter, path: str) -> str:
    """Set a module or a parameter at a path, or at the next one where nothing else is; say where.

    A layer made alike that stands there already stays, and so do parameters that were there before their layer.

    Examples:
        >>> net = nn.Module()
        >>> [place_(net, layer, "block.act") for layer in (nn.ReLU(), nn.Tanh(), nn.ReLU())]
        ['block.act', 'block.act_2', 'block.act']
    """
    *prefix, last = path.split(".")
    home = root
    for index, part in enumerate(prefix):
        names = _numbered(part)
        part = next(n for n in names if _is_home(home._modules.get(n), thing) or _is_free(home, n, root))
        held = home._modules.get(part)
        if held is None:
            held = nn.Module()
            home.add_module(part, held)
        prefix[index] = part
        home = held
    alike = next((name for name, held in home._modules.items() if name.startswith(last) and _same(held, thing)), None)
    if alike is not None:
        return ".".join((*prefix, alike))
    if not _is_husk(home._modules.get(last), thing):
        last = next(name for name in _numbered(last) if _is_free(home, name, root))
    setattr(home, last, thing)
    return ".".join((*prefix, last))


def twin(root: nn.Module, layer: nn.Module) -> str | None:
    """Find a layer that is made alike and holds the very same parameters; None if there is none."""
    if not any(True for _ in layer.parameters()):
        return None
    return next((path for path, held in root.named_modules() if _same(held, layer)), None)


def _is_home(held: Any, thing: nn.Module | nn.Parameter) -> bool:
    """Say whether a module may hold a thing; a layer may hold one more parameter, but no other layer."""
    return type(held) is nn.Module or (isinstance(held, nn.Module) and not isinstance(thing, nn.Module))


def _is_husk(held: nn.Module | None, thing: nn.Module | nn.Parameter) -> bool:
    """Say whether a module holds nothing but parameters that a layer holds by the same names."""
    if type(held) is not nn.Module or held._modules or not isinstance(thing, nn.Module):
        return False
    return all(thing._parameters.get(name) is parameter for name, parameter in held._parameters.items())


def _is_free(home: nn.Module, name: str, root: nn.Module) -> bool:
    return not hasattr(home, name) and not (home is root and name in _RESERVED)


def _numbered(name: str) -> Iterator[str]:
    """Give a name, and with a number behind it the next ones to try."""
    yield name
    yield from (f"{name}_{number}" for number in count(2))


def _same(held: nn.Module | None, thing: nn.Module | nn.Parameter) -> bool:
    """Say whether a layer is made alike and holds the very same parameters, so that it can be called in its place."""
    if held is None or type(held) is not type(thing) or type(held) is nn.Module or isinstance(held, Constant):
        return False
    assert isinstance(thing, nn.Module)
    ours, theirs = held._parameters, thing._parameters
    if ours.keys() != theirs.keys() or any(ours[name] is not theirs[name] for name in ours):
        return False
    if any(True for _ in thing.children()) or repr(held) != repr(thing):
        return False
    buffers = dict(thing.named_buffers())
    return all(name in buffers and _equal(buffers[name], value) for name, value in held.named_buffers())


def _equal(one: Tensor, other: Tensor) -> bool:
    return one.shape == other.shape and one.dtype == other.dtype and bool(np.array_equal(one.numpy(), other.numpy()))
