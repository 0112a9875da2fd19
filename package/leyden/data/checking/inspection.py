"""One look through a container: what it holds, and whatever is wrong with it."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import cloudpickle

from leyden.data.checking.leaf import Field, Leaf, alike, gathered, leaves, skeleton
from leyden.data.pipe.broken import Broken, faults_in, named
from leyden.data.pipe.collate import stack
from leyden.data.pipe.seed import Moment
from leyden.data.pipe.source import as_container
from leyden.data.pipe.view import Container, Element, View, describe, take
from leyden.errors import DataError

__all__ = ["Inspection", "check"]

_TWICE = 5  # elements that are read a second time
_COMPARED = 20  # elements, each of another structure, that are tried beside the first in one batch
_SHOWN = 20  # fields that the print shows


@final
@dataclass(frozen=True, repr=False)
class Inspection:
    """What `check` found; prints as a table.

    Attributes:
        words: the container in a few words.
        length: how many elements it says it has.
        looked_at: how many were read.
        fields: what they hold, place by place.
        broken: those that cannot be made.
        problems: everything that is wrong, one sentence each; empty if nothing is.
        batching: why `batch` could not join its elements; empty if it could.
        sending: why it could not be sent to a process; empty if it could.
    """

    words: str
    length: int
    looked_at: int = 0
    fields: tuple[Field, ...] = ()
    broken: tuple[Broken, ...] = ()
    problems: tuple[str, ...] = ()
    batching: str = ""
    sending: str = ""

    def __repr__(self) -> str:
        read = "all read" if self.looked_at == self.length else f"{self.looked_at} read"
        lines = [f"{self.words}: {self.length} element{'' if self.length == 1 else 's'}, {read}"]
        rows = [("place", "kind", "shape", "range"), *map(_row, self.fields[:_SHOWN])]
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        if self.fields:
            lines += [_spaced(row, widths) for row in rows]
        if len(self.fields) > _SHOWN:
            lines.append(f"and {len(self.fields) - _SHOWN} more places")
        notes = [note for note in (*self.problems, self.batching, self.sending) if note]
        return "\n".join([*lines, *(f"- {note}" for note in notes or ["nothing is wrong"])])


def check(data: Element, sample: int | None = None) -> Inspection:
    """Look through a container and say what it holds and what is wrong with it.

    Reads every element once, and a few of them a second time. Nothing that it finds raises; the report tells of
    elements that cannot be made, that are others when they are read again, that `batch` could not join and how they
    differ, of a container that cannot be sent to a process, of an empty one, and of what is no container at all.

    Args:
        data: what a pipe would begin with, or a pipe.
        sample: how many elements to read, spread evenly from the first to the last; None for all.

    Raises:
        DataError: the sample is less than 1.

    Examples:
        >>> check([("a", 0), ("b", 1.5)])
        list[2]: 2 elements, all read
        place  kind                shape  range
        [0]    str
        [1]    int x 1, float x 1         0 to 1.5
        - nothing is wrong
        >>> check({"x": ["a", 1]}).batching
        "cannot batch elements whose kinds at ['x'] differ: element 0 has text, element 1 has number. ..."
    """
    if sample is not None and sample < 1:
        raise DataError(f"check(data, sample): read at least one element; given {sample}")
    try:
        container = as_container(data)
        count = len(container)
    except Exception as error:  # __len__ may be anyone's
        return Inspection(type(data).__name__, 0, problems=(named(error),))
    if count == 0:
        return Inspection(describe(container), 0, problems=("it is empty: there is nothing to read",))
    return _looked_through(container, count, _spread(count, sample))


def _looked_through(container: Container, count: int, indices: Sequence[int]) -> Inspection:
    look = _Look(container)
    for index in indices:
        look.at(index)
    return Inspection(
        describe(container),
        count,
        len(indices),
        tuple(gathered(place, each) for place, each in look.found.items()),
        tuple(look.broken),
        (*look.failures(len(indices)), *look.changes()),
        look.batching(),
        _sending(container),
    )


@final
class _Look:
    """What was seen of a container so far; elements themselves are not kept."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self.found: dict[str, list[Leaf]] = {}
        self.broken: list[Broken] = []
        self._firsts: dict[object, int] = {}
        self._sound: list[int] = []

    def at(self, index: int) -> None:
        """Look at one element."""
        element = self._read(index)
        if type(element) is Broken:
            self.broken.append(element)
            return
        here = list(leaves(element))
        self._sound.append(index)
        form = (skeleton(element), tuple((place, leaf.kind, leaf.shape) for place, leaf in here))
        self._firsts.setdefault(form, index)
        for place, leaf in here:
            self.found.setdefault(place, []).append(leaf)

    def failures(self, count: int) -> list[str]:
        """What to say of elements that cannot be made."""
        if not self.broken:
            return []
        return [f"{len(self.broken)} of {count} elements cannot be made; the first is {self.broken[0]}"]

    def changes(self) -> list[str]:
        """What to say of elements that differ when they are read again."""
        for index in self._sound[:_TWICE]:
            one, other = self._read(index), self._read(index)
            if not alike(one, other):
                return [
                    f"element {index} is another one when it is read again; a container gives the same for an index"
                ]
        return []

    def batching(self) -> str:
        """Why elements cannot be joined: the first that differs from the first of all, and how."""
        candidates = list(self._firsts.values())
        try:
            for index in candidates[: 1 + _COMPARED]:
                pair = dict.fromkeys((candidates[0], index))
                stack([self._read(each) for each in pair], list(pair))
        except DataError as error:
            return str(error)
        return ""

    def _read(self, index: int) -> Element:
        container = self._container
        try:
            element = take(container, index, Moment(container.epoch if isinstance(container, View) else 0))
        except Exception as error:  # whatever a reader raises on a damaged file
            return Broken(index, named(error))
        faults = faults_in((element,))
        if type(element) is Broken:
            return Broken(index, element.problem, faults)
        return Broken(index, f"it lacks {faults[0]}", faults) if faults else element


def _spread(count: int, sample: int | None) -> Sequence[int]:
    if sample is None or sample >= count:
        return range(count)
    return [0] if sample == 1 else [place * (count - 1) // (sample - 1) for place in range(sample)]


def _sending(container: Container) -> str:
    try:
        cloudpickle.dump(container, _Nowhere())
    except Exception as error:  # __reduce__ may be anyone's
        return f"it cannot be sent to processes ({named(error)}); parallel(kind='threads') needs no sending"
    return ""


@final
class _Nowhere(io.RawIOBase):
    """A file that forgets what is written to it: a pickled container may be as large as itself."""

    def writable(self) -> bool:
        """See `io.IOBase.writable`."""
        return True

    def write(self, content: Element, /) -> int:
        """See `io.RawIOBase.write`."""
        return memoryview(content).nbytes


def _row(field: Field) -> tuple[str, str, str, str]:
    shapes = [(str(shape), times) for shape, times in field.shapes]
    low_high = "" if field.low is None or field.high is None else f"{field.low:.6g} to {field.high:.6g}"
    unlimited = f"NaN or infinite in {field.unlimited}" if field.unlimited else ""
    return (
        field.place or "element",
        _counted(field.kinds),
        _counted(shapes),
        ", ".join(filter(None, (low_high, unlimited))),
    )


def _counted(values: Sequence[tuple[str, int]]) -> str:
    if len(values) == 1:
        return values[0][0]
    more = f", {len(values) - 3} more" if len(values) > 3 else ""
    return ", ".join(f"{value} x {times}" for value, times in values[:3]) + more


def _spaced(row: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip()
