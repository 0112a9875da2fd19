"""Functions that say which datasets they use."""

import inspect
import os
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from leyden.data.declared.stack import Catalog, catalog
from leyden.errors import CatalogError

__all__ = ["datasets_of", "uses"]

_Result = TypeVar("_Result")
_MARK = "leyden_datasets"


def uses(
    *names: str, catalog: Catalog | str | os.PathLike[str] | None = None, **parameters: str
) -> Callable[[Callable[..., _Result]], Callable[..., _Result]]:
    """Let a function be called without its datasets: those not given are looked up by name when it is called.

    `@uses("brats")` fills the parameter `brats` with the dataset of that name, `@uses(train="brats")` the parameter
    `train`. A value that is given wins; a default of the function does not.

    Args:
        names: parameters that are called like their datasets.
        catalog: where to look; if not given, in the stack at the time of the call, see `ly.data.catalog`.
        parameters: the dataset of each other parameter.

    Raises:
        CatalogError: the function has no such parameter, or none is named.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> from pathlib import Path
        >>> toml = '''
        ... [[datasets]]
        ... name = "sizes"
        ... storage = {driver = "inline", type = "json", text = "[3, 12, 7]"}
        ... '''
        >>> with TemporaryDirectory() as folder:
        ...     _ = (Path(folder) / "Data.toml").write_text(toml)
        ...     @uses("sizes", catalog=folder)
        ...     def largest(sizes, at_most=99):
        ...         return max(size for size in sizes if size <= at_most)
        ...     largest(), largest(at_most=9), largest([5])
        (12, 7, 5)
    """
    wanted, where = {name: name for name in names} | parameters, catalog
    if not wanted or not all(isinstance(name, str) for name in wanted):  # `@uses` without brackets is given a function
        raise CatalogError("uses wants the names of datasets: @uses('brats') or @uses(train='brats')")

    def decorate(function: Callable[..., _Result]) -> Callable[..., _Result]:
        return _injecting(function, wanted, where)

    return decorate


def datasets_of(function: Callable[..., object]) -> Mapping[str, str]:
    """The parameters that `uses` fills in a function, and the names of their datasets; empty if it fills none."""
    return dict(getattr(function, _MARK, {}))


def _injecting(
    function: Callable[..., _Result], wanted: Mapping[str, str], where: Catalog | str | os.PathLike[str] | None
) -> Callable[..., _Result]:
    signature = inspect.signature(function)
    _check(function, signature, wanted)

    @wraps(function)
    def injected(*args: Any, **kwargs: Any) -> _Result:
        bound = signature.bind_partial(*args, **kwargs)
        given = {*bound.arguments, *kwargs}  # also what only the function's own `**` takes
        if missing := {parameter: name for parameter, name in wanted.items() if parameter not in given}:
            source = _source(where)
            entries = [source.entry(name) for name in missing.values()]  # all names before any work
            found = {one: source[entry.name] for one, entry in zip(missing, entries, strict=True)}
            extra = {one: value for one, value in found.items() if one not in signature.parameters}
            bound = signature.bind_partial(*args, **kwargs, **extra)
            bound.arguments |= {one: value for one, value in found.items() if one in signature.parameters}
        return function(*bound.args, **bound.kwargs)

    vars(injected)[_MARK] = wanted
    return injected


def _source(where: Catalog | str | os.PathLike[str] | None) -> Catalog:
    return where if isinstance(where, Catalog) else catalog(where)


def _check(function: Callable[..., object], signature: inspect.Signature, wanted: Mapping[str, str]) -> None:
    name = getattr(function, "__qualname__", repr(function))
    kinds = {one.kind for one in signature.parameters.values()}
    if inspect.Parameter.VAR_KEYWORD in kinds:
        return
    missing = [one for one in wanted if one not in signature.parameters]
    if missing:
        raise CatalogError(
            f"{name}{signature} has no parameter {' and no '.join(map(repr, missing))}; "
            f"to fill one that is called otherwise write @uses(parameter={wanted[missing[0]]!r})"
        )
