"""One pass over training data: what every field holds, and what a lesson noted of it."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar, final, runtime_checkable

from leyden.data.fitted.fields import Field, Kind, field_name, kind_of, opened
from leyden.data.pipe.broken import Broken, Remainder
from leyden.data.pipe.collate import Batch
from leyden.data.pipe.element import Map, MapRandom
from leyden.data.pipe.seed import Moment
from leyden.data.pipe.step import Pipe
from leyden.data.pipe.view import Container, Element, describe, stream
from leyden.errors import DataError

__all__ = ["Collector", "Column", "chosen", "refuse_batches", "survey"]


@runtime_checkable
class Collector(Protocol):
    """Notes the values of one field, one after the other."""

    def take(self, value: Any, kind: Kind) -> None:
        """Note one more value, or pass it over."""
        ...


_Notes = TypeVar("_Notes", bound=Collector)
_FAMILIES: tuple[tuple[Kind, ...], ...] = (("real", "whole"), ("reals", "wholes"), ("truth",), ("words",), ("other",))
_WORDS: dict[Kind, str] = {
    "missing": "nothing", "real": "numbers", "whole": "whole numbers", "truth": "truth values", "words": "words",
    "reals": "tensors", "wholes": "tensors of whole numbers",
    "other": "what is neither number, word nor tensor of numbers",
}  # fmt: skip


@final
@dataclass
class Column(Generic[_Notes]):
    """What was seen of one field.

    Args:
        notes: what the lesson's collector holds.
        kinds: every kind of value, with the index of the first element that has it.
    """

    notes: _Notes
    kinds: dict[Kind, int] = field(default_factory=dict)


def survey(source: Container, notes: Callable[[], _Notes], *, verb: str) -> dict[Field, Column[_Notes]]:
    """Read a container once, as of epoch 0, and note the values of every field.

    Args:
        source: the training data.
        notes: makes an empty collector.
        verb: of the lesson, for errors.

    Raises:
        DataError: there is nothing, the elements are batches, their fields differ, or a collector refused a value.
    """
    refuse_batches(source, verb)
    columns: dict[Field, Column[_Notes]] = {}
    for index, element in _sound(source, verb):
        parts = opened(element)
        if not columns:
            columns = {name: Column(notes()) for name in parts}
        if parts.keys() != columns.keys():
            raise DataError(
                f"{verb}: element {index} of {describe(source)} has the fields {list(parts)}, those before "
                f"{list(columns)}; make them alike before fit"
            )
        for name, value in parts.items():
            kind = kind_of(value)
            columns[name].kinds.setdefault(kind, index)
            try:
                columns[name].notes.take(value, kind)
            except DataError as error:
                raise DataError(f"{verb}: element {index} of {describe(source)}: {field_name(name)} {error}") from error
    if not columns:
        raise DataError(f"{verb}: there is nothing to learn from: {describe(source)} has no element")
    return columns


def chosen(
    columns: Mapping[Field, Column[_Notes]],
    fields: tuple[Field, ...] | None,
    *,
    verb: str,
    takes: tuple[Kind, ...],
    unasked: tuple[Kind, ...],
) -> dict[Field, _Notes]:
    """The notes on the fields that a lesson is to learn.

    Args:
        columns: what was seen.
        fields: those named, or None for all that fit.
        verb: of the lesson, for errors.
        takes: the kinds that it can learn from.
        unasked: those among them that it learns without being asked to by name.

    Raises:
        DataError: a field named is not there, has no value, mixes kinds or has one that does not fit; all are listed.
    """
    faults = [f"there is no {field_name(name)}, only {list(columns)}" for name in fields or () if name not in columns]
    named = [name for name in (columns if fields is None else fields) if name in columns]
    taken: dict[Field, _Notes] = {}
    for name in named:
        kinds: dict[Kind, int] = {kind: at for kind, at in columns[name].kinds.items() if kind != "missing"}
        if fields is None and name is not None and not kinds.keys() & set(unasked):
            continue
        if fault := _fault(kinds, takes):
            faults.append(f"{field_name(name)} {fault}")
        taken[name] = columns[name].notes
    if faults:
        raise DataError(f"{verb}: {'; '.join(faults)}")
    if not taken:
        held = ", ".join(f"{name!r}: {_listed(column.kinds)}" for name, column in columns.items())
        raise DataError(f"{verb}: no field fits unasked (they hold {held}); name the fields that you mean")
    return taken


def refuse_batches(source: Container, verb: str) -> None:
    """Refuse a view whose elements are batches: their first axis would be taken for channels.

    Raises:
        DataError: it is one, as far as its steps show.
    """
    while isinstance(source, Pipe) and not isinstance(source.operation, Map | MapRandom):
        if isinstance(source.operation, Batch) and source.operation.collate is None:
            raise DataError(f"{verb} works on single elements: put it before batch, not after, in {source!r}")
        source = source.source


def _sound(source: Container, verb: str) -> Iterator[tuple[int, Element]]:
    broken: list[Broken] = []
    in_order = iter(range(len(source)))  # no range: whatever `parallel` is beneath
    for index, element in enumerate(stream(source, in_order, Moment(0))):
        if type(element) is Broken:
            broken.append(element)
        else:
            yield index, element.element if type(element) is Remainder else element
    if broken:
        warnings.warn(
            f"{verb}: {len(broken)} broken elements were left out of what is learned; first {broken[0]}",
            UserWarning,
            stacklevel=4,
        )


def _fault(kinds: Mapping[Kind, int], takes: tuple[Kind, ...]) -> str:
    if not kinds:
        return "has no value in the training data; leave it out"
    wrong: dict[Kind, int] = {kind: index for kind, index in kinds.items() if kind not in takes}
    if wrong:
        return f"holds {_listed(wrong)}, which it cannot learn from; map it first"
    if sum(any(kind in kinds for kind in family) for family in _FAMILIES) > 1:
        return f"mixes {_listed(kinds)}; make them alike before fit"
    return ""


def _listed(kinds: Mapping[Kind, int]) -> str:
    return " and ".join(f"{_WORDS[kind]} (element {index})" for kind, index in kinds.items())
