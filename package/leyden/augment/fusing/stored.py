"""Steps as plain data for JSON, exactly and both ways."""

import json
from collections.abc import Sequence
from typing import Any

from leyden.augment.fusing.step import Leaf, Numbers, Step, registered
from leyden.errors import DrawError
from leyden.items import Size

__all__ = ["Drawn", "checked_size", "pack", "read_json", "unpack", "write_json"]

Drawn = tuple[Size, tuple[Step, ...]]
"""What makes a draw: its grid and its steps."""

_VERSION = 1
"""Of the JSON; stored draws of another version are refused rather than misread."""


def checked_size(size: Any) -> Size:
    """Give a size as the tuple that it should be.

    Args:
        size: pixels along each axis, in any sequence.

    Raises:
        DrawError: no two or three whole numbers of at least one.

    Examples:
        >>> checked_size([8, 6])
        (8, 6)
    """
    numbers = tuple(size) if isinstance(size, list | tuple) else ()
    whole = all(isinstance(count, int) and not isinstance(count, bool) and count >= 1 for count in numbers)
    if len(numbers) not in (2, 3) or not whole:
        raise DrawError(f"a draw is for a grid of two or three axes, at least one pixel each, got size {size!r}")
    return numbers


def pack(drawn: Drawn) -> dict[str, Any]:
    """Give a draw as dictionaries, lists, strings and numbers.

    Args:
        drawn: its grid and its steps.

    Raises:
        DrawError: a transform is not registered.
    """
    size, steps = drawn
    return {"leyden.draw": _VERSION, "size": size, "steps": [_pack_step(step) for step in steps]}


def unpack(stored: Any) -> Drawn:
    """Give the grid and the steps of what `pack` gave, after a way through JSON.

    Args:
        stored: a dictionary with the version and all of it.

    Raises:
        DrawError: of another version, or a transform in it is not registered.
        KeyError: something is missing.
        TypeError: something is of another kind.
    """
    if stored["leyden.draw"] != _VERSION:
        raise DrawError(f"a draw of version {stored['leyden.draw']}; this leyden reads version {_VERSION}")
    return _whole_numbers(stored["size"]), tuple(map(_unpack_step, stored["steps"]))


def write_json(plain: dict[str, Any]) -> str:
    """Write plain data as JSON, so that every number comes back as it was.

    Raises:
        DrawError: a transform is made of more than numbers, strings and tuples of them.
    """
    try:
        return json.dumps(plain, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise DrawError(f"it cannot be written as JSON: {error}; use plain, finite numbers and strings") from error


def read_json(text: str) -> Any:
    """Read JSON; the words NaN and Infinity, which are none, are refused.

    Raises:
        ValueError: it is no JSON.
    """
    return json.loads(text, parse_constant=_refuse)


def _pack_step(step: Step) -> dict[str, Any]:
    name = type(step.transform).__name__
    if registered(name) is not type(step.transform):
        raise DrawError(f"another transform is registered as {name!r}; decorate this one with @leyden.augment.register")
    arguments, options = step.transform.arguments()
    return {"transform": name, "arguments": arguments, "options": options, "numbers": step.numbers}


def _unpack_step(stored: dict[str, Any]) -> Step:
    make: type[Leaf] = registered(stored["transform"])
    options = {name: _tuples(value) for name, value in stored["options"].items()}
    return Step(make(*_tuples(stored["arguments"]), **options), _numbers(stored["numbers"]))


def _tuples(value: Any) -> Any:
    """Give lists back as the tuples that they were."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _numbers(values: Sequence[Any]) -> Numbers:
    wrong = [value for value in values if not isinstance(value, int | float)]
    if wrong:
        raise TypeError(f"drawn numbers must be numbers, not {wrong}")
    return tuple(values)


def _whole_numbers(values: Sequence[Any]) -> Size:
    if not all(isinstance(value, int) for value in values):
        raise TypeError(f"a size must be whole numbers, not {values}")
    return tuple(values)


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no number of JSON")
