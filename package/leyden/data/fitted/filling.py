"""Something in place of what is missing: `fill`, and `filled` for values that are known."""

from array import array
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import nan
from typing import Any, ClassVar, Literal, TypeAlias, final, get_args

import numpy as np
import torch
from torch import Tensor

from leyden.data.algebra.expression import spell
from leyden.data.fitted.fields import Field, Kind, bare, checked_fields, is_missing, kind_of, plain
from leyden.data.fitted.lesson import Fitted, Lesson, Unfitted
from leyden.data.fitted.moments import Moments, channels
from leyden.data.fitted.survey import Column, chosen, survey
from leyden.data.pipe.step import applied, parted
from leyden.data.pipe.view import Container, Element
from leyden.errors import DataError
from leyden.items import Image

__all__ = ["Fill", "Filled", "How", "fill", "filled"]

How: TypeAlias = Literal["median", "mean", "most_frequent"]
"""What stands in for a missing value."""

_NUMBERS: tuple[Kind, ...] = ("real", "whole", "reals", "wholes")


@final
@dataclass(frozen=True, repr=False)
class Fill(Lesson):
    """Learn what to put where a value is missing; see `fill`."""

    verb: ClassVar[str] = "fill"
    fields: tuple[Field, ...] | None
    how: How

    def learn(self, source: Container) -> "Filled":
        """See `Lesson.learn`."""
        if self.how == "most_frequent":
            takes: tuple[Kind, ...] = ("real", "whole", "truth", "words")
            counts = self._chosen(survey(source, _Tally, verb=self.verb), takes, takes)
            return Filled({name: tally.most_frequent for name, tally in counts.items()})
        unasked: tuple[Kind, ...] = ("real", "whole", "reals")
        if self.how == "mean":
            means = self._chosen(survey(source, Moments, verb=self.verb), _NUMBERS, unasked)
            return Filled(_told({name: nan if moments.empty else moments.mean for name, moments in means.items()}))
        middles = self._chosen(survey(source, _Middle, verb=self.verb), _NUMBERS, unasked)
        return Filled(_told({name: middle.median for name, middle in middles.items()}))

    def recall(self, state: Mapping[str, Any]) -> "Filled":
        """See `Lesson.recall`."""
        fields = [None] if state["fields"] is None else state["fields"]
        values = (tuple(value) if isinstance(value, list) else value for value in state["values"])
        return Filled(dict(zip(fields, values, strict=True)))

    def _chosen(self, columns: Mapping[Field, Column[Any]], takes: tuple[Kind, ...], unasked: tuple[Kind, ...]) -> Any:
        left = {} if self.fields is not None else columns
        holes = [
            name
            for name, column in left.items()
            if "missing" in column.kinds and not column.kinds.keys() & set(unasked)
        ]
        if holes:
            raise DataError(
                f"fill: fields {holes} miss values, and {self.how!r} cannot tell any for them; name the fields you "
                f"mean, and the others with how='most_frequent' or filled({{{holes[0]!r}: ...}})"
            )
        return chosen(columns, self.fields, verb=self.verb, takes=takes, unasked=unasked)

    def __repr__(self) -> str:
        fields = repr(list(self.fields)) if self.fields and len(self.fields) > 1 else repr((self.fields or (None,))[0])
        return f"fill({'' if self.fields is None else f'{fields}, '}how={self.how!r})"


@final
@dataclass(frozen=True, repr=False)
class Filled(Fitted):
    """A known value where one is missing; see `filled`."""

    verb: ClassVar[str] = "filled"
    values: Mapping[Any, Any]

    def changes(self) -> Mapping[Field, Callable[[Element], Element]]:
        """See `Fitted.changes`."""
        return {name: partial(_filled, filler=value) for name, value in self.values.items()}

    def inverse(self) -> Mapping[Field, Callable[[Element], Element]]:
        """See `Fitted.inverse`: nobody knows any more what was missing."""
        return {}

    def state(self) -> dict[str, Any]:
        """See `Fitted.state`."""
        values = [list(value) if isinstance(value, tuple) else value for value in self.values.values()]
        return {"lesson": Fill.verb, "fields": None if None in self.values else list(self.values), "values": values}

    def written(self, *, short: bool) -> str:
        """See `Operation.written`."""
        return f"{self.verb}({spell(bare(self.values), short=short)})"


def fill(fields: str | int | list[str | int] | tuple[str | int, ...] | None = None, how: How = "median") -> Unfitted:
    """Learn what to put where a value is missing: None, NaN, or the NA of pandas. For a constant see `filled`.

    In tensors, arrays and images single NaNs are filled, with what their channel (the first axis) has.

    Args:
        fields: names in dicts and rows, positions in tuples. None takes every field of numbers, with "most_frequent"
            those of words and truth values too, also those that miss nothing in the training data.
        how: "median" keeps 8 bytes of every number while it reads, "mean" nothing, "most_frequent" every different
            value (of equally frequent ones it takes the smallest).

    Examples:
        >>> train = {"age": [20.0, None, 30.0, 70.0], "colour": ["red", "blue", "red", None]}
        >>> step = (fill("age") | fill("colour", "most_frequent")).fit(train)
        >>> step
        filled({'age': 30.0}) | filled({'colour': 'red'})
        >>> list([{"age": float("nan"), "colour": None}] | step)
        [{'age': 30.0, 'colour': 'red'}]
    """
    if how not in get_args(How):
        raise DataError(f"fill: how is one of {list(get_args(How))}; given {how!r}. For a constant write filled(...)")
    return Unfitted((Fill(checked_fields("fill(fields, how)", fields), how),))


def filled(*given: Element) -> Element:
    """Put known values where one is missing; what `fill().fit(train)` becomes.

    Args:
        given: the data, if any, then the values: a dict by field, or, for elements that are one value, the value. Each
            is a number, word or truth value, or for tensors a tuple of one number a channel.

    Raises:
        DataError: there is no value, or one that is missing itself.

    Examples:
        >>> list([{"age": None, "colour": "red"}] | filled({"age": 0}))
        [{'age': 0, 'colour': 'red'}]
    """
    data, (values,) = parted("filled(data, values)", given, 1)
    by_field = dict(values) if isinstance(values, Mapping) else {None: values}
    by_field = {
        name: tuple(value) if isinstance(value, list | tuple) else plain(value) for name, value in by_field.items()
    }
    singles = [each for value in by_field.values() for each in (value if isinstance(value, tuple) else (value,))]
    if not singles or any(kind_of(value) not in ("real", "whole", "truth", "words") for value in singles):
        raise DataError(f"filled: give a number, word or truth value for each field; given {values!r}")
    return applied(Filled(by_field), data)


def _filled(value: Any, *, filler: Any) -> Any:
    if isinstance(value, Image):
        return value.recolour(partial(_filled, filler=filler))
    if not isinstance(value, Tensor | np.ndarray | np.floating):
        return filler if is_missing(value) else value
    if isinstance(value, Tensor):
        if not value.is_floating_point() or not (holes := torch.isnan(value)).any():
            return value
        return torch.where(holes, torch.tensor(_spread(filler, value), dtype=value.dtype, device=value.device), value)
    if value.dtype.kind != "f" or not (gaps := np.isnan(value)).any():
        return value
    whole = np.where(gaps, np.asarray(_spread(filler, value), dtype=value.dtype), value)
    return whole if isinstance(value, np.ndarray) else whole[()]


def _spread(filler: Any, value: Any) -> Any:
    """What to fill with, in a shape that meets each channel of a value with its own."""
    if isinstance(filler, str):
        raise DataError(f"is a number that is NaN, to be filled with the word {filler!r}")
    if not isinstance(filler, tuple):
        return filler
    if not value.ndim or value.shape[0] != len(filler):
        shape = tuple(value.shape)
        raise DataError(f"there is one value for each of {len(filler)} channels, the first axis; here is shape {shape}")
    return np.asarray(filler).reshape(-1, *[1] * (value.ndim - 1))


def _told(values: Mapping[Field, Any]) -> Mapping[Field, Any]:
    empty = [name for name, value in values.items() if not np.isfinite(value).all()]
    if empty:
        raise DataError(f"fill: a channel of {empty} has no number in all training data; leave it out")
    return values


@final
class _Tally:
    """Counts equal values."""

    def __init__(self) -> None:
        self._counts: Counter[Any] = Counter()

    def take(self, value: Any, kind: Kind) -> None:
        if kind in ("real", "whole", "truth", "words"):
            self._counts[plain(value)] += 1

    @property
    def most_frequent(self) -> Any:
        most = max(self._counts.values())
        return min(value for value, count in self._counts.items() if count == most)


@final
class _Middle:
    """Keeps all numbers, channel by channel."""

    def __init__(self) -> None:
        self._singles = array("d")
        self._chunks: list[np.ndarray] = []

    def take(self, value: Any, kind: Kind) -> None:
        if kind in ("real", "whole"):
            self._singles.append(float(value))
        elif kind in ("reals", "wholes"):
            rows = channels(value)
            if self._chunks and len(rows) != len(self._chunks[0]):
                raise DataError(f"has {len(rows)} channels, those before {len(self._chunks[0])}")
            self._chunks.append(rows)

    @property
    def median(self) -> float | tuple[float, ...]:
        if not self._chunks:
            return float(np.median(self._singles))
        rows = np.concatenate(self._chunks, axis=1)
        known = (row[~np.isnan(row)] for row in rows)
        return tuple(float(np.median(row)) if row.size else nan for row in known)
