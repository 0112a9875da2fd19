"""Reshape, with its zeros resolved while the network is made."""

from typing import Any

from torch import fx

from leyden.onnx.lower.call import Call, maker
from leyden.onnx.lower.hosting.structure import sizes_structure, structure_of
from leyden.onnx.ops.shaping.layout import reshape

__all__ = ["resolved"]


@maker("Reshape")
def resolved(call: Call) -> fx.Node | None:
    """Say in place of each zero whose size is meant, so that nobody has to look for zeros when the network runs."""
    data, shape = call.given(0), call.given(1)
    if data is None or shape is None or data.is_constant or data.numbers:
        return None
    try:
        wanted = structure_of(call, shape)
    except TypeError:  # the shape is a tensor
        return None
    if not call.attributes.get("allowzero", 0) and any(_is_zero(size) for size in wanted):
        sizes = sizes_structure(call, data)
        if sizes is None or any(_is_zero(size) and axis >= len(sizes) for axis, size in enumerate(wanted)):
            return None
        wanted = tuple(sizes[axis] if _is_zero(size) else size for axis, size in enumerate(wanted))
    return call.function(reshape, call.tensor(0), wanted, allowzero=1)


def _is_zero(size: Any) -> bool:
    return isinstance(size, int) and size == 0
