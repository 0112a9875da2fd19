"""Weights in another shape or order: not computed until somebody takes them so, and known to be that weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import torch
from torch import Tensor

from leyden.onnx.lower.applying import again, literals, require
from leyden.onnx.lower.given import Given
from leyden.onnx.ops.dtypes import is_float_code

if TYPE_CHECKING:
    from leyden.onnx.lower.call import Call

__all__ = ["view"]

_CASTS = frozenset(("Cast", "CastLike"))
_VIEWS = frozenset(("Flatten", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze"))


def view(call: Call) -> Sequence[Given] | None:
    """Say what is known of a node that gives a weight in another shape or order; None for any other node.

    A layer may then own the weight itself: the matrix of `x @ w.T` stays the matrix that others use, too.
    """
    first = call.given(0)
    if call.domain or first is None or not first.is_constant:
        return None
    if call.op in _CASTS and _target(call) == first.code:
        return [_alias(call, first)]
    if call.op not in _VIEWS or not first.shape or first.sizes is None:
        return None
    if not (first.stored or first.whole is not None) or not is_float_code(first.code):
        return None
    if not all(given is None or given.is_constant for given in call.inputs):
        return None
    function = require(call).function
    rest, settings = literals(call)
    shape = tuple(function(torch.empty(first.sizes, device="meta"), *rest, **settings).shape)

    def read(source: Given = first) -> Any:
        value = source.value()
        assert isinstance(value, Tensor)
        return function(value, *rest, **settings).contiguous()

    shown = Given(call.outputs[0].name or "", first.code, shape, read=read)
    shown.whole, shown.order, shown.emit = first.whole or first, _order(call, first, shape), again(call)
    return [shown]


def _target(call: Call) -> int:
    """Give the element type that a value is cast to; zero if nobody knows."""
    other = call.given(1)
    return int(call.attributes["to"]) if call.op == "Cast" else other.code if other is not None else 0


def _alias(call: Call, first: Given) -> Given:
    """Give a value that is known beforehand under the name of what casts it to the type that it has."""
    alike = Given(call.outputs[0].name or "", first.code, first.shape, read=first.read)
    if first.is_weight and (first.stored or first.whole is not None):
        alike.whole, alike.order, alike.emit = first.whole or first, first.order, lambda builder: builder.tensor(first)
    return alike


def _order(call: Call, first: Given, shape: tuple[int, ...]) -> Literal["same", "turned", "other"]:
    whole = (first.whole or first).sizes
    if call.op != "Transpose":
        return first.order if first.order == "same" or shape == first.sizes else "other"
    if tuple(call.attributes.get("perm", ())) not in ((), (1, 0)) or len(shape) != 2:
        return "other"
    if first.order == "same" and first.sizes == whole:
        return "turned"
    return "same" if first.order == "turned" else "other"
