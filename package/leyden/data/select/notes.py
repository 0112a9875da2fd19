"""What is found out about a container once, when it is first asked for, and then kept."""

from collections.abc import Callable, Iterable, Iterator
from threading import RLock
from typing import final

from leyden.data.pipe.broken import Broken, Remainder, named
from leyden.data.pipe.seed import Moment
from leyden.data.pipe.view import Container, Element, View, describe, stream, take
from leyden.errors import DataError

__all__ = ["Noted", "Notes", "found"]

_ORDERS = 8  # as many as `permutation` keeps: loops of neighbouring epochs, the parts of a concatenation


@final
class Notes:
    """Values by name, each found by the first thread that asks for it while the others wait.

    Args:
        limit: how many are kept, the newest; None for all.
    """

    def __init__(self, limit: int | None = None) -> None:
        self._limit = limit
        self._kept: dict[object, Element] = {}
        self._lock = RLock()

    def recall(self, name: object, find: Callable[[], Element]) -> Element:
        """The value of a name; what `find` raises is raised, and nothing is kept."""
        value = self._kept.get(name)
        if value is not None:
            return value
        with self._lock:
            value = self._kept.get(name)
            if value is None:
                value = self._kept[name] = find()
                if self._limit is not None and len(self._kept) > self._limit:
                    del self._kept[next(iter(self._kept))]
            return value

    def __getstate__(self) -> dict[str, object]:
        with self._lock:
            return {"_limit": self._limit, "_kept": dict(self._kept)}  # a lock cannot go to another process

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self._lock = RLock()


@final
class Noted(View):
    """A container with notes about it: the same elements, and prints as the container.

    Args:
        source: the container.

    Attributes:
        facts: what holds in every epoch.
        orders: what holds in one; the newest few.
    """

    def __init__(self, source: Container) -> None:
        super().__init__()
        self._source = source
        self.facts, self.orders = Notes(), Notes(_ORDERS)

    def __len__(self) -> int:
        return len(self._source)

    def at(self, index: int, moment: Moment) -> Element:
        """See `View.at`."""
        return take(self._source, index, moment)

    def stream(self, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `View.stream`."""
        return stream(self._source, indices, moment)

    @property
    def sources(self) -> tuple[Container, ...]:
        """See `View.sources`."""
        return (self._source,)

    def __repr__(self) -> str:
        return describe(self._source)


def found(
    usage: str, source: Container, function: Callable[[Element], Element], *, of_broken: Element = None
) -> list[Element]:
    """What a function says of every element, each read once, in order and one at a time.

    Args:
        usage: how the verb that asks is written, for the error.
        source: a container.
        function: gets an element.
        of_broken: what stands for an element that `guard` found broken; None refuses it.

    Raises:
        DataError: an element cannot be read, is broken, or the function raises; the element is named by its index.
    """
    values: list[Element] = []
    count = len(source)
    elements = stream(source, iter(range(count)), Moment(0))  # no range: in order, whatever `parallel` is beneath
    while len(values) < count:
        try:
            values.append(_said(function, next(elements), of_broken))
        except Exception as error:
            kind = type(error) if isinstance(error, DataError) else DataError
            raise kind(f"{usage}: element {len(values)} of {describe(source)}: {named(error)}") from error
    return values


def _said(function: Callable[[Element], Element], element: Element, of_broken: Element) -> Element:
    if type(element) is not Broken:
        return function(element.element if type(element) is Remainder else element)
    if of_broken is None:
        raise DataError(f"is broken, so nothing is known of it: {element.problem}. Give labels, or leave it out before")
    return of_broken
