"""Layers without values of their own: no memory, no random numbers, until they are given parameters."""

from collections.abc import Callable
from typing import Any, TypeVar, final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import init
from torch.overrides import TorchFunctionMode
from torch.utils._device import _device_constructors

from leyden.onnx.lower.call import Call
from leyden.onnx.lower.given import Given
from leyden.onnx.lower.naming import is_path
from leyden.onnx.lower.safety.budget import unwatched

__all__ = ["bare", "decimal", "filled", "fits", "is_filler"]

_Layer = TypeVar("_Layer", bound=nn.Module)
_META = torch.device("meta")
_FILLING = frozenset((
    Tensor.fill_, Tensor.normal_, Tensor.uniform_, Tensor.zero_, init.kaiming_uniform_, init.normal_, init.uniform_,
))  # fmt: skip


def bare(make: Callable[[], _Layer]) -> _Layer:
    """Make a layer on the device `meta`.

    Examples:
        >>> bare(lambda: nn.Linear(3, 4)).weight.is_meta
        True
    """
    with unwatched(), _Bare():
        return make()


@final
class _Bare(TorchFunctionMode):
    """Puts what layers make on the device `meta`, and does not fill it: that takes torch longer than all the rest."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        settings = kwargs or {}
        if func in _FILLING:
            return args[0] if args else settings["tensor"]
        if func in _device_constructors() and settings.get("device") is None:
            settings = settings | {"device": _META}
        return func(*args, **settings)


def filled(layer: _Layer, **parameters: nn.Parameter | None) -> _Layer:
    """Give a layer its parameters, in place; it is given back."""
    for name, parameter in parameters.items():
        layer.register_parameter(name, parameter)
    return layer


def decimal(number: float) -> float:
    """Give the number that was meant: attributes have 24 bits, of which Python shows more digits than were written.

    Examples:
        >>> decimal(9.999999747378752e-06)
        1e-05
    """
    return float(str(np.float32(number)))


def fits(call: Call, given: Given | None, path: str, name: str = "bias") -> bool:
    """Say whether a weight may become that of a layer: torch must not have called it otherwise."""
    if given is None or not given.stored or not path or not call.builder.names.from_torch:
        return True
    named = (f"{path}.{name}", f"{path}.weight_{name}")  # the second where torch folded a normalisation
    return not is_path(given.name) or given.uses > 1 or given.name in named


def is_filler(call: Call, given: Given | None, value: float) -> bool:
    """Say whether an exporter made up a weight, all of one value, for an operator that wants one of a layer without.

    What the file stores under the name of a parameter is a weight, whatever its value.
    """
    if given is None or not given.is_constant or given.whole is not None or given.emit is not None:
        return False
    if given.stored and (is_path(given.name) or not call.builder.names.from_torch):
        return False
    values = given.value()
    return isinstance(values, torch.Tensor) and bool((values == value).all())
