"""Slice, as a subscript of Python."""

import operator as python
from typing import Any

from torch import fx

from leyden.onnx.lower.call import Call, maker
from leyden.onnx.lower.hosting.structure import structure_of

__all__ = ["subscript"]

_INPUTS = ("starts", "ends", "axes", "steps")
_START = -(2**62)  # torch warns of numbers below


@maker("Slice")
def subscript(call: Call) -> fx.Node | None:
    """Make a subscript of a Slice whose axes and steps are known; none goes backwards."""
    data = call.given(0)
    if data is None or data.is_constant or data.numbers or data.rank is None:
        return None
    try:
        bounds = _bounds(call, data.rank)
    except TypeError:  # some are tensors
        return None
    places: list[Any] = [slice(None)] * data.rank
    for start, end, axis, step in bounds:
        if not isinstance(axis, int) or not isinstance(step, int) or step < 1 or not -data.rank <= axis < data.rank:
            return None
        places[axis] = slice(_near(start), _near(end), step if step > 1 else None)
    while len(places) > 1 and places[-1] == slice(None):
        places.pop()
    return call.function(python.getitem, call.tensor(0), tuple(places))


def _bounds(call: Call, rank: int) -> list[tuple[Any, ...]]:
    """List start, end, axis and step of each axis that is cut."""
    values: dict[str, Any] = {name: call.attributes.get(name) for name in _INPUTS}
    for name, given in zip(_INPUTS, call.inputs[1:], strict=False):
        values[name] = None if given is None else structure_of(call, given)
    starts, ends, axes, steps = (None if values[name] is None else _listed(values[name]) for name in _INPUTS)
    if starts is None or ends is None:
        raise TypeError("no starts, or no ends")
    axes = tuple(range(rank))[: len(starts)] if axes is None else axes
    return list(zip(starts, ends, axes, (1,) * len(starts) if steps is None else steps, strict=True))


def _listed(numbers: Any) -> tuple[Any, ...]:
    return numbers if isinstance(numbers, tuple) else (numbers,)


def _near(bound: Any) -> Any:
    return max(bound, _START) if isinstance(bound, int) else bound
