"""Operators of one's own: a plain function that files can name, in both directions."""

import functools
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar, cast, final

import torch

from leyden.errors import OnnxError
from leyden.onnx.ops.registry import RESERVED, operator, operators, withdraw

__all__ = ["Recorder", "Registered", "is_recorded", "recorded_by", "register", "unregister"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


@final
@dataclass(frozen=True)
class Registered:
    """An operator of one's own.

    Args:
        domain: Its domain, as in `com.acme`.
        name: The operator, as in `Foo`.
        function: The function as it was written.
        since: First version of the domain's operator set that has it; exported files name this version.
        outputs: How many tensors it gives.
    """

    domain: str
    name: str
    function: Callable[..., Any]
    since: int
    outputs: int

    @property
    def home(self) -> str:
        """Module and name of the function."""
        return f"{self.function.__module__}.{self.function.__qualname__}"


Recorder: TypeAlias = Callable[[Registered, Sequence[Any], dict[str, Any]], Any]
"""What stands in for calls of registered functions while a network is exported."""

_REGISTERED: dict[tuple[str, str], Registered] = {}
_RECORDERS: list[Recorder] = []


def register(domain: str, name: str, *, since: int = 1, outputs: int = 1) -> Callable[[_Function], _Function]:
    """Make a function of tensors an operator of ONNX files.

    `leyden.onnx.load` calls it for each node `domain::name`, also where the file has a body for it. Wherever a network
    that `leyden.onnx.export` writes calls it, the file gets one such node, and the body for those who do not know it.
    Called otherwise it is the function that it was. The same function may be registered again: a cell may run twice.

    Args:
        domain: Of one's own, as in `com.acme`.
        name: The operator.
        since: First version of the domain's operators that has it.
        outputs: How many tensors it gives: one, or a tuple of so many.

    Returns:
        A decorator of a function that takes inputs by position (None for one that is left out), attributes by keyword.

    Raises:
        OnnxError: The domain is ONNX's, the operator has another function, or the parameters are none an operator has.

    Examples:
        >>> @register("com.acme", "Scale")
        ... def scale(x, *, alpha=2.0):
        ...     return x * alpha
        >>> unregister("com.acme", "Scale")
    """

    def entered(function: _Function) -> _Function:
        entry = Registered(domain, name, inspect.unwrap(function), since, outputs)
        faults = [*_faults_of_name(entry), *_faults_of_parameters(entry.function)]
        if faults:
            raise OnnxError(f"{domain}::{name} cannot be registered: {'; '.join(faults)}")
        if (domain, name) in _REGISTERED:
            unregister(domain, name)
        wrapped = _watched(entry)
        operator(name, since=since, domain=domain, many=outputs > 1)(wrapped)
        _REGISTERED[domain, name] = entry
        return cast("_Function", wrapped)

    return entered


def unregister(domain: str, name: str) -> None:
    """Forget an operator of one's own; networks that call its function already keep it.

    Raises:
        OnnxError: There is none of that name.
    """
    if (domain, name) not in _REGISTERED:
        known = ", ".join(f"{entry.domain}::{entry.name}" for entry in _REGISTERED.values())
        raise OnnxError(f"no {domain}::{name} was registered; registered: {known or 'nothing'}")
    del _REGISTERED[domain, name]
    withdraw(name, domain)


@contextmanager
def recorded_by(recorder: Recorder) -> Iterator[None]:
    """Have calls of registered functions answered by another function; threads see each other's."""
    _RECORDERS.append(recorder)
    try:
        yield
    finally:
        _RECORDERS.remove(recorder)


def is_recorded() -> bool:
    """Say whether a network is being exported, so that functions may answer with nodes of the file to be."""
    return bool(_RECORDERS) and not torch.compiler.is_dynamo_compiling()


def _watched(entry: Registered) -> Callable[..., Any]:
    function = entry.function

    @functools.wraps(function)
    def watched(*inputs: Any, **attributes: Any) -> Any:
        return _RECORDERS[-1](entry, inputs, attributes) if is_recorded() else function(*inputs, **attributes)

    return watched


def _faults_of_name(entry: Registered) -> Iterator[str]:
    if entry.domain in ("", "ai.onnx"):
        yield f"the domain {entry.domain!r} is ONNX's; choose one of your own, as in 'com.acme'"
    if not entry.name.isidentifier():
        yield f"the name of an operator is letters and digits, not {entry.name!r}"
    if entry.since < 1 or entry.outputs < 1:
        yield f"since and outputs are 1 or more; given: {entry.since} and {entry.outputs}"
    held = _REGISTERED.get((entry.domain, entry.name))
    if held is not None and held.home != entry.home:
        yield (
            f"{held.home} is registered for it; choose another name, or call "
            f"leyden.onnx.unregister({entry.domain!r}, {entry.name!r}) first"
        )
    if held is None and any((known.domain, known.name) == (entry.domain, entry.name) for known in operators()):
        yield "leyden has a function for it; choose another name"


def _faults_of_parameters(function: Callable[..., Any]) -> Iterator[str]:
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            yield f"**{name} does not say which attributes there are; name each of them after a *"
        elif parameter.kind is parameter.KEYWORD_ONLY and name in RESERVED:
            yield f"{name} is a word of leyden's own; give the attribute another name"
        elif parameter.kind is parameter.POSITIONAL_OR_KEYWORD and parameter.default not in (parameter.empty, None):
            yield (
                f"{name}={parameter.default!r} is an input by its place, and an input that is left out is None; "
                "write it after a * to make it an attribute"
            )
