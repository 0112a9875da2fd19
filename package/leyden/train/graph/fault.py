"""What is wrong with a set of callbacks, as values: what, between whom, about which state, and what mends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from leyden.errors import GraphError

__all__ = ["Fault", "FaultKind", "raise_for"]

FaultKind: TypeAlias = Literal[
    "write conflict", "missing writer", "cycle", "listed twice", "lightning rule", "unknown path", "declaration"
]
"""Two writers of one path; a reader without a writer; no possible order; one callback in two places; an order that
Lightning does not allow; a path that names nothing; a declaration that cannot be read."""


@dataclass(frozen=True)
class Fault:
    """One reason why callbacks cannot run together.

    Attributes:
        kind: which sort of reason.
        callbacks: names of those concerned, as the graph calls them.
        paths: the state it is about.
        message: the reason in one sentence.
        mend: a line of code that would mend it; empty where there is no single one.

    Examples:
        >>> print(Fault("cycle", ("A", "B"), ("logged.x",), "A waits for B, and B for A", "resolve(A, B, first=A)"))
        cycle: A waits for B, and B for A
              resolve(A, B, first=A)
    """

    kind: FaultKind
    callbacks: tuple[str, ...]
    paths: tuple[str, ...]
    message: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}" + (f"\n      {self.mend}" if self.mend else "")


def raise_for(faults: Sequence[Fault]) -> None:
    """Raises one error that tells all faults; without any, does nothing.

    Raises:
        GraphError: there are faults; they are its `faults`.

    Examples:
        >>> raise_for([])
        >>> raise_for([Fault("write conflict", ("A", "B"), ("optimizer.lr",), "A and B write optimizer.lr")])
        Traceback (most recent call last):
        leyden.errors.GraphError: these callbacks cannot run as they are, for 1 reason:
          1. write conflict: A and B write optimizer.lr
    """
    if not faults:
        return
    told = "\n".join(f"  {number}. {fault}" for number, fault in enumerate(faults, start=1))
    many = "reason" if len(faults) == 1 else "reasons"
    raise GraphError(f"these callbacks cannot run as they are, for {len(faults)} {many}:\n{told}", tuple(faults))
