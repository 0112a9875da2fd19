"""A container looked through: one element in full, a page of them in small, and what is in all of them."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from operator import index as whole
from typing import Any, Literal, TypeAlias, final, get_args

from leyden.data.look.leaf import Kind
from leyden.data.look.reading import Progress, beneath_batches, class_names, without_batches
from leyden.data.look.twin import Place
from leyden.data.pipe.broken import Broken
from leyden.data.pipe.source import as_container
from leyden.data.pipe.view import Element, describe
from leyden.errors import PanelError
from leyden.widget.base.errand import Errand, LookStatus
from leyden.widget.base.panel import Fact, Panel
from leyden.widget.data.element import Look, Part, parts_of
from leyden.widget.data.findings import Findings, Task, checked, search, survey
from leyden.widget.data.shelf import Locked, Shelf, filled
from leyden.widget.data.telling import batch_part, pictures_of
from leyden.widget.data.thumb import Thumb, thumb_of

__all__ = ["DataPanel", "Section"]

Section: TypeAlias = Literal["browse", "statistics", "duplicates", "pipeline"]
"""What the panel shows."""

_PATIENCE = 1.0  # seconds that a still picture waits for its page


@final
class DataPanel(Panel):
    """Shows what is in a container: its elements by their kind, and, when asked, what is in all of them.

    Nothing is read when the panel is made, and afterwards only what is seen: the present element and the thumbnails of
    the present page. An element that cannot be read shows why, in its place. `look` goes through all elements in the
    background: statistics, duplicates, and the time that each step of a pipe takes. Of a batched pipe, batches are
    shown as the elements in them, and what is looked through are the elements beneath the batches.

    Args:
        data: any container, or a pipe.
        classes: names of the classes by index; left out, those that the container has.
        held_out: a second container to look for duplicates in, such as the one that is validated on.
        regions: names of the numbers in masks.
        rate: values a second of sound, where the elements do not say it.
        kinds: kinds of fields that are known better than they look, such as {"1": "mask"}.
        page_size: thumbnails a page, 1 to 100.

    Raises:
        DataError: `data` or `held_out` is no container.
        PanelError: it is empty, or the page size is out of range.

    Examples:
        >>> import torch
        >>> pictures = [(torch.rand(3, 16, 16), number % 2) for number in range(50)]
        >>> panel = DataPanel(pictures, classes=("cat", "dog"))
        >>> panel.go(10); panel.next(); panel.index, panel.label
        (11, 'dog')
        >>> panel.find("cat"), panel.page_number
        (12, 0)
        >>> panel.look("statistics"); panel.wait(timeout=60).statistics.balance
        {'cat': 25, 'dog': 25}
    """

    def __init__(
        self,
        data: Any,
        *,
        classes: Sequence[str] | None = None,
        held_out: Any = None,
        regions: Mapping[int, str] | None = None,
        rate: float | None = None,
        kinds: Mapping[str, Kind] | None = None,
        page_size: int = 24,
    ) -> None:
        super().__init__()
        self._data = filled(data, page_size)
        self._held_out = None if held_out is None else as_container(held_out)
        names = class_names(self._data) if classes is None else tuple(classes)
        self._style = Look(names, dict(regions or {}), rate, dict(kinds or {}))
        self._page_size = page_size
        self._index = self._page = 0
        self._section: Section = "browse"
        self._shelf = Shelf(self._data)
        self._findings = Findings()
        self._errand = Errand(self._heard)

    def __repr__(self) -> str:
        return f"DataPanel({describe(self._data)}, element {self._index} of {len(self)})"

    def __len__(self) -> int:
        return len(self._data)

    @property
    def index(self) -> int:
        """Of the element that is shown in full."""
        return self._index

    @property
    def page_number(self) -> int:
        """Of the page of thumbnails that is shown, from 0 on."""
        return self._page

    @property
    def pages(self) -> int:
        """How many pages of thumbnails there are."""
        return -(-len(self) // self._page_size)

    @property
    def epoch(self) -> int:
        """As of which a pipe draws the elements."""
        return self._shelf.epoch

    @property
    def readable(self) -> int:
        """How many elements a look goes through: of a batched pipe, those beneath the batches."""
        return len(without_batches(self._data))

    @property
    def section(self) -> Section:
        """What the panel shows."""
        return self._section

    @property
    def style(self) -> Look:
        """How elements are shown: class names, overlay, window, the voxel that slices go through."""
        return self._style

    @property
    def element(self) -> Element:
        """The present element, read now unless it was read last; `Broken` where it cannot be read."""
        return self._shelf.element(self._index)

    @property
    def label(self) -> str | None:
        """The class of the present element; None where it has none."""
        return self._shelf.label(self._index, self._style)

    @property
    def broken(self) -> tuple[Broken, ...]:
        """The elements that could not be read so far, by index."""
        looked = self._findings.statistics if beneath_batches(self._data) is None else None
        known = {fault.index: fault for fault in (looked.broken if looked else ())} | self._shelf.broken
        return tuple(known[index] for index in sorted(known))

    @property
    def status(self) -> LookStatus:
        """Where the newest look through all elements is."""
        return self._errand.status

    @property
    def progress(self) -> tuple[int, int]:
        """(elements read, elements in all) of the newest look."""
        return self._errand.progress

    @property
    def times(self) -> tuple[float, float | None]:
        """Seconds that the newest look took so far, and seconds left; None where that is not known."""
        return self._errand.seconds, self._errand.remaining

    @property
    def findings(self) -> Findings:
        """What looks have found so far: `statistics`, `duplicates`, `timing`."""
        return self._findings

    def go(self, index: int) -> None:
        """Shows an element, and the page it is on; negative ones count from the end.

        Raises:
            PanelError: there is no such element.
        """
        if not hasattr(index, "__index__"):
            raise PanelError(f"an element has a whole number; given {index!r}")
        place, count = whole(index), len(self)
        if not -count <= place < count:
            raise PanelError(f"there is no element {place}: there are {count}, from 0 to {count - 1}")
        with self._lock:
            self._index = place % count
            self._page = self._index // self._page_size
        self.say("")

    def next(self) -> None:
        """Shows the next element; after the last comes the first."""
        self.go((self._index + 1) % len(self))

    def previous(self) -> None:
        """Shows the element before; before the first comes the last."""
        self.go((self._index - 1) % len(self))

    def page(self, number: int) -> None:
        """Shows a page of thumbnails, from 0 on; the element in full stays.

        Raises:
            PanelError: there is no such page.
        """
        if not 0 <= whole(number) < self.pages:
            raise PanelError(f"there is no page {number}: there are {self.pages}, from 0 to {self.pages - 1}")
        self._page = whole(number)
        self.say("")

    def find(self, label: str, *, wait: bool = True) -> int | None:
        """Shows the next element of a class, from the present one on and round to the front; reads until it is found.

        Args:
            label: the name of the class, or the label in digits.
            wait: search on the calling thread; False searches in the background, like `look`.

        Returns:
            Its index; None where there is none, and where it is searched for in the background.

        Raises:
            DataError: no element has a label.
        """
        if wait:
            return self._search(label, lambda _done, _total: True)
        self._errand.start(lambda progress: self._search(label, progress), f"the search for {label!r}")
        return None

    def turn_to(self, section: Section) -> None:
        """Shows another section.

        Raises:
            PanelError: there is no such section.
        """
        if section not in get_args(Section):
            raise PanelError(f"there is no section {section!r}; there is {', '.join(get_args(Section))}")
        self._section = section
        self.say("")

    def show(
        self,
        *,
        overlay: bool | None = None,
        place: tuple[int, int, int] | None = None,
        window: tuple[float, float] | None = None,
    ) -> None:
        """Changes how elements are shown; what is left out stays.

        Args:
            overlay: draw masks and keypoints over their image.
            place: the voxel (z, y, x) that the slices of a volume go through.
            window: the values shown black and white.

        Raises:
            PanelError: a window whose ends are not in order, or a place that is not three whole numbers.
        """
        given = {"overlay": overlay, "place": place, "window": window}
        changed = {name: value for name, value in given.items() if value is not None}
        self._style = replace(self._style, **changed)
        if changed.keys() - {"place"}:
            self._shelf.forget_thumbs()
        self.say("")

    def look(self, *tasks: Task, sample: int | None = None, near: int | None = 8) -> None:
        """Begins to go through all elements in the background, and returns at once; `findings` has what was found.

        Args:
            tasks: what to look for; left out, all: statistics, duplicates, timing.
            sample: read at most so many elements, evenly spread; None reads all.
            near: bits of 63 in which images that look alike differ at most, see `leyden.data.duplicates`.

        Raises:
            PanelError: a look is under way, there is no such task, the sample is below 1, or the panel is closed.
        """
        self._open()
        wanted = checked(tasks, sample)
        work = partial(survey, self._parts(), self._data, tasks=wanted, look=self._style, sample=sample, near=near)
        self._errand.start(lambda progress: work(progress=progress, note=self._note), "a look through the elements")

    def stop(self) -> None:
        """Ends the look after the present element; what was found so far is kept.

        Raises:
            PanelError: nothing is under way.
        """
        self._errand.stop()

    def wait(self, timeout: float | None = None) -> Findings:
        """Waits until the look is over and returns what was found; Ctrl-C meanwhile stops it.

        Raises:
            PanelError: no look was begun, or it is not over in time. What the look raised is raised again.
        """
        with self.holding():
            self._errand.wait(timeout)
        return self._findings

    def close(self) -> None:
        """Stops a look that is under way, then closes the view."""
        self._errand.close()
        super().close()

    def thumbs(self, *, within: float | None = None) -> list[Thumb]:
        """The thumbnails of the present page, read now; within so many seconds, if that is said."""
        start = self._page * self._page_size
        return self._shelf.row(range(start, min(start + self._page_size, len(self))), self._style, within=within)

    def thumb(self, place: Place) -> Thumb:
        """The thumbnail of an element in a group of duplicates, read now."""
        _, container = self._parts()[place.part]
        return thumb_of(place.index, container[place.index], self._style)

    def parts(self) -> tuple[Part, ...]:
        """What is shown of the present element, read now; of a batch, its first elements."""
        samples = self._shelf.samples(self._index)
        if not samples:
            return parts_of(self.element, self._style)
        return (batch_part(samples, self._index, self._style),)

    def facts(self) -> list[Fact]:
        """The data, what is shown of them, and what looks have found."""
        rows = [("data", describe(self._data)), ("elements", f"{len(self):,}"), ("shown", f"element {self._index}")]
        rows += [("classes", ", ".join(self._style.classes))] if self._style.classes else []
        return rows + self._findings.facts() + [("broken", str(fault)) for fault in self.broken[:10]]

    def pictures(self) -> list[tuple[str, bytes]]:
        """The present element, the present page, the classes and the pipe where they were looked at.

        Of a page that takes longer than a second to read, thumbnails that are missing say so.
        """
        began = time.monotonic()
        parts = self.parts()
        thumbs = self.thumbs(within=_PATIENCE - (time.monotonic() - began))
        return [*pictures_of(parts, thumbs, self._index), *self._findings.pictures()]

    def _parts(self) -> list[tuple[str, Locked]]:
        """What is looked through, and what it is called: the elements beneath batches, and those held out."""
        named = [("data", self._data)] + ([] if self._held_out is None else [("held out", self._held_out)])
        return [(name, Locked(without_batches(part), self._shelf.lock)) for name, part in named]

    def _search(self, label: str, progress: Progress) -> int | None:
        look, labels = self._style, self._shelf.label
        found = search(lambda each: labels(each, look), label, start=self._index, count=len(self), progress=progress)
        ended = f"the search for {label!r} was stopped" if self._errand.status == "stopping" else ""
        self.say(ended or f"no element of class {label!r} was found") if found is None else self.go(found)
        return found

    def _heard(self) -> None:
        """Say what a look ended by, on its thread, and tell everyone who listens."""
        self._message = self._errand.problem or self._message
        self.changed()

    def _note(self, found: Findings) -> None:
        """Keep what a look found, on its thread."""
        new = {name: value for name, value in vars(found).items() if value is not None}
        self._findings = replace(self._findings, **new)
        self.changed()
