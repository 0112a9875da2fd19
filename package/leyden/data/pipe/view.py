"""The view: a container that reads other containers when it is asked to, and not before."""

import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from operator import index as whole
from typing import Any, Protocol, SupportsIndex, TypeAlias, final, runtime_checkable

import numpy as np
from torch import Tensor

from leyden.data.pipe.broken import Broken, Remainder, faults_in
from leyden.data.pipe.seed import Moment
from leyden.errors import DataError, LeydenError

__all__ = [
    "Container", "Element", "Slice", "View", "describe", "given_as", "note_element", "refused", "sliced", "stream",
    "take",
]  # fmt: skip

Element: TypeAlias = Any
"""Whatever a container holds."""


@runtime_checkable
class Container(Protocol):
    """Anything that knows how many elements it has and gives the one at an index from 0 on."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Element: ...


class View(ABC):
    """A lazy container: an element is made when it is asked for, by index or in a loop.

    A view is itself a container, takes negative indices and slices, and can be given to `pl.Trainer` as a loader.

    Each `for` over a view is one epoch: the first draws as epoch 0, the next as epoch 1, also when the one before
    was left early. Only the view that is looped over counts; those beneath it are told the epoch, so two pipes
    on one source never disturb each other. `view[i]` reads at the present epoch: who reads by index alone, as torch's
    own DataLoader does, calls `set_epoch` before every epoch, or draws the same in all of them.

    Elements that `guard` found broken are not handed out by a loop, but count as positions and are kept in `faults`;
    a warning at the end of the epoch names them.
    """

    def __init__(self) -> None:
        self._now = (0, 0)
        self._next = (0, 0)
        self._newest: object = None
        self._faults: list[Broken] = []

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def at(self, index: int, moment: Moment) -> Element:
        """The element at an index from 0 to `len(self) - 1`, as drawn at a moment."""

    def stream(self, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """The elements at many indices, in that order, made one by one as they are taken."""
        return (self.at(index, moment) for index in indices)

    @property
    @abstractmethod
    def sources(self) -> tuple[Container, ...]:
        """The containers that this view reads."""

    @property
    def faults(self) -> tuple[Broken, ...]:
        """The broken elements that the newest loop has met so far, see `guard`."""
        return tuple(self._faults)

    @property
    def epoch(self) -> int:
        """The epoch of the loop that runs, or of the next one if the last has ended."""
        return self._now[0]

    def set_epoch(self, epoch: SupportsIndex) -> None:
        """Let the next loop, and reading by index until then, be of this epoch.

        Raises:
            DataError: the epoch is negative or no whole number.
        """
        self._start_at(epoch, 0)

    def state_dict(self) -> dict[str, int]:
        """Where the newest loop stands: its epoch, and how many elements it has handed out; amid an epoch, of how many.

        That is all: it means nothing to another pipe, with other data, steps or seeds.
        """
        epoch, position = self._now
        if 0 < len(self) <= position:  # the last element is out, even if the loop has not come back to see the end
            epoch, position = epoch + 1, 0
        return {"epoch": epoch, "position": position} | ({"length": len(self)} if position else {})

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Let the next loop go on where `state_dict` was taken; nothing before that is read again.

        Raises:
            DataError: it is no such state, or was taken amid an epoch of another length, as of other data or batches of
                another size.
        """
        if not isinstance(state, Mapping) or not {"epoch", "position"} <= set(state) <= {"epoch", "position", "length"}:
            given = sorted(map(str, state)) if isinstance(state, Mapping) else repr(state)[:60]
            raise DataError(f"a state has the entries 'epoch' and 'position'; given {given}")
        count = len(self)
        if (length := state.get("length", count)) != count:
            raise DataError(
                f"the state is of a pipe of {length} elements, this one has {count}: are the data others, or the "
                "batches of another size? Make the pipe as it was, or begin the epoch anew with set_epoch(epoch)"
            )
        epoch, position = (_plain(f"a state's {name!r}", state[name]) for name in ("epoch", "position"))
        if not 0 <= position <= count:
            raise DataError(f"position {position} lies outside this pipe of {count}: another pipe's state?")
        self._start_at(epoch, position)

    def _start_at(self, epoch: SupportsIndex, position: int) -> None:
        # draws are keyed by how the number prints, and numpy's print otherwise
        number = _plain("an epoch", epoch)
        if number < 0:
            raise DataError(f"an epoch counts from 0; given {number}")
        self._now = self._next = (number, position)
        self._newest = None  # a loop that still runs no longer says where this view stands

    def __getitem__(self, index: Element) -> Element:
        if isinstance(index, slice):
            view = Slice(self, range(len(self))[index])
            view.set_epoch(self.epoch)
            return view
        place, count = _index(index), len(self)
        if not -count <= place < count:
            raise IndexError(f"index {place} lies outside this view of {count}")
        element = self.at(place % count, Moment(self.epoch))
        if type(element) is Broken:
            raise DataError(f"element {place} of {describe(self)} is broken: {element.problem}")
        return element.element if type(element) is Remainder else element

    def __iter__(self) -> Iterator[Element]:
        # A generator, so that the epoch is taken by the first element asked for: Lightning calls iter() once in vain.
        loop = self._newest = object()
        epoch, position = self._now = self._next
        self._next = (epoch + 1, 0)
        faults = self._faults = []
        noted: set[tuple[tuple[int, ...], int, str]] = set()  # one element may be broken in many windows
        count, missing = len(self), 0
        for element in _naming(self, position, self.stream(range(position, count), Moment(epoch))):
            position += 1
            if self._newest is loop:
                self._now = (epoch, position)
            kind = type(element)
            if kind is Broken or kind is Remainder:
                for fault in faults_in((element,)):
                    key = fault.origin, fault.index, fault.problem
                    faults += [] if key in noted else [fault]
                    noted.add(key)
                missing += kind is Broken
            if faults and position == count:  # before the last is out: Lightning counts, and never asks for one more
                _warn_of(faults, self, missing)
            if kind is not Broken:
                yield element.element if kind is Remainder else element
        if self._newest is loop:
            self._now = self._next

    def __or__(self, step: Element) -> Element:
        return refused(step)


@final
class Slice(View):
    """Some consecutive or evenly spaced elements of a view, those at the indices that were `chosen`."""

    def __init__(self, source: View, chosen: range) -> None:
        super().__init__()
        self._source, self.chosen = source, chosen

    def __len__(self) -> int:
        return len(self.chosen)

    def at(self, index: int, moment: Moment) -> Element:
        """The element at an index, see `View.at`."""
        return self._source.at(self.chosen[index], moment)

    def stream(self, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """The elements at many indices, see `View.stream`."""
        return self._source.stream((self.chosen[index] for index in indices), moment)

    @property
    def sources(self) -> tuple[Container, ...]:
        """The view that was sliced."""
        return (self._source,)

    def __repr__(self) -> str:
        return f"({self._source!r}){sliced(self.chosen)}"


def note_element(error: Exception, container: Container, index: int) -> None:
    """Note of an error in the making of which element it was raised, unless it is noted already.

    Args:
        error: what was raised; it stays what it is.
        container: what the element belongs to.
        index: of the element.
    """
    note = f"element {index} of {describe(container)}"
    if note not in getattr(error, "__notes__", ()):
        error.add_note(note)


def _naming(view: View, index: int, elements: Iterator[Element]) -> Iterator[Element]:
    """Elements of a view from an index on; an error that is not leyden's own is noted with the element's index."""
    try:
        for element in elements:
            yield element
            index += 1
    except LeydenError:
        raise  # says what it is about
    except Exception as error:
        note_element(error, view, index)
        raise


def _index(given: Element) -> int:
    try:
        return whole(given)
    except TypeError as error:
        raise TypeError(
            f"a view takes one whole number or a slice; given {given_as(given)}. For several elements write "
            "view | subset([1, 2]), for a mask subset(numpy.flatnonzero(mask))"
        ) from error


def _plain(what: str, number: Element) -> int:
    """A number as Python's own."""
    try:
        return whole(number)
    except TypeError as error:
        raise DataError(f"{what} is a whole number; given {number!r}") from error


def _warn_of(faults: list[Broken], view: View, missing: int) -> None:
    shown = "; ".join(str(fault) for fault in faults[:3])
    more = f"; and {len(faults) - 3} more" if len(faults) > 3 else ""
    # a Trainer that counts to len(view) then takes no element for the last, and does not validate
    short = f" The epoch was {missing} of {len(view)} short; guard(instead='next') keeps it full." if missing else ""
    warnings.warn(
        f"{len(faults)} broken element{'s' if len(faults) > 1 else ''} in this epoch of {describe(view)}: "
        f"{shown}{more}. The pipe's faults holds all; mend or remove them.{short}",
        UserWarning,
        stacklevel=3,
    )


def refused(other: object) -> Element:
    """What `view | other` and `step | other` give: a chance for `other`, as a step is, to take what stands to its left.

    Raises:
        DataError: it does not say what `|` means to its right.
    """
    if any("__ror__" in vars(kind) for kind in type(other).__mro__):
        return NotImplemented
    raise DataError(
        f"{other!r} is no step; to apply a function to every element write `| map(function)`, for a random transform "
        "`| map_random(transform, seed=0)`"
    )


def take(container: Container, index: int, moment: Moment) -> Element:
    """The element of a container at an index from 0 on; a view draws it as of the moment."""
    return container.at(index, moment) if isinstance(container, View) else container[index]


def stream(container: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
    """The elements of a container at many indices, in that order, each read when it is taken."""
    if isinstance(container, View):
        return container.stream(indices, moment)
    return (container[index] for index in indices)


def describe(container: object) -> str:
    """A container in a few words on one line, the same in every run.

    Examples:
        >>> describe([1, 2, 3]), describe(np.zeros((3, 2))), describe(range(3))
        ('list[3]', 'ndarray[3, 2]', 'range(0, 3)')
    """
    name = type(container).__name__
    if isinstance(container, Tensor | np.ndarray):
        return f"{name}[{', '.join(str(size) for size in container.shape)}]"
    if isinstance(container, View):
        return repr(container)
    if not isinstance(container, list | tuple | Mapping) and type(container).__repr__ is not object.__repr__:
        words = repr(container)
        if len(words) <= 200 and "\n" not in words and " at 0x" not in words:
            return words
    return f"{name}[{len(container)}]" if isinstance(container, Container) else name


def sliced(chosen: range) -> str:
    """The slice that takes some indices, as Python writes it.

    Examples:
        >>> sliced(range(9)[2:5]), sliced(range(9)[::-2])
        ('[2:5]', '[8::-2]')
    """
    stop = "" if chosen.stop < 0 else chosen.stop
    return f"[{chosen.start}:{stop}{'' if chosen.step == 1 else f':{chosen.step}'}]"


def given_as(value: object) -> str:
    """What was given, as Python writes it, for an error: one line of at most 60 characters.

    Examples:
        >>> given_as("2.5"), given_as(np.eye(2))
        ("'2.5'", 'array([[1., 0.], [0., 1.]])')
    """
    words = " ".join(repr(value).split())
    return words if len(words) <= 60 else f"{words[:57]}..."
