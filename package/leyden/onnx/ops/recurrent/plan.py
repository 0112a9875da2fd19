"""What the attributes of a recurrent operator say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

__all__ = ["DEFAULTS", "Plan", "kernel_of"]

DEFAULTS = {"LSTM": ("Sigmoid", "Tanh", "Tanh"), "GRU": ("Sigmoid", "Tanh"), "RNN": ("Tanh",)}
"""Activations of one direction where a file names none."""

_DIRECTIONS = {"forward": (False,), "reverse": (True,), "bidirectional": (False, True)}


@final
@dataclass(frozen=True)
class Plan:
    """The attributes of a recurrent operator.

    Args:
        kind: `LSTM`, `GRU` or `RNN`.
        activations: Names of the activations of all directions; None for the default.
        alphas: Settings of them; None for their defaults.
        betas: More settings of them.
        clip: Bound on what goes into an activation; None for no bound.
        direction: `forward`, `reverse` or `bidirectional`.
        batch_first: Whether the batch comes before time and direction.
        coupled: Whether the forget gate of an LSTM is what its input gate leaves.
        late: Whether the reset gate of a GRU acts behind the weights of the state.
    """

    kind: str
    activations: Sequence[str] | None = None
    alphas: Sequence[float] | None = None
    betas: Sequence[float] | None = None
    clip: float | None = None
    direction: str = "forward"
    batch_first: bool = False
    coupled: bool = False
    late: bool = False

    def backward(self) -> tuple[bool, ...]:
        """Say of each direction whether it runs backward.

        Raises:
            ValueError: Nobody knows the direction.
        """
        if self.direction not in _DIRECTIONS:
            raise ValueError(f"{self.kind} has no direction {self.direction!r}; it has {', '.join(_DIRECTIONS)}")
        return _DIRECTIONS[self.direction]

    def names(self) -> tuple[str, ...]:
        """Give the names of the activations of all directions."""
        names = tuple(self.activations or DEFAULTS[self.kind])
        count = len(DEFAULTS[self.kind])
        return names if len(names) > count else names * len(self.backward())


def kernel_of(plan: Plan) -> str | None:
    """Name the kernel of torch that computes the same; None if there is none.

    Examples:
        >>> kernel_of(Plan("LSTM")), kernel_of(Plan("GRU")), kernel_of(Plan("RNN", ("Relu",)))
        ('LSTM', None, 'RNN_RELU')
    """
    names = tuple(name.lower() for name in plan.names())
    usual = tuple(name.lower() for name in DEFAULTS[plan.kind]) * len(plan.backward())
    if plan.clip is not None or plan.coupled or (plan.kind == "GRU" and not plan.late):
        return None
    if names == usual:
        return plan.kind
    return "RNN_RELU" if plan.kind == "RNN" and set(names) == {"relu"} else None
