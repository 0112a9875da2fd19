"""The tensors of a file as parameters: one for each, however often and wherever it is used."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import final

from torch import Tensor, aminmax, finfo, nn

from leyden.onnx.lower.given import Given
from leyden.onnx.ops.dtypes import is_float_code

__all__ = ["Claim", "Weights"]


@final
@dataclass(frozen=True, eq=False)
class Claim:
    """A tensor of the file that became parameters.

    Args:
        layout: What was done to it: "same", "transposed", or any other name.
        parameters: What it became.
        invert: Makes the tensor, as the file has it, of the parameters; None if nobody can.
    """

    layout: str
    parameters: tuple[nn.Parameter, ...]
    invert: Callable[..., Tensor] | None = None


@final
class Weights:
    """Which tensors of a file became which parameters."""

    def __init__(self) -> None:
        self._claims: dict[Given, Claim] = {}
        self.made: dict[tuple[Given | None, ...], Given] = {}  # weights that are made of other tensors of the file

    def claim(self, given: Given) -> Claim | None:
        """Give what a tensor became; None if nobody has used it yet."""
        return self._claims.get(given)

    def keep(self, given: Given) -> Claim | None:
        """Make a parameter of a tensor that no layer owns; None if it has infinities or NaN, as a mask has.

        The greatest number of a type stands for infinity in masks that must stay finite.
        """
        if given not in self._claims and self.own(given) is None:
            return None
        claim = self._claims.get(given)
        if claim is None or not _is_plain(claim.parameters[0].detach()):
            self._claims.pop(given, None)
            return None
        return claim

    def own(
        self, given: Given, *, layout: str = "same", make: Callable[[Tensor], Sequence[Tensor]] | None = None,
        invert: Callable[..., Tensor] | None = None,
    ) -> tuple[nn.Parameter, ...] | None:  # fmt: skip
        """Make parameters of a tensor, or give those that it became already.

        Args:
            given: The tensor; floating-point numbers that are known beforehand.
            layout: Name of what `make` does; one name, one function. A matrix that is "transposed" needs none.
            make: Makes the values of the parameters of the tensor; None for the tensor as it is.
            invert: A function, in a module, that makes the tensor of the parameters; None if the layout has none.

        Returns:
            The parameters; None if the tensor is not known beforehand, or has become parameters in another layout.
        """
        if not given.is_constant or not is_float_code(given.code):
            return None
        if given.whole is not None and given.order == "same" and given.shape == given.whole.shape:
            given = given.whole
        if given.whole is not None and (given.whole.uses > 1 or given.whole in self._claims):
            return None  # a copy of it would learn by itself
        claim = self._claims.get(given)
        if claim is None:
            if layout == "transposed":
                values: Sequence[Tensor] = (given.turned(),)
            else:
                values = (given.value(),) if make is None else make(given.value())
            claim = Claim(layout, tuple(nn.Parameter(value.contiguous()) for value in values), invert)
            self._claims[given] = claim
        return claim.parameters if claim.layout == layout else None


def _is_plain(tensor: Tensor) -> bool:
    return all(abs(float(bound)) < finfo(tensor.dtype).max for bound in aminmax(tensor))  # NaN is less than nothing
