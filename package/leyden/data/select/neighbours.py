"""Elements that follow each other as one, overlapping: `window`."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import tee
from typing import ClassVar, final, overload

from leyden.data.pipe.broken import Remainder, broken_among, faults_in, sound
from leyden.data.pipe.collate import stack
from leyden.data.pipe.order import whole_number
from leyden.data.pipe.seed import Moment
from leyden.data.pipe.step import Operation, Step, applied
from leyden.data.pipe.view import Container, Element, View, stream, take

__all__ = ["Window", "window"]

_USAGE = "window(data, size, step=1)"


@final
@dataclass(frozen=True, repr=False)
class Window(Operation):
    """Several elements in a row as one, anew every so many; see `window`."""

    verb: ClassVar[str] = "window"
    size: int
    step: int = 1
    drop_last: bool = field(default=True, kw_only=True)
    collate: Callable[[list[Element]], Element] | None = field(default=None, kw_only=True)

    def length(self, source: Container) -> int:
        """See `Operation.length`."""
        count = len(source)
        full = max(0, (count - self.size) // self.step + 1)
        covered = (full - 1) * self.step + self.size if full else 0
        return full + (not self.drop_last and covered < count and full * self.step < count)

    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """See `Operation.at`."""
        inside = self._inside(index, len(source))
        return self._joined(index, [take(source, each, moment) for each in inside], inside)

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`; what a window shares with the one before it is not read again."""
        count = len(source)
        here, beneath = tee(indices)
        elements = stream(source, self._new(beneath, count), moment)
        held: dict[int, Element] = {}
        for index in here:
            inside = self._inside(index, count)
            held = {each: held[each] if each in held else next(elements) for each in inside}
            yield self._joined(index, list(held.values()), inside)

    def _new(self, indices: Iterable[int], count: int) -> Iterator[int]:
        """The elements that each window has and the one before it has not."""
        before = range(0)
        for index in indices:
            inside = self._inside(index, count)
            yield from (each for each in inside if each not in before)
            before = inside

    def _inside(self, index: int, count: int) -> range:
        return range(index * self.step, min(index * self.step + self.size, count))

    def _joined(self, index: int, elements: list[Element], indices: range) -> Element:
        _, sounds = sound(elements)
        if len(sounds) < len(elements):
            return broken_among(elements, index)
        whole = stack(sounds, indices) if self.collate is None else self.collate(sounds)
        faults = faults_in(elements)
        return Remainder(whole, faults) if faults else whole


@overload
def window(
    size: int, step: int = 1, /, *, drop_last: bool = True, collate: Callable[[list[Element]], Element] | None = None
) -> Step: ...
@overload
def window(
    data: Element,
    size: int,
    step: int = 1,
    /,
    *,
    drop_last: bool = True,
    collate: Callable[[list[Element]], Element] | None = None,
) -> View: ...
def window(
    *given: Element, drop_last: bool = True, collate: Callable[[list[Element]], Element] | None = None
) -> Element:
    """Join `size` elements in a row into one, anew at every `step`-th element: windows that slide, and may overlap.

    Elements are joined as `batch` does it, with a new first axis; `collate=list` leaves them as they are. With a step
    of `size` it is `batch(size, drop_last=True)`. A loop reads an element once, however many windows in a row share
    it. A window that holds a broken element is broken, see `guard`. A window knows no borders: to keep it inside a
    recording, `concatenate(*(window(part, 5) for part in group(data, by)))`.

    Args:
        given: the data, if any, then the size and, if not 1, the step; both at least 1.
        drop_last: leave out the elements at the end that fill no window; otherwise they make a shorter last one.
        collate: joins a list of elements in place of `stack`; it must not change them, as windows share them.

    Raises:
        DataError: a size or step below 1 or no whole number; and, when read, elements that `stack` refuses.

    Examples:
        >>> list(range(5) | window(3))
        [tensor([0, 1, 2]), tensor([1, 2, 3]), tensor([2, 3, 4])]
        >>> list(window(range(5), 2, 2, drop_last=False, collate=tuple))
        [(0, 1), (2, 3), (4,)]
    """
    has_data = bool(given) and isinstance(given[0], Container)
    data, sizes = given[:has_data], given[has_data:]
    if len(sizes) not in (1, 2):
        raise TypeError(f"write {_USAGE}, or leave the data out to get a step; given {len(given)}")
    words = (f"{_USAGE}: the size", f"{_USAGE}: the step")
    numbers = [whole_number(what, number, at_least=1) for what, number in zip(words, sizes, strict=False)]
    return applied(Window(*numbers, drop_last=drop_last, collate=collate), data)
