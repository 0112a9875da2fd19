"""The fields of one element, what kind of value each is, and how an element is rebuilt with others."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

import numpy as np
import torch
from torch import Tensor

from leyden.data.pipe.collate import branches, rebuilt
from leyden.errors import DataError
from leyden.items import Image, Item, Row

__all__ = [
    "Field",
    "Kind",
    "bare",
    "changed",
    "checked_fields",
    "field_name",
    "is_missing",
    "kind_of",
    "opened",
    "plain",
]

Field: TypeAlias = str | int | None
"""A name in a dict or row, a position in a tuple, or None for an element that is one value."""

Kind: TypeAlias = Literal["missing", "real", "whole", "truth", "words", "reals", "wholes", "other"]
"""What a value is: "real", "whole", "truth" and "words" are single values, "reals" and "wholes" tensors or images."""


def checked_fields(usage: str, fields: object) -> tuple[Field, ...] | None:
    """Fields as a tuple; None stays None, one name or position may stand alone.

    Args:
        usage: how the verb is written, for the error.
        fields: what was given.

    Raises:
        DataError: they are neither names nor positions, none at all, or one comes twice.
    """
    if fields is None:
        return None
    named = (fields,) if isinstance(fields, str | int) else tuple(fields) if isinstance(fields, list | tuple) else ()
    wrong = [field for field in named if not isinstance(field, str | int) or isinstance(field, bool)]
    if wrong or not named or len(set(named)) < len(named):
        raise DataError(
            f"{usage}: the fields are names or positions, each once, such as ['age', 'dose'] or [0]; given {fields!r}. "
            "Leave them out for all that fit"
        )
    return named


def opened(element: object) -> dict[Field, Any]:
    """The values of an element by name or position; under None if it is one value.

    Examples:
        >>> opened({"age": 31}), opened((5, "a")), opened(2.5)
        ({'age': 31}, {0: 5, 1: 'a'}, {None: 2.5})
    """
    if isinstance(element, Row):
        return {**element.values}
    if isinstance(element, Item):
        return {None: element}
    parts = branches(element)
    return {None: element} if parts is None else parts


def changed(element: Any, changes: Mapping[Field, Callable[[Any], Any]]) -> Any:
    """An element with some values changed; the element itself stays as it is.

    Args:
        element: a row, dict, tuple, list, dataclass or one value.
        changes: what to do with the value of each field.

    Raises:
        DataError: the element lacks a field, or a change raised; the message names the field.
    """
    parts = opened(element)
    lacking = [field for field in changes if field not in parts]
    if lacking:
        raise DataError(f"there is no {', '.join(map(field_name, lacking))}; the element has {_all_names(parts)}")
    for field, change in changes.items():
        try:
            parts[field] = change(parts[field])
        except DataError as error:
            raise DataError(f"{field_name(field)}: {error}") from error
    if None in parts:
        return parts[None]
    return (
        Row({str(name): value for name, value in parts.items()})
        if isinstance(element, Row)
        else rebuilt(element, parts)
    )


def bare(values: Mapping[Any, Any]) -> Any:
    """What is known by field as it is written: a dict, or the thing alone where elements are one value."""
    return values[None] if None in values else dict(values)


def field_name(field: Field) -> str:
    """A field in words."""
    return "the value" if field is None else f"field {field!r}"


def _all_names(parts: Mapping[Field, object]) -> str:
    return "one value and no fields" if None in parts else f"the fields {list(parts)}"


def is_missing(value: object) -> bool:
    """Whether a value is None, a single NaN, or the NA or NaT of pandas."""
    if value is None:
        return True
    if isinstance(value, float | np.floating):
        return bool(value != value)
    if isinstance(value, Tensor):
        return value.ndim == 0 and value.is_floating_point() and bool(torch.isnan(value))
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and value.dtype.kind == "f" and bool(np.isnan(value))
    return type(value).__name__ in ("NAType", "NaTType")  # known by name: pandas need not be loaded to ask


def plain(value: Any) -> Any:
    """A single value as Python's own number, truth value or word."""
    return value.item() if isinstance(value, Tensor | np.ndarray | np.generic) else value


def kind_of(value: object) -> Kind:
    """What a value is.

    Examples:
        >>> kind_of(1), kind_of(0.5), kind_of("a"), kind_of(torch.zeros(3)), kind_of(float("nan")), kind_of({})
        ('whole', 'real', 'words', 'reals', 'missing', 'other')
    """
    if is_missing(value):
        return "missing"
    if isinstance(value, Image):
        return "reals"
    if isinstance(value, Tensor):
        real, whole = value.is_floating_point(), not value.is_complex() and value.dtype != torch.bool
        return _of_array("truth" if value.dtype == torch.bool else "", real=real, whole=whole, single=value.ndim == 0)
    if isinstance(value, np.ndarray | np.generic):
        letter = value.dtype.kind
        word: Kind | Literal[""] = {"b": "truth", "U": "words"}.get(letter, "")  # type: ignore[assignment]
        return _of_array(word, real=letter == "f", whole=letter in "iu", single=value.ndim == 0)
    if isinstance(value, bool):
        return "truth"
    return "whole" if isinstance(value, int) else "real" if isinstance(value, float) else _word(value)


def _word(value: object) -> Kind:
    return "words" if isinstance(value, str) else "other"


def _of_array(word: Kind | Literal[""], *, real: bool, whole: bool, single: bool) -> Kind:
    if real or whole:
        return ("real" if real else "whole") if single else ("reals" if real else "wholes")
    return word if word and single else "other"
