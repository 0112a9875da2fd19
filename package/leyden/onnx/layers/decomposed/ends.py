"""The nodes in which layers that are in pieces may end."""

from torch import fx

from leyden.onnx.layers.decomposed.activations import activation
from leyden.onnx.layers.decomposed.norms import normalised, waits
from leyden.onnx.lower.call import Call, maker

__all__ = ["product", "quotient", "total"]


@maker("Mul")
def product(call: Call) -> fx.Node | None:
    """Make an activation, or a normalisation without bias, of the product that it ends in."""
    if all(given is not None and not given.is_constant for given in call.inputs) or _scales(call):
        made = activation(call)
        if made is not None:
            return made
    if not waits(call):
        return normalised(call)
    last = call.follower("Add")
    made = None if last is None else normalised(last)
    if last is not None and made is not None:
        call.absorb(last)
    return made


@maker("Div")
def quotient(call: Call) -> fx.Node | None:
    """Make an activation of the quotient by a number that it ends in."""
    return activation(call) if _scales(call) else None


@maker("Add")
def total(call: Call) -> fx.Node | None:
    """Make a normalisation of the sum with a bias that it ends in."""
    return normalised(call) if any(given is not None and given.is_constant for given in call.inputs) else None


def _scales(call: Call) -> bool:
    return any(given is not None and given.is_constant and given.size == 1 for given in call.inputs)
