"""What a pipe is made of, in words and digests: by these a later run knows whether it is the same pipe."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from dis import get_instructions
from functools import partial
from pathlib import Path
from types import CodeType, ModuleType

import numpy as np
import torch
from torch import Tensor

from leyden.data.pipe.step import Operation
from leyden.data.pipe.view import Container, View, describe
from leyden.data.run.parcel import bytes_in

__all__ = ["Trait", "traits"]

_PLAIN = (int, float, complex, str, bytes, Path, range, slice, np.generic)
_TORCH_OWN = vars(torch.nn.Module()).keys()

Trait = tuple[str, str]
"""One container or step of a pipe: how it prints, and a digest of all that its elements depend on."""


def traits(container: Container) -> tuple[Trait, ...]:
    """The containers and steps of a pipe, the source first; nothing is read from the source.

    A function counts by its name, its code, what it closes over and the numbers and words that it reads; an object that
    is called, and a network, by what they hold too. A source counts by what it says in an attribute
    `fingerprint`, else by its contents if it is a list, array or the like, else by its state, as pickle sees it.

    Examples:
        >>> [words for words, _ in traits([1, 2])], traits([1, 2]) == traits([1, 2]), traits([1, 2]) == traits([1, 3])
        (['list[2]'], True, False)
    """
    if not isinstance(container, View):
        return ((describe(container), _digest(container)),)
    beneath = tuple(trait for source in container.sources for trait in traits(source))
    operation = getattr(container, "operation", None)  # of a pipe, of groups, of a join
    if isinstance(operation, Operation):
        return (*beneath, (operation.written(short=True), _digest(operation)))
    return (*beneath, (type(container).__name__, _digest(getattr(container, "fingerprint", repr(container)))))


def _digest(value: object) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in _marks(value, ()):
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.hexdigest()


def _marks(value: object, above: tuple[int, ...]) -> Iterator[bytes]:
    """All that tells a value from another, in bytes that are the same in every run."""
    yield type(value).__qualname__.encode()
    if id(value) in above:  # within itself
        return
    above = (*above, id(value))
    if isinstance(value, np.memmap):
        status = Path(value.filename).stat()  # type: ignore[arg-type]  # a map of a file has its name
        yield repr((value.filename, value.shape, str(value.dtype), status.st_size, status.st_mtime_ns)).encode()
    elif isinstance(value, np.ndarray) and not value.dtype.hasobject:
        yield from (repr((value.shape, value.dtype.str)).encode(), np.ascontiguousarray(value).tobytes())
    elif isinstance(value, Tensor):
        yield from (repr((value.shape, value.dtype)).encode(), bytes_in(value.cpu()).tobytes())
    elif value is None or isinstance(value, _PLAIN):
        yield repr(value).encode()
    else:
        for part in _parts(value):
            yield from _marks(part, above)


def _parts(value: object) -> Sequence[object]:
    """The values that a value is made of."""
    if isinstance(value, View):
        return traits(value)
    if isinstance(value, Mapping):
        return [part for pair in value.items() for part in pair]
    if isinstance(value, set | frozenset):
        return sorted(map(_digest, value))
    if isinstance(value, list | tuple):
        return value
    if isinstance(value, np.ndarray):  # of objects
        return [value.shape, *value.flat]
    if isinstance(offered := getattr(value, "fingerprint", getattr(value, "_fingerprint", None)), str):
        return [offered]  # Hugging Face's datasets have the latter
    if is_dataclass(value) and not isinstance(value, type):
        return [(each.name, getattr(value, each.name)) for each in fields(value)]
    if isinstance(value, partial | type | CodeType) or callable(value):
        return _of_callable(value)
    if hasattr(value, "to_numpy"):
        return [np.asarray(value.to_numpy())]  # type: ignore[attr-defined]  # a column of pandas or polars
    return [value.__getstate__()]


def _of_callable(value: object) -> Sequence[object]:
    if isinstance(value, partial):
        return [value.func, value.args, value.keywords]
    if isinstance(value, CodeType):
        return [value.co_code, value.co_consts, value.co_names, value.co_varnames]
    if isinstance(value, torch.nn.Module):
        return [repr(value), value.state_dict(), *map(_of_module, value.modules())]
    if isinstance(value, type) or not isinstance(getattr(value, "__qualname__", None), str):
        return [getattr(value, name, None) for name in ("__module__", "__qualname__")] + (
            [] if isinstance(value, type) else [_code_of(value, "__call__"), value.__getstate__()]
        )
    plain = getattr(value, "__func__", value)  # a method's
    names = ("__module__", "__qualname__", "__code__", "__defaults__", "__kwdefaults__", "__wrapped__")
    cells = [cell.cell_contents for cell in getattr(plain, "__closure__", None) or ()]
    owner = getattr(value, "__self__", None)  # of a method, also of one in C; of a function in C its module
    told = [getattr(plain, name, None) for name in names] + list(_constants(plain))
    return [*told, cells, *([] if owner is None or isinstance(owner, ModuleType) else [owner])]


def _of_module(module: torch.nn.Module) -> Sequence[object]:
    """What a network depends on besides its weights: the numbers it was made with, and how it goes."""
    own = {name: held for name, held in vars(module).items() if name not in _TORCH_OWN}
    return [type(module).__qualname__, module.training, own, _code_of(module, "forward")]


def _code_of(value: object, name: str) -> object:
    """How objects of a class do something, where that is written in Python."""
    function = getattr(type(value), name, None)
    return [getattr(function, "__code__", None), *_constants(function)]


def _constants(function: object) -> Iterator[tuple[str, object]]:
    """The numbers and words among the globals that a function reads."""
    code, known = getattr(function, "__code__", None), getattr(function, "__globals__", {})
    if isinstance(code, CodeType):
        read = {each.argval for part in _codes(code) for each in get_instructions(part) if each.opname == "LOAD_GLOBAL"}
        yield from ((name, known[name]) for name in sorted(read) if isinstance(known.get(name), _PLAIN))


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A code and those of the functions within."""
    yield code
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _codes(part)
