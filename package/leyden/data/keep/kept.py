"""A container whose elements are made once and kept, and the step `cache` that makes one."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, final, overload

from leyden.data.keep.store import FolderStore, MemoryStore, Store
from leyden.data.keep.traits import traits
from leyden.data.pipe.broken import Broken, Remainder
from leyden.data.pipe.order import random_steps
from leyden.data.pipe.seed import Moment
from leyden.data.pipe.step import Operation, Pipe, Step, applied, parted
from leyden.data.pipe.view import Container, Element, View, describe, stream, take
from leyden.errors import DataError

__all__ = ["Cache", "Kept", "cache"]


@final
@dataclass(frozen=True, repr=False)
class Cache(Operation):
    """Keep every element once it was made; see `cache`."""

    verb: ClassVar[str] = "cache"
    folder: str | None = field(default=None, kw_only=True)

    def on(self, source: Container) -> View:
        """See `Operation.on`."""
        if culprits := random_steps(source):
            raise DataError(
                f"cache() after {' and '.join(culprits)} would freeze the first epoch's draws; put cache() before the "
                "random steps"
            )
        store = MemoryStore() if self.folder is None else FolderStore(Path(self.folder), traits(source))
        return Pipe(Kept(source, store), self)

    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """See `Operation.at`."""
        return take(source, index, moment)

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`."""
        return stream(source, indices, moment)


@final
class Kept(View):
    """A container whose elements go through a store; prints as the container.

    Args:
        source: what makes the elements.
        store: what keeps them.
    """

    def __init__(self, source: Container, store: Store) -> None:
        super().__init__()
        self._source, self._store = source, store

    def __len__(self) -> int:
        return len(self._source)

    def at(self, index: int, moment: Moment) -> Element:
        """The element at an index, see `View.at`."""
        found = self._store.found(index)
        return self._stored(index, take(self._source, index, moment)) if found is None else found[0]

    def stream(self, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """The elements at many indices, see `View.stream`; a `parallel` beneath reads ahead what is missing."""
        planned: deque[tuple[int, tuple[Element] | None]] = deque()
        for element in stream(self._source, self._missing(indices, planned), moment):
            while (next_one := planned.popleft())[1] is not None:
                yield next_one[1][0]
            yield self._stored(next_one[0], element)
        for _, found in planned:
            assert found is not None, "the source has given every element that was missing"
            yield found[0]

    def _missing(self, indices: Iterable[int], planned: deque[tuple[int, tuple[Element] | None]]) -> Iterator[int]:
        """The indices that must be made; what is kept of those met on the way is noted in `planned`."""
        for index in indices:
            found = self._store.found(index)
            planned.append((index, found))
            if found is None:
                yield index

    def _stored(self, index: int, element: Element) -> Element:
        # what is broken today may be mended tomorrow
        return element if type(element) in (Broken, Remainder) else self._store.keep(index, element)

    @property
    def sources(self) -> tuple[Container, ...]:
        """The container beneath."""
        return (self._source,)

    def __repr__(self) -> str:
        return describe(self._source)


@overload
def cache(*, folder: str | Path | None = None) -> Step: ...
@overload
def cache(data: Element, /, *, folder: str | Path | None = None) -> View: ...
def cache(*given: Element, folder: str | Path | None = None) -> Element:
    """Keep every element once it was made: in memory, or in a folder that outlives the run.

    In memory, each view made by `cache` hands out the same object ever after: a later step must not change it in place.
    A copy of such a view, as in another process, begins with an empty memory.

    In a folder each element has a file of its own, written whole or not at all, and every reading gives a new object.
    Threads, processes and later runs share it. It belongs to one pipe over one set of data: their parameters, the code
    of their functions and the numbers and words that it reads (not of what these call), and what the sources know of
    their files must be the same, or the folder is refused. Tensors, arrays, numbers, words and what is built of them
    can be kept: lists, tuples, dicts, dataclasses. Reading a file back runs no code from it; a damaged one is made
    anew.

    Args:
        given: the data, if any.
        folder: where to keep the elements, made if need be; None for memory.

    Raises:
        DataError: there are random steps beneath, whose first draws would be frozen; or the folder was filled by
            another pipe or is not a cache; and, when read, an element that cannot be kept in a file.
        DiskFull: when read, there is no room left.

    Examples:
        >>> import leyden as ly
        >>> view = cache(ly.data.map([3, 4], lambda x: [x]))
        >>> view[0] is view[0], view
        (True, list[2] | map(lambda) | cache())
    """
    if given and isinstance(given[-1], str | Path):
        raise DataError(f"cache takes its folder by name: cache(folder={str(given[-1])!r}); without, it is memory")
    data, _ = parted("cache(data, folder=None)", given, 0)
    return applied(Cache(folder=None if folder is None else str(Path(folder).expanduser())), data)
