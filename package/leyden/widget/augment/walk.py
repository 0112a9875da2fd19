"""Where the parameters of a transform are, inside those it is made of, and how to make it again with others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from inspect import Parameter, signature
from types import UnionType
from typing import Any, Literal, TypeAlias, Union, cast, get_args, get_origin, get_type_hints

from leyden.augment import Transform
from leyden.errors import PanelError

__all__ = ["Path", "Place", "allows", "is_number", "places", "rebuilt", "words_of"]

Path: TypeAlias = tuple[int | str, ...]
"""How to get to a parameter: the place or the name of an argument, outermost transform first."""


@dataclass(frozen=True)
class Place:
    """A parameter as it stands in a transform.

    Args:
        owner: the transform that holds it.
        field: the field of its class.
        name: what it is called there, `degrees` or `shape[0]`.
        path: where the owner is.
        keys: where it is in its owner; two for a range of which low and high are parameters of their own.
        value: where it stands.
        hint: the type that the class writes for it; None where there is none to be had.
    """

    owner: Transform
    field: str
    name: str
    path: Path
    keys: tuple[Path, ...]
    value: Any
    hint: Any

    @property
    def paths(self) -> tuple[Path, ...]:
        """Where it is in the whole transform."""
        return tuple((*self.path, *key) for key in self.keys)


def places(move: Transform, path: Path = ()) -> Iterator[Place]:
    """Find every parameter of a transform and of those inside it, in the order in which they are written."""
    positional, named = _arguments(move)
    hints, names = _hints(type(move)), [field.name for field in fields(cast("Any", move))]
    plain = _is_plain(move, positional, names)
    slots: list[tuple[int | str, str, Any]] = [*((name, name, value) for name, value in named.items())]
    if plain:
        slots = [*((index, names[index], value) for index, value in enumerate(positional)), *slots]
    else:
        slots = [(index, f"{names[0]}[{index}]", value) for index, value in enumerate(positional)] + slots
    ends = {name: (key, value) for key, name, value in slots if name in ("low", "high") and is_number(value)}
    for key, name, value in slots:
        field = name.partition("[")[0]
        hint = hints.get(field) if name == field else _inner(hints.get(field))
        if isinstance(value, Transform):
            yield from places(value, (*path, key))
        elif len(ends) == 2 and name in ends:
            if name == "low":  # the two are one range
                keys = ((ends["low"][0],), (ends["high"][0],))
                yield Place(move, "low", "low..high", path, keys, (ends["low"][1], ends["high"][1]), hint)
        elif isinstance(value, tuple) and not _is_pair(value, hint):
            for index, part in enumerate(value):
                if isinstance(part, Transform):
                    yield from places(part, (*path, key, index))
                else:
                    yield Place(move, field, f"{name}[{index}]", path, ((key, index),), part, _inner(hint))
        else:
            yield Place(move, field, name, path, ((key,),), value, hint)


def rebuilt(value: Any, changes: Mapping[Path, Any]) -> Any:
    """Give a transform made again with other parameters, all changed at once; the one given stays as it is.

    Raises:
        DrawError: the transform refuses them.
        PanelError: there is nothing at one of the paths.
    """
    if () in changes:
        return changes[()]
    inner: dict[int | str, dict[Path, Any]] = {}
    for (key, *rest), new in ((path, new) for path, new in changes.items()):
        inner.setdefault(key, {})[tuple(rest)] = new
    positional, named = _arguments(value) if isinstance(value, Transform) else (value, {})
    known = {*named, *range(len(positional))} if isinstance(positional, tuple) else set[int | str]()
    if inner.keys() - known:
        raise PanelError(f"{value!r} has no {min(inner, key=str)!r}: take the knob from knobs() of this very transform")
    parts = tuple(rebuilt(part, inner[key]) if key in inner else part for key, part in enumerate(positional))
    if not isinstance(value, Transform):
        return parts
    changed = {name: rebuilt(part, inner[name]) if name in inner else part for name, part in named.items()}
    return type(value)(*parts, **changed)


def words_of(hint: Any) -> tuple[Any, ...]:
    """List what a type allows one by one; nothing unless it is made of literals.

    Examples:
        >>> words_of(Literal["x", "y"]), words_of(float)
        (('x', 'y'), ())
    """
    if get_origin(hint) is Literal:
        return get_args(hint)
    return tuple(word for part in _alternatives(hint) if part is not hint for word in words_of(part))


def allows(hint: Any, kind: type) -> bool:
    """Tell whether a type is, or may be, another one; a tuple of it counts where that is a range.

    Examples:
        >>> allows(float | tuple[float, float], float), allows(float | tuple[float, float], int)
        (True, False)
    """
    return any(part is kind or (get_origin(part) is tuple and kind in get_args(part)) for part in _alternatives(hint))


def is_number(value: object) -> bool:
    """Tell whether a value is a number, and no truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _arguments(move: Transform) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Positional and named arguments that make it again, defaults included."""
    positional, named = move.arguments()
    names = [field.name for field in fields(cast("Any", move))]
    taken = set(names[: len(positional)]) if _is_plain(move, positional, names) else set[str]()
    defaults = {name: getattr(move, name) for name in _optional(type(move)) if name in names and name not in taken}
    return positional, defaults | named


@cache
def _optional(owner: type) -> tuple[str, ...]:
    """Names of the arguments that may be left out."""
    found = signature(owner).parameters.items()
    return tuple(name for name, parameter in found if parameter.default is not Parameter.empty)


def _is_plain(move: Transform, positional: tuple[Any, ...], names: list[str]) -> bool:
    """Whether arguments by position are fields one by one, not the parts of the first."""
    return [getattr(move, name) for name in names[: len(positional)]] == list(positional)


@cache
def _hints(owner: type) -> dict[str, Any]:
    try:
        return get_type_hints(owner)
    except NameError:  # a class made inside a function may name types that only the function knows
        return {}


def _alternatives(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _inner(hint: Any) -> Any:
    """The type of one entry of a tuple."""
    tuples = [part for part in _alternatives(hint) if get_origin(part) is tuple]
    return get_args(tuples[0])[0] if tuples and get_args(tuples[0]) else None


def _is_pair(value: tuple[Any, ...], hint: Any) -> bool:
    """Whether two numbers are the ends of a range."""
    if len(value) != 2 or not all(map(is_number, value)):
        return False
    tuples = [get_args(part) for part in _alternatives(hint) if get_origin(part) is tuple]
    return not tuples or any(len(parts) == 2 and parts[1] is not Ellipsis for parts in tuples)
