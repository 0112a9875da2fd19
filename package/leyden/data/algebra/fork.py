"""Several branches on one container: each element is read once and handed to them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import final

from leyden.data.pipe.broken import broken_among
from leyden.data.pipe.seed import Held, Moment
from leyden.data.pipe.view import Container, Element, View, describe, stream, take
from leyden.errors import DataError

__all__ = ["Fork", "side_by_side"]


@final
class Fork(View):
    """A container with the views that branches make of it; as a container it is the one beneath.

    Args:
        source: what all branches read.
        branches: each makes a view, as long as its container.

    Raises:
        DataError: a branch makes a longer or a shorter view.
    """

    def __init__(self, source: Container, branches: Sequence[Callable[[Container], View]]) -> None:
        super().__init__()
        self._source = source
        slot = _Slot(source)
        self._views = tuple(branch(slot) for branch in branches)
        lengths = zip(branches, map(len, self._views), strict=True)
        wrong = [f"{branch!r} gives {length}" for branch, length in lengths if length != len(source)]
        if wrong:
            raise DataError(
                f"branches keep the number of elements, {len(source)} here; {' and '.join(wrong)}. Put such steps "
                "before or after the branches"
            )

    def __len__(self) -> int:
        return len(self._source)

    def at(self, index: int, moment: Moment) -> Element:
        """The shared element at an index, see `View.at`."""
        return take(self._source, index, moment)

    def stream(self, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """The shared elements at many indices, see `View.stream`."""
        return stream(self._source, indices, moment)

    def of_branch(self, number: int, element: Element, *, index: int, moment: Moment) -> Element:
        """What a branch makes of the shared element at an index, as drawn for that branch."""
        inner = Moment(moment.epoch, (*moment.branch, number), Held(index, element, moment))
        return take(self._views[number], index, inner)

    def of_all(self, element: Element, *, index: int, moment: Moment) -> Element:
        """What all branches make of the shared element at an index, side by side."""
        values = [self.of_branch(number, element, index=index, moment=moment) for number in range(len(self._views))]
        return broken_among(values, index) or side_by_side(values)

    @property
    def sources(self) -> tuple[Container, ...]:
        """The views of the branches."""
        return self._views

    def __repr__(self) -> str:
        return describe(self._source)


@final
class _Slot(View):
    """What a branch reads: the element that the moment holds, or another one of the container beneath."""

    def __init__(self, source: Container) -> None:
        super().__init__()
        self._source = source

    def __len__(self) -> int:
        return len(self._source)

    def at(self, index: int, moment: Moment) -> Element:
        """See `View.at`."""
        held = moment.held
        if held is None:
            return take(self._source, index, moment)
        # a branch that reads in another order, such as shuffle, asks for elements that are not at hand
        return held.element if index == held.index else take(self._source, index, held.moment)

    @property
    def sources(self) -> tuple[Container, ...]:
        """See `View.sources`."""
        return (self._source,)

    def __repr__(self) -> str:
        return describe(self._source)


def side_by_side(values: Sequence[Element]) -> Element:
    """The fields of several values as those of one: dicts make a dict, all else a tuple.

    A tuple has its entries as fields, anything but a tuple or a dict is one field.

    Args:
        values: one a branch.

    Raises:
        DataError: dicts stand beside others, or name a field twice.

    Examples:
        >>> side_by_side([1, (2, 3), "x"]), side_by_side([{"a": 1}, {"b": 2}])
        ((1, 2, 3, 'x'), {'a': 1, 'b': 2})
    """
    named = [isinstance(value, Mapping) for value in values]
    if not any(named):
        return tuple(field for value in values for field in (value if isinstance(value, tuple) else (value,)))
    if not all(named):
        kinds = ", ".join(type(value).__name__ for value in values)
        raise DataError(
            f"branches put side by side give either dicts or no dicts; these give {kinds}. Map the others to dicts, "
            "such as {'label': label}"
        )
    names = [name for value in values for name in value]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise DataError(
            f"branches put side by side give {', '.join(map(repr, twice))} more than once; rename or "
            "leave it out in one of them"
        )
    return {name: field for value in values for name, field in value.items()}
