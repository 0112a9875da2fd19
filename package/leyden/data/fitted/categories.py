"""Words and other values as whole numbers: `categorify`, and `categorified` for categories that are known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from operator import index as whole
from typing import Any, ClassVar, Literal, TypeAlias, final, get_args

import numpy as np
from torch import Tensor

from leyden.data.algebra.expression import spell
from leyden.data.fitted.fields import Field, Kind, bare, checked_fields, is_missing, kind_of, plain
from leyden.data.fitted.lesson import Fitted, Lesson, Unfitted
from leyden.data.fitted.survey import chosen, survey
from leyden.data.pipe.step import applied, parted
from leyden.data.pipe.view import Container, Element
from leyden.errors import DataError

__all__ = ["Categorified", "Categorify", "Unknown", "categorified", "categorify"]

Unknown: TypeAlias = Literal["raise", "index"]
"""What becomes of a value that the training data did not hold: an error, or an index of its own after all others."""

_TAKES: tuple[Kind, ...] = ("words", "whole", "truth", "real")


@final
@dataclass(frozen=True, repr=False)
class Categorify(Lesson):
    """Learn which values there are; see `categorify`."""

    verb: ClassVar[str] = "categorify"
    fields: tuple[Field, ...] | None
    unknown: Unknown

    def learn(self, source: Container) -> "Categorified":
        """See `Lesson.learn`."""
        columns = survey(source, _Values, verb=self.verb)
        taken = chosen(columns, self.fields, verb=self.verb, takes=_TAKES, unasked=("words",))
        holes = {name: columns[name].kinds["missing"] for name in taken if "missing" in columns[name].kinds}
        if holes and self.unknown == "raise":
            raise DataError(
                f"categorify: fields {list(holes)} miss values (first in elements {list(holes.values())}); put "
                "fill(..., how='most_frequent') before it, or give unknown='index', which keeps an index for them"
            )
        return Categorified({name: tuple(sorted(values.met)) for name, values in taken.items()}, unknown=self.unknown)

    def recall(self, state: Mapping[str, Any]) -> "Categorified":
        """See `Lesson.recall`."""
        fields = [None] if state["fields"] is None else state["fields"]
        values = map(tuple, state["categories"])
        return Categorified(dict(zip(fields, values, strict=True)), unknown=state["unknown"])

    def __repr__(self) -> str:
        words = [] if self.fields is None else [repr(self.fields[0] if len(self.fields) == 1 else list(self.fields))]
        words += [] if self.unknown == "raise" else [f"unknown={self.unknown!r}"]
        return f"categorify({', '.join(words)})"


@final
@dataclass(frozen=True, repr=False)
class Categorified(Fitted):
    """The place of a value among known ones; see `categorified`."""

    verb: ClassVar[str] = "categorified"
    categories: Mapping[Any, tuple[Any, ...]]
    unknown: Unknown = field(default="raise", kw_only=True)

    def changes(self) -> Mapping[Field, Callable[[Element], Element]]:
        """See `Fitted.changes`."""
        spare = self.unknown == "index"
        return {
            name: partial(_coded, codes={value: code for code, value in enumerate(values)}, spare=spare)
            for name, values in self.categories.items()
        }

    def inverse(self) -> Mapping[Field, Callable[[Element], Element]]:
        """See `Fitted.inverse`."""
        spare = self.unknown == "index"
        return {
            name: partial(_decoded, values=(*values, None) if spare else values)
            for name, values in self.categories.items()
        }

    def state(self) -> dict[str, Any]:
        """See `Fitted.state`."""
        fields = None if None in self.categories else list(self.categories)
        values = [list(each) for each in self.categories.values()]
        return {"lesson": Categorify.verb, "fields": fields, "categories": values, "unknown": self.unknown}

    def written(self, *, short: bool) -> str:
        """See `Operation.written`."""
        unknown = "" if self.unknown == "raise" else f", unknown={self.unknown!r}"
        return f"{self.verb}({spell(bare(self.categories), short=short)}{unknown})"


def categorify(
    fields: str | int | list[str | int] | tuple[str | int, ...] | None = None, *, unknown: Unknown = "raise"
) -> Unfitted:
    """Learn to write the values of a field as indices from 0 on, in the sorted order of those in the training data.

    Args:
        fields: names in dicts and rows, positions in tuples; of words, whole numbers, truth values or real numbers.
            None takes every field of words.
        unknown: what becomes of a value that is missing or that the training data did not hold: "raise" is an error
            that names it, "index" gives it the index after the last, one for all of them.

    Examples:
        >>> train, test = {"colour": ["red", "blue", "red"]}, {"colour": ["blue", "green"]}
        >>> step = categorify(unknown="index").fit(train)
        >>> step, list(test | step)
        (categorified({'colour': ('blue', 'red')}, unknown='index'), [{'colour': 0}, {'colour': 2}])
        >>> from leyden.data.fitted.lesson import invert
        >>> invert(step, [1, 0, 2], field="colour")
        ['red', 'blue', None]
    """
    _check_unknown("categorify", unknown)
    return Unfitted((Categorify(checked_fields("categorify(fields)", fields), unknown),))


def categorified(*given: Element, unknown: Unknown = "raise") -> Element:
    """Write known values as their place in a row; what `categorify().fit(train)` becomes.

    Args:
        given: the data, if any, then the categories: a dict of rows by field, or, for elements that are one value, the
            row; each value once.
        unknown: as of `categorify`.

    Raises:
        DataError: a row is empty, or holds a value twice or one that is neither word nor number; and, when read, a
            value that is not in it.

    Examples:
        >>> list(["b", "a"] | categorified(["a", "b"]))
        [1, 0]
    """
    _check_unknown("categorified", unknown)
    data, (categories,) = parted("categorified(data, categories)", given, 1)
    rows = {
        name: tuple(plain(value) for value in row)
        for name, row in (categories if isinstance(categories, Mapping) else {None: categories}).items()
    }
    fine = all(
        row and len(set(row)) == len(row) and all(kind_of(value) in _TAKES for value in row) for row in rows.values()
    )
    if not rows or not fine:
        raise DataError(f"categorified: give different words or numbers for each field; given {categories!r}")
    return applied(Categorified(rows, unknown=unknown), data)


def _coded(value: Any, *, codes: Mapping[Any, int], spare: bool) -> int:
    kind = kind_of(value)
    if kind not in (*_TAKES, "missing"):
        raise DataError(f"a {type(value).__name__} is no category; map it to a word or number first")
    code = None if kind == "missing" else codes.get(plain(value))
    if code is not None:
        return code
    if spare:
        return len(codes)
    known = ", ".join(map(repr, list(codes)[:8])) + (f" and {len(codes) - 8} more" if len(codes) > 8 else "")
    raise DataError(
        f"{'a missing value' if is_missing(value) else repr(plain(value))} is not among the training data's {known}; "
        "give categorify(..., unknown='index') to keep an index for such"
    )


def _decoded(code: Any, *, values: tuple[Any, ...]) -> Any:
    if isinstance(code, Tensor | np.ndarray):
        code = code.tolist()
    if isinstance(code, list | tuple):
        return [_decoded(each, values=values) for each in code]
    try:
        place = whole(code)
    except TypeError as error:
        raise DataError(f"an index is a whole number; given {code!r}") from error
    if not 0 <= place < len(values):
        raise DataError(f"index {place} is none of the {len(values)} categories, 0 to {len(values) - 1}")
    return values[place]


def _check_unknown(verb: str, unknown: object) -> None:
    if unknown not in get_args(Unknown):
        raise DataError(f"{verb}: unknown is one of {list(get_args(Unknown))}; given {unknown!r}")


@final
class _Values:
    """The different values of a field."""

    def __init__(self) -> None:
        self.met: set[Any] = set()

    def take(self, value: Any, kind: Kind) -> None:
        if kind in _TAKES:
            self.met.add(plain(value))
