"""The table of ONNX operators: which function computes which operator, in which versions."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, final

from leyden.errors import OnnxError

__all__ = ["RESERVED", "Operator", "find", "find_hosted", "hosted", "operator", "operators", "withdraw"]

RESERVED = ("device", "input_types", "opset", "output_count", "output_types")
"""Keyword-only parameters that are no attributes of an operator: what its place in a network says."""

_Function = TypeVar("_Function", bound=Callable[..., Any])


@final
@dataclass(frozen=True)
class Operator:
    """A function that computes an operator of ONNX, in a range of its versions.

    Args:
        name: The operator, as in `Conv`.
        domain: Its domain; ONNX's own is the empty text.
        since: First version of the operator set in which the function is right.
        until: Last such version; None for all that follow.
        function: Takes the inputs by position (None for one that is left out), the attributes by keyword.
        numbers: Inputs that it takes as Python numbers: an int, or a tuple of ints or floats, instead of a tensor.
        scalars: Whether any one of its inputs may be a Python number instead of a tensor without axes.
        many: Whether it gives a tuple even when one output is asked for.
        gives_numbers: Whether it gives Python numbers instead of a tensor.
        random: Whether it draws random numbers, so that it cannot be computed beforehand.
        literals: Inputs that may be a Python number instead of a tensor without axes, where one is at hand.
        way: What it does with Python numbers, if it computes with them instead of tensors: "each" takes one of each
            input and gives one, "moves" only gives others a place, "whole" does anything else.
    """

    name: str
    domain: str
    since: int
    until: int | None
    function: Callable[..., Any]
    numbers: frozenset[str] = frozenset()
    scalars: bool = False
    many: bool = False
    gives_numbers: bool = False
    random: bool = False
    literals: frozenset[str] = frozenset()
    way: Literal["each", "moves", "whole"] = "whole"
    inputs: tuple[str, ...] = field(init=False)
    variadic: bool = field(init=False)
    keywords: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        parameters = inspect.signature(self.function).parameters.values()
        positional = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        object.__setattr__(self, "inputs", tuple(positional))
        object.__setattr__(self, "variadic", any(p.kind is p.VAR_POSITIONAL for p in parameters))
        keywords = [p.name for p in parameters if p.kind in (p.KEYWORD_ONLY, p.POSITIONAL_OR_KEYWORD)]
        object.__setattr__(self, "keywords", frozenset(keywords))

    def takes_number(self, position: int) -> bool:
        """Say whether the input at a position is taken as Python numbers."""
        return position < len(self.inputs) and self.inputs[position] in self.numbers

    def takes_literal(self, position: int) -> bool:
        """Say whether the input at a position may be a Python number."""
        return position < len(self.inputs) and self.inputs[position] in self.literals

    def covers(self, opset: int) -> bool:
        """Say whether the function is right in a version of the operator set."""
        return self.since <= opset <= (self.until or opset)


_TABLE: dict[tuple[str, str], list[Operator]] = {}
_HOSTED: dict[tuple[str, str], Operator] = {}


def operator(
    name: str, *, since: int = 1, until: int | None = None, domain: str = "", numbers: Iterable[str] = (),
    scalars: bool = False, many: bool = False, gives_numbers: bool = False, random: bool = False,
    literals: Iterable[str] = (),
) -> Callable[[_Function], _Function]:  # fmt: skip
    """Enter a function into the table; the arguments are those of `Operator`.

    Raises:
        OnnxError: The operator has a function in one of these versions already.

    Examples:
        >>> import torch
        >>> from leyden.onnx.ops import find
        >>> find("Relu", opset=14).function(torch.tensor([-1.0, 2.0]))
        tensor([0., 2.])
    """

    def entered(function: _Function) -> _Function:
        entry = Operator(
            name, domain, since, until, function, frozenset(numbers), scalars, many, gives_numbers, random,
            frozenset(literals),
        )  # fmt: skip
        known = _TABLE.setdefault((domain, name), [])
        for other in known:
            if other.since <= (until or other.since) and since <= (other.until or since):
                raise OnnxError(
                    f"{domain or 'ai.onnx'}::{name} has a function from version {other.since} to "
                    f"{other.until or 'the newest'} already; {since} to {until or 'the newest'} overlap with it"
                )
        known.append(entry)
        return function

    return entered


def hosted(
    name: str, *, way: Literal["each", "moves", "whole"], domain: str = "", many: bool = False
) -> Callable[[_Function], _Function]:
    """Enter a function that computes an operator on Python numbers instead of tensors.

    It is called as the function of the operator is, with a number for each tensor without axes and a (nested) tuple of
    numbers for each other tensor, and gives one or the other. Sizes of axes stay symbolic that way.

    Args:
        name: The operator, as in `Concat`.
        way: "each" takes one number of each input and gives one; whoever calls it broadcasts. "moves" only moves
            numbers, so that nodes of a network may stand in their place; it raises TypeError where it needs to know
            them. "whole" does anything else.
        domain: Its domain; ONNX's own is the empty text.
        many: Whether it gives a tuple of outputs.
    """

    def entered(function: _Function) -> _Function:
        if (domain, name) in _HOSTED:
            raise OnnxError(f"{domain or 'ai.onnx'}::{name} has a function of numbers already")
        _HOSTED[domain, name] = Operator(name, domain, 1, None, function, many=many, way=way)
        return function

    return entered


def find(name: str, *, opset: int, domain: str = "") -> Operator | None:
    """Find the function of an operator in a version of its operator set; None if there is none."""
    return next((entry for entry in _TABLE.get((domain, name), ()) if entry.covers(opset)), None)


def find_hosted(name: str, domain: str = "") -> Operator | None:
    """Find the function that computes an operator on Python numbers; None if there is none."""
    return _HOSTED.get((domain, name))


def operators() -> tuple[Operator, ...]:
    """List the whole table, sorted by domain, name and version."""
    entries = (entry for known in _TABLE.values() for entry in known)
    return tuple(sorted(entries, key=lambda entry: (entry.domain, entry.name, entry.since)))


def withdraw(name: str, domain: str) -> None:
    """Take all functions of an operator out of the table."""
    _TABLE.pop((domain, name), None)
    _HOSTED.pop((domain, name), None)
