"""What a panel reads of a container: one element at a time, the newest kept, and nothing that is not asked for."""

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import final

from leyden.data.look.leaf import label_in
from leyden.data.look.reading import beneath_batches, read, samples_of
from leyden.data.pipe.broken import Broken
from leyden.data.pipe.source import as_container
from leyden.data.pipe.view import Container, Element, View, describe
from leyden.errors import PanelError
from leyden.widget.data.element import Look, sorted_fields
from leyden.widget.data.thumb import Thumb, thumb_of, unread

__all__ = ["Locked", "Shelf", "filled"]

_KEPT = 240  # thumbnails: ten pages, some 12 MB
_BATCH = 16  # elements of a batch that are shown


def filled(data: Element, page_size: int) -> Container:
    """A container that has something to show, on pages of a size that can be shown.

    Raises:
        DataError: it is no container.
        PanelError: it is empty, or the page size is out of range.
    """
    found = as_container(data)
    if not len(found) or not 1 <= page_size <= 100:
        raise PanelError(
            f"a data panel shows at least one element, 1 to 100 a page; given {describe(found)} of {len(found)}, "
            f"{page_size} a page"
        )
    return found


@final
class Locked:
    """A container read by one thread at a time, as not every file format may be read by two.

    Args:
        source: what is read; of broken elements it gives the `Broken` that says why.
        lock: held while an element is read.
    """

    def __init__(self, source: Container, lock: threading.RLock) -> None:  # pyright: ignore[reportGeneralTypeIssues]
        self._source, self._lock = source, lock

    def __len__(self) -> int:
        return len(self._source)

    def __getitem__(self, index: int) -> Element:
        with self._lock:
            return read(self._source, index)

    def __repr__(self) -> str:
        return describe(self._source)


@final
class Shelf:
    """Elements, thumbnails and labels of a container, each read when it is first asked for.

    A pipe draws anew in every epoch, so what is kept is kept for one epoch.

    Args:
        data: the container.

    Attributes:
        lock: held while an element is read.
        broken: elements that could not be read, by index.
    """

    def __init__(self, data: Container) -> None:
        self.lock = threading.RLock()
        self.broken: dict[int, Broken] = {}
        self._data = data
        self._batched = beneath_batches(data) is not None
        self._newest: tuple[tuple[int, int], Element] | None = None
        self._thumbs: OrderedDict[tuple[int, int], Thumb] = OrderedDict()
        self._labels: dict[tuple[int, int], str | None] = {}

    @property
    def epoch(self) -> int:
        """As of which a pipe draws its elements."""
        return self._data.epoch if isinstance(self._data, View) else 0

    def element(self, index: int) -> Element:
        """An element; `Broken` where it cannot be read. The newest is kept."""
        with self.lock:
            key = self._key(index)
            if self._newest is None or self._newest[0] != key:
                element = read(self._data, index)
                if type(element) is Broken:
                    self.broken[index] = element
                self._newest = (key, element)
            return self._newest[1]

    def samples(self, index: int) -> list[Element]:
        """The first elements of a batch; none where the container holds no batches."""
        element = self.element(index)
        return samples_of(element, _BATCH) if self._batched and type(element) is not Broken else []

    def label(self, index: int, look: Look) -> str | None:
        """The class of an element; None of a batch, a broken one, or where it has none."""
        key = self._key(index)
        if key not in self._labels:
            element = self.element(index)
            if self._batched or type(element) is Broken:
                self._labels[key] = None
            else:
                fields, kinds = sorted_fields(element, look)
                self._labels[key] = label_in(fields, kinds, classes=look.classes)
        return self._labels[key]

    def thumb(self, index: int, look: Look) -> Thumb:
        """The thumbnail of an element; those of about ten pages are kept."""
        with self.lock:
            key = self._key(index)
            if key not in self._thumbs:
                present = self._newest  # a page goes by and leaves the element in full where it is
                self._thumbs[key] = thumb_of(index, self.element(index), look, batch=self.samples(index))
                self._newest = present if present is not None and present[0] != key else self._newest
            self._thumbs.move_to_end(key)
            while len(self._thumbs) > _KEPT:
                self._thumbs.popitem(last=False)
            return self._thumbs[key]

    def row(self, indices: Sequence[int], look: Look, *, within: float | None = None) -> list[Thumb]:
        """The thumbnails of elements; what is not read within so many seconds says so."""
        end = None if within is None else time.monotonic() + within
        return [
            self.thumb(index, look)
            if end is None or self._key(index) in self._thumbs or time.monotonic() < end
            else unread(index)
            for index in indices
        ]

    def forget_thumbs(self) -> None:
        """Draw thumbnails anew, as when they are to look different."""
        with self.lock:
            self._thumbs.clear()

    def _key(self, index: int) -> tuple[int, int]:
        return (self.epoch, index)
