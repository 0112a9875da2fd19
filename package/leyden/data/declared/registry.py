"""What a declaration may name: drivers, which bring data, and readers, which make containers of what was brought.

A keyword of the function is a key of `[datasets.storage]`; its type says what may stand there, and without a default
it must. A package of its own brings more by an entry point of the group "leyden.data", whose name is that of the driver
or type and whose value is the module that registers it: it is loaded when a TOML file first names it.
"""

import difflib
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeAlias, TypeVar, Union, final, get_args, get_origin, get_type_hints

from leyden.data.declared.entry import DatasetEntry
from leyden.errors import CatalogError, DriverMissing

__all__ = [
    "COMMON", "Driver", "Form", "Plugin", "Reader", "Rows", "closest", "driver", "faults_of_options", "find_driver",
    "find_reader", "known_options", "reader",
]  # fmt: skip

Rows: TypeAlias = list[dict[str, Any]]
"""Rows written in the TOML file itself."""

Form: TypeAlias = Literal["file", "folder", "zip", "zip part", "archive", "remote", "rows"]
"""What a reader can be given: a local file or folder, a zip to be read in place, a folder in a zip
("photos.zip/train") likewise, a zip or tar as the file that it is, a URL for fsspec, rows as they are."""

Driver: TypeAlias = Callable[..., Path | str | Rows]
Reader: TypeAlias = Callable[..., Any]
_Function = TypeVar("_Function", bound=Callable[..., Any])
_GROUP = "leyden.data"

COMMON = ("driver", "type", "inside")
"""Keys of `[datasets.storage]` that do not depend on the driver."""


@final
@dataclass(frozen=True)
class Plugin:
    """A registered function.

    Args:
        name: what TOML files call it.
        function: what it is.
        options: its keywords: their types, and whether one must be given.
        forms: what a reader can be given; empty for a driver.
    """

    name: str
    function: Callable[..., Any]
    options: Mapping[str, tuple[Any, bool]]
    forms: tuple[Form, ...] = ()


_drivers: dict[str, Plugin] = {}
_readers: dict[str, Plugin] = {}


def driver(name: str) -> Callable[[_Function], _Function]:
    """Add a driver of your own to those a TOML file may name; use it as a decorator.

    The function takes the entry and its options by keyword, and gives a local file or folder, a URL for fsspec
    ("s3://..."), or rows. `entry.local(text)` and `entry.expand(text)` make paths and texts of options.

    Args:
        name: a new name.

    Raises:
        CatalogError: the name is taken.

    Examples:
        >>> @driver("shared-drive")
        ... def shared_drive(entry: DatasetEntry, *, path: str) -> Path:
        ...     return Path("/mnt/shared") / path
        >>> known_options("shared-drive", "images")
        ['driver', 'type', 'inside', 'path', 'check']
    """
    return _registering(name, _drivers, "driver")


def reader(name: str, *, takes: Iterable[Form] = ("file",)) -> Callable[[_Function], _Function]:
    """Add a type of your own to those a TOML file may name; use it as a decorator.

    The function takes what the driver brought and its options by keyword, and gives a container.

    Args:
        name: a new name.
        takes: what the function can be given. An archive is unpacked for one that takes neither "zip" nor "archive";
            what lies elsewhere is copied into the cache for one that takes no "remote".

    Raises:
        CatalogError: the name is taken.
    """
    return _registering(name, _readers, "type", forms=tuple(takes))


def find_driver(name: str) -> Plugin:
    """The driver of that name; the installed package that brings it is loaded if need be.

    Raises:
        DriverMissing: there is none, the closest and all others are named; or the package cannot be loaded.
    """
    return _found(name, _drivers, "driver")


def find_reader(name: str) -> Plugin:
    """The type of that name; the installed package that brings it is loaded if need be.

    Raises:
        DriverMissing: there is none, the closest and all others are named; or the package cannot be loaded.
    """
    return _found(name, _readers, "type")


def known_options(driver_name: str, type_name: str) -> list[str]:
    """The keys that may stand in `[datasets.storage]` for a driver and a type."""
    return [*COMMON, *find_driver(driver_name).options, *find_reader(type_name).options]


def faults_of_options(entry: DatasetEntry) -> list[str]:
    """What is wrong with an entry's options; nothing is said where its driver or type is not to be had (yet)."""
    plugins = [_at_hand(entry.driver, _drivers, "driver"), _at_hand(entry.type, _readers, "type")]
    known: dict[str, Any] = {"inside": str}
    for plugin in filter(None, plugins):
        known |= {name: hint for name, (hint, _) in plugin.options.items()}
    faults = [
        f"{key} must be {_spelt(known[key])}; given {value!r}"
        for key, value in entry.options.items()
        if key in known and not _fits(value, known[key])
    ]
    missing = {
        key: f"the {kind} {plugin.name!r} needs {key!r}"
        for kind, plugin in zip(("driver", "type"), plugins, strict=True)
        if plugin
        for key, (_, needed) in plugin.options.items()
        if needed and key not in entry.options
    }
    faults += missing.values()
    if all(plugins):
        unknown = [key for key in entry.options if key not in known]
        also = ", ".join(repr(key) for key in known if key not in entry.options) or "nothing else"
        faults += [
            f"driver {entry.driver!r} with type {entry.type!r} has no key {key!r}{closest(key, known)}; it takes {also}"
            for key in unknown
        ]
    return faults


def closest(word: str, known: Iterable[str]) -> str:
    """An aside that names what a word may have been meant for, or nothing.

    Examples:
        >>> closest("pth", ["path", "type"]), closest("zzz", ["path"])
        ("; closest: 'path'", '')
    """
    near = difflib.get_close_matches(word, list(known), n=3, cutoff=0.5)
    return f"; closest: {', '.join(map(repr, near))}" if near else ""


def _registering(
    name: str, registry: dict[str, Plugin], kind: str, *, forms: tuple[Form, ...] = ()
) -> Callable[[_Function], _Function]:
    def register(function: _Function) -> _Function:
        if name in registry:
            raise CatalogError(
                f"a {kind} named {name!r} is registered already, {registry[name].function!r}; choose another name"
            )
        hints = get_type_hints(function)
        options = {
            parameter.name: (hints.get(parameter.name, Any), parameter.default is parameter.empty)
            for parameter in inspect.signature(function).parameters.values()
            if parameter.kind is parameter.KEYWORD_ONLY
        }
        if taken := [option for option in options if option in COMMON]:
            raise CatalogError(f"the {kind} {name!r} has a keyword {taken[0]!r}, a key of every storage; rename it")
        registry[name] = Plugin(name, function, options, forms)
        return function

    return register


def _at_hand(name: str, registry: dict[str, Plugin], kind: str) -> Plugin | None:
    """The plugin of a name; None where there is none, or none that works: only who opens the dataset is told."""
    try:
        return _found(name, registry, kind)
    except DriverMissing:
        return None


def _load_plugin(name: str, kind: str) -> None:
    """Import the module that an installed package names for a driver or type, which registers it."""
    for point in entry_points(group=_GROUP, name=name):
        try:
            point.load()
        except Exception as error:  # a package may fail in any way; it must not pass for a name that is wrong
            package = f" of the package {point.dist.name!r}" if point.dist else ""
            raise DriverMissing(
                f"the {kind} {name!r} comes from {point.value!r}{package}, which cannot be loaded "
                f"({type(error).__name__}: {error}); install what it needs, or a version that works here"
            ) from error


def _found(name: str, registry: dict[str, Plugin], kind: str) -> Plugin:
    if name not in registry:
        _load_plugin(name, kind)
    if name not in registry:
        how = (
            f"register your own with @ly.data.{'driver' if kind == 'driver' else 'reader'}({name!r}) before it is used"
        )
        raise DriverMissing(
            f"no {kind} named {name!r}{closest(name, registry)}; registered: {', '.join(sorted(registry))}; {how}"
        )
    return registry[name]


def _fits(value: object, hint: Any) -> bool:
    """Whether a value of TOML is of a type; bool is no int, and a whole number is a float too."""
    if hint is Any:
        return True
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return any(_fits(value, one) for one in inner)
    if origin is Literal:
        return value in inner
    if origin is list:
        return isinstance(value, list) and all(_fits(one, inner[0]) for one in value)
    if origin is dict:
        return isinstance(value, dict) and all(_fits(one, inner[1]) for one in value.values())
    if hint in (int, float):
        return isinstance(value, int if hint is int else (int, float)) and not isinstance(value, bool)
    return isinstance(value, hint)


def _spelt(hint: Any) -> str:
    names = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return " or ".join(_spelt(one) for one in inner if one is not type(None))
    if origin is Literal:
        return f"one of {', '.join(map(repr, inner))}"
    if origin in (list, dict):
        return f"a {'list' if origin is list else 'table'} of {_spelt(inner[-1])}"
    return names.get(hint, "a table")
