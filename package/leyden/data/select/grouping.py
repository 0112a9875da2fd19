"""Elements that belong together as one: `group`."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, final, overload

import numpy as np

from leyden.data.pipe.order import Subset
from leyden.data.pipe.seed import Moment
from leyden.data.pipe.step import Operation, Pipe, Step, applied, parted
from leyden.data.pipe.view import Container, Element, View, describe, stream, take
from leyden.data.select.key import By, admitted, checked_by, members
from leyden.data.select.notes import Noted

__all__ = ["Group", "Groups", "chosen", "group"]

_USAGE = "group(data, by)"


@final
@dataclass(frozen=True, repr=False)
class Group(Operation):
    """The elements of each key as one view; see `group`."""

    verb: ClassVar[str] = "group"
    by: By

    def on(self, source: Container) -> View:
        """See `Operation.on`."""
        admitted(_USAGE, source, self.by)
        return Groups(Noted(source), self)

    def length(self, source: Container) -> int:
        """See `Operation.length`."""
        return len(self.members(source)[0])

    def at(self, source: Container, index: int, moment: Moment) -> View:
        """See `Operation.at`."""
        return chosen(source, self.members(source)[1][index], moment)

    def members(self, source: Container) -> tuple[tuple[Hashable, ...], list[np.ndarray]]:
        """The keys, and the indices of each."""
        return members(_USAGE, source, self.by)


@final
class Groups(View):
    """A container seen group by group; see `group`.

    Attributes:
        source: the container.
        operation: what groups it.
    """

    def __init__(self, source: Container, operation: Group) -> None:
        super().__init__()
        self.source, self.operation = source, operation

    @property
    def keys(self) -> tuple[Hashable, ...]:
        """The key of every group, in the order of the groups."""
        return self.operation.members(self.source)[0]

    def __len__(self) -> int:
        return self.operation.length(self.source)

    def at(self, index: int, moment: Moment) -> View:
        """The group at an index, see `View.at`."""
        return self.operation.at(self.source, index, moment)

    @property
    def sources(self) -> tuple[Container, ...]:
        """The container beneath."""
        return (self.source,)

    def __repr__(self) -> str:
        return f"{describe(self.source)} | {self.operation.written(short=True)}"


@final
class _Within(View):
    """A container as it is seen from inside a concatenation, so that a view taken out of it draws as it does there."""

    def __init__(self, source: Container, branch: tuple[int, ...]) -> None:
        super().__init__()
        self._source, self._branch = source, branch

    def __len__(self) -> int:
        return len(self._source)

    def at(self, index: int, moment: Moment) -> Element:
        """See `View.at`."""
        return take(self._source, index, self._inside(moment))

    def stream(self, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `View.stream`."""
        return stream(self._source, indices, self._inside(moment))

    @property
    def sources(self) -> tuple[Container, ...]:
        """See `View.sources`."""
        return (self._source,)

    def _inside(self, moment: Moment) -> Moment:
        return replace(moment, branch=self._branch + moment.branch)

    def __repr__(self) -> str:
        return describe(self._source)


def chosen(source: Container, indices: range | list[int] | np.ndarray, moment: Moment) -> View:
    """Elements of a container as a view that is itself an element: its first loop draws as of a moment.

    Args:
        source: the container.
        indices: of elements it has, from 0 on.
        moment: when the view is taken out.
    """
    inside = _Within(source, moment.branch) if moment.branch else source
    listed = indices.tolist() if isinstance(indices, np.ndarray) else indices
    view = Pipe(inside, Subset(listed if isinstance(listed, range) else tuple(listed)))
    view.set_epoch(moment.epoch)
    return view


@overload
def group(by: Element, /) -> Step: ...
@overload
def group(data: Element, by: Element, /) -> Groups: ...
def group(*given: Element) -> Element:
    """Put the elements of one key together: element i is a view of the i-th group's elements, in their order.

    Groups come in the order of their first elements; `.keys` of the result are their keys. With labels nothing is read
    to form the groups. With a function or a field every element is read once, at the first asking, and the groups
    are kept. A view that is taken out starts with the epoch it was taken out in.

    Args:
        given: the data, if any, then what to group by: one label an element, a function of the element, or the
            name (or number) of its field.

    Raises:
        DataError: labels that are not one an element, each a number or a word; random steps beneath, if elements must
            be read, or labels of elements that change places; and, when read, an element without a key.

    Examples:
        >>> patients = range(5) | group("a b a c b".split())
        >>> patients.keys, [list(scans) for scans in patients]
        (('a', 'b', 'c'), [[0, 2], [1, 4], [3]])
        >>> [len(part) for part in group([{"x": 1}, {"x": 2}, {"x": 1}], "x")]
        [2, 1]
    """
    data, (by,) = parted(_USAGE, given, 1)
    return applied(Group(checked_by(_USAGE, by)), data)
