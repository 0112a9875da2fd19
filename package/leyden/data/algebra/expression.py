"""Parameters as values: how they are written in an expression, and when two are equal."""

from collections.abc import Mapping
from functools import partial
from reprlib import Repr

import numpy as np
import torch
from torch import Tensor

__all__ = ["hashed", "same", "spell"]

_SHORT = Repr()
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxset = _SHORT.maxdict = 6
_SHORT.maxstring = _SHORT.maxother = 80  # a path of usual length


def spell(value: object, *, short: bool = True) -> str:
    """A parameter as it is written in an expression, on one line and the same in every run.

    Functions and classes are written by name, so what is written can be evaluated where those names are known. Lambdas
    and objects without a print of their own cannot be written: they become "lambda" and the name of their class.

    Args:
        value: any parameter.
        short: leave out the middle of long lists and strings.

    Examples:
        >>> spell(abs), spell(partial(int, base=2)), spell(lambda x: x)
        ('abs', 'partial(int, base=2)', 'lambda')
        >>> spell(list(range(9))), spell(list(range(9)), short=False)
        ('[0, 1, 2, 3, 4, 5, ...]', '[0, 1, 2, 3, 4, 5, 6, 7, 8]')
    """
    if isinstance(value, partial):
        parts = (value.func, *value.args)
        words = [spell(part, short=short) for part in parts]
        words += [f"{name}={spell(part, short=short)}" for name, part in value.keywords.items()]
        return f"partial({', '.join(words)})"
    if type(value) in (list, tuple, dict, set, frozenset):
        return _collected(value, short)
    name = getattr(value, "__name__", None)
    if callable(value) and isinstance(name, str):
        return "lambda" if name == "<lambda>" else name
    if type(value) is float and (value != value or value in (np.inf, -np.inf)):
        return f"float('{value}')"
    words = _SHORT.repr(value) if short and isinstance(value, str | bytes) else repr(value)
    return type(value).__name__ if "\n" in words or " at 0x" in words else words


def same(one: object, other: object) -> bool:
    """Whether two parameters are equal by value: partials by what they call, tensors and arrays by what they hold.

    Examples:
        >>> same([partial(int, base=2)], [partial(int, base=2)]), same(1, True)
        (True, False)
    """
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, partial):
        return same(_called(one), _called(other))
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))  # type: ignore[arg-type]  # of one type
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)  # type: ignore[attr-defined, index]
    if isinstance(one, Tensor):
        return one.dtype == other.dtype and torch.equal(one, other)  # type: ignore[attr-defined, arg-type]
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)  # type: ignore[attr-defined, arg-type]
    return bool(one == other)


def hashed(value: object) -> int:
    """A hash that is equal where `same` holds.

    Raises:
        TypeError: the value, or something in it, cannot be hashed.
    """
    return hash(_frozen(value))


def _collected(value: object, short: bool) -> str:
    """A built-in collection, its parts written by `spell`."""
    if not value and not isinstance(value, list | tuple | dict):
        return repr(value)
    limit = _SHORT.maxlist if short else None
    if isinstance(value, dict):
        words = [f"{spell(key, short=short)}: {spell(part, short=short)}" for key, part in list(value.items())[:limit]]
    else:
        # a set has another order in every run
        parts = sorted(value, key=repr) if isinstance(value, set | frozenset) else value
        words = [spell(part, short=short) for part in parts[:limit]]  # type: ignore[index]  # a list or tuple
    size = len(value)  # type: ignore[arg-type]  # every collection has one
    inside = ", ".join([*words, "..."] if len(words) < size else words)
    match value:
        case list():
            return f"[{inside}]"
        case tuple():
            return f"({inside},)" if size == 1 else f"({inside})"
        case frozenset():
            return f"frozenset({{{inside}}})"
    return f"{{{inside}}}"


def _called(value: object) -> object:
    return (value.func, value.args, value.keywords) if isinstance(value, partial) else value


def _frozen(value: object) -> object:
    if isinstance(value, partial):
        return partial, _frozen(value.func), _frozen(value.args), frozenset(map(_frozen, value.keywords.items()))
    if isinstance(value, tuple):
        return tuple(_frozen(part) for part in value)
    if isinstance(value, Tensor):
        return Tensor, value.dtype, tuple(value.shape)
    return value
