"""Every weight below a number goes: `Threshold`."""

import math
import numbers
from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from torch import Tensor

from leyden.errors import PruneError
from leyden.prune.subject import Keep, Method, Subject

__all__ = ["Threshold"]


@final
@dataclass(frozen=True)
class Threshold(Method):
    """Prune every weight whose absolute value is below a number.

    Args:
        value: in the unit of the weights, 0 or more; 0 prunes nothing. A weight of just this value is kept.

    Raises:
        PruneError: if `value` is negative or not finite.

    Examples:
        >>> import torch
        >>> Threshold(1.0)({"a": torch.tensor([[3.0, -1.0, 0.5]])})
        {'a': tensor([[ True,  True, False]])}

    Source:
        Han, Pool, Tran and Dally, NeurIPS 2015, section 3: "all connections with weights below a threshold are
        removed".
    """

    value: float

    def __post_init__(self) -> None:
        number = isinstance(self.value, numbers.Real) and not isinstance(self.value, bool)
        if not (number and math.isfinite(self.value) and self.value >= 0):
            raise PruneError(f"a threshold is a finite number of 0 or more; {self.value!r} was given")

    def __call__(self, weights: Mapping[str, Tensor], subject: Subject | None = None) -> Keep:
        """Say what to keep; see `Method`."""
        return {name: weight.detach().abs() >= self.value for name, weight in weights.items()}
