"""Optional: a value that may be missing; its type is for the file only."""

from collections.abc import Sequence

from torch import fx

from leyden.onnx.lower.call import Call, maker
from leyden.onnx.lower.given import Given
from leyden.onnx.ops.sequence.optionals import optional

__all__ = ["wrap"]


@maker("Optional")
def wrap(call: Call) -> fx.Node | Sequence[Given]:
    """Give the value itself; what is missing is known now."""
    given = call.given(0)
    if given is None:
        return [Given(call.outputs[0].name or "", read=_nothing)]
    return call.function(optional, call.builder.tensor(given))


def _nothing() -> None:
    return None
