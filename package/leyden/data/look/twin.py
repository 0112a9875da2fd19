"""What is in a container twice, or in two containers at once: equal elements, and pictures that look alike."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from leyden.data.look.leaf import Kind, fields_of, kinds_of, label_in
from leyden.data.look.print import content, looks, main_field
from leyden.data.look.reading import Progress, class_names, visit
from leyden.data.pipe.broken import Broken
from leyden.data.pipe.source import as_container
from leyden.data.pipe.view import Container, Element, describe
from leyden.errors import DataError

__all__ = ["Duplicates", "Place", "Prints", "close_pairs", "duplicates"]

_MOST = 20  # of 63 bits; of two pictures that have nothing in common about 31 differ
_BLOCK = 2**22  # pairs compared at once: 32 MB
_CHECKED_AT_ONCE = 2**14  # pairs of pictures: 2 x 16 MB
_ALIKE = 0.9  # correlation of two grey pictures below which bits that agree do so by chance
_BYTE_ONES = np.array([bin(value).count("1") for value in range(2**16)], np.uint8)


@final
@dataclass(frozen=True, order=True)
class Place:
    """Where an element lies: in which of the containers given, and its index there."""

    part: int
    index: int


@final
@dataclass(frozen=True, repr=False)
class Duplicates:
    """Elements that occur more than once.

    Args:
        names: what the containers are called, in the order given.
        seen: elements read of each.
        exact: groups of elements that are equal bit by bit.
        near: groups of images that look alike and are not all equal bit by bit; equal ones among them included.
        labels: the label of every element in a group that has one.
        even: images too even to be compared by their looks, such as a black slice.
        broken: where elements could not be read, and why.
    """

    names: tuple[str, ...]
    seen: tuple[int, ...]
    exact: tuple[tuple[Place, ...], ...]
    near: tuple[tuple[Place, ...], ...]
    labels: Mapping[Place, str] = field(default_factory=dict)
    even: int = 0
    broken: tuple[tuple[Place, str], ...] = ()

    @property
    def leaks(self) -> tuple[tuple[Place, ...], ...]:
        """The groups that lie in more than one container, such as held-out pictures that were trained on."""
        return tuple(group for group in self.exact + self.near if len({place.part for place in group}) > 1)

    @property
    def conflicts(self) -> tuple[tuple[Place, ...], ...]:
        """The groups whose elements have different labels."""
        return tuple(
            group
            for group in self.exact + self.near
            if len({self.labels[place] for place in group if place in self.labels}) > 1
        )

    def extra(self, part: int = 0, *, near: bool = True) -> tuple[int, ...]:
        """The indices of a container that could go: of every group all but the first stay away.

        The first of a group is that of the first container that has any: `extra(1)` of train against held out are the
        held-out elements that were trained on, and the second of two held-out ones.

        Examples:
            >>> twice = duplicates(["a", "b", "a"])
            >>> [index for index in range(3) if index not in twice.extra()]
            [0, 1]
        """
        groups = self.exact + self.near if near else self.exact
        return tuple(sorted({place.index for group in groups for place in group[1:] if place.part == part}))

    def told(self, place: Place) -> str:
        """A place in words."""
        return f"{self.names[place.part]}[{place.index}]" if len(self.names) > 1 else str(place.index)

    def __repr__(self) -> str:
        read = ", ".join(f"{count:,} of {name}" for name, count in zip(self.names, self.seen, strict=True))
        counted = f"{_groups(self.exact)} of equal elements, {_groups(self.near)} of images that look alike"
        lines = [f"{read} read: {counted}"]
        if len(self.names) > 1:
            lines.append(f"  {_groups(self.leaks)} in more than one of them")
        if self.conflicts:
            lines.append(f"  {_groups(self.conflicts)} with different labels")
        for kind, groups in (("equal", self.exact), ("alike", self.near)):
            lines += [f"  {kind}: {_listed([self.told(place) for place in group])}" for group in groups[:10]]
            lines += [f"  {kind}: {len(groups) - 10} groups more"] if len(groups) > 10 else []
        lines += [f"  {self.even} images are too even to be compared by their looks"] if self.even else []
        lines += [f"  broken: {self.told(place)}: {problem}" for place, problem in self.broken[:5]]
        return "\n".join(lines)


@final
class Prints:
    """Duplicates under way: shown elements one by one, asked for the groups at any time.

    Args:
        names: what the containers are called.
        classes: names of the classes, by index.
        near: bits of 63 in which two pictures that look alike differ at most; None compares bit by bit only.
        compared: the field that is compared; None finds it.
        kinds: kinds of fields that are known better than they look.
    """

    def __init__(
        self,
        names: Sequence[str],
        *,
        classes: Sequence[str] = (),
        near: int | None = 8,
        compared: str | None = None,
        kinds: Mapping[str, Kind] | None = None,
    ) -> None:
        self._names, self._classes, self._near = tuple(names), tuple(classes), near
        self._compared, self._kinds = compared, kinds
        self._seen = [0] * len(self._names)
        self._equal: dict[bytes, list[Place]] = defaultdict(list)
        self._looks: dict[bytes, tuple[int, np.ndarray]] = {}
        self._labels: dict[Place, str] = {}
        self._even = 0
        self._broken: list[tuple[Place, str]] = []

    def see(self, part: int, index: int, element: Element) -> None:
        """Take the prints of one element."""
        place = Place(part, index)
        self._seen[part] += 1
        if type(element) is Broken:
            self._broken.append((place, element.problem))
            return
        fields = fields_of(element)
        kinds = kinds_of(fields, given=self._kinds)
        name = main_field(fields, kinds) if self._compared is None else self._compared
        if self._compared is not None and name not in fields:
            self._broken.append((place, f"has no field {name!r}; there is {', '.join(map(repr, fields))}"))
            return
        mark = content(fields if name is None else {"": fields[name]})
        if mark not in self._equal and name is not None and kinds[name] == "image" and self._near is not None:
            seen = looks(fields[name])
            self._even += seen is None
            if seen is not None:
                self._looks[mark] = seen
        self._equal[mark].append(place)
        label = label_in(fields, kinds, classes=self._classes)
        if label is not None:
            self._labels[place] = label

    def result(self) -> Duplicates:
        """The groups among what was seen so far."""
        exact = sorted(tuple(sorted(places)) for places in self._equal.values() if len(places) > 1)
        near = sorted(self._alike())
        grouped = {place for group in [*exact, *near] for place in group}
        labels = {place: label for place, label in self._labels.items() if place in grouped}
        return Duplicates(
            self._names, tuple(self._seen), tuple(exact), tuple(near), labels, self._even, tuple(self._broken)
        )

    def _alike(self) -> Iterator[tuple[Place, ...]]:
        """Groups of different pictures; who looks like one of a group belongs to it."""
        if self._near is None or len(self._looks) < 2:
            return
        marks = list(self._looks)
        bits = np.array([each for each, _ in self._looks.values()], np.uint64)
        grey = np.stack([each.ravel() for _, each in self._looks.values()])
        pairs = (_checked(grey, *pair) for pair in close_pairs(bits, self._near))
        for group in _joined(len(marks), pairs):
            yield tuple(sorted(place for each in group for place in self._equal[marks[each]]))


def duplicates(
    *data: Element,
    near: int | None = 8,
    compared: str | None = None,
    names: Sequence[str] = (),
    classes: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Duplicates:
    """Find elements that occur more than once, within a container and across several.

    Give the training and the held-out part, `duplicates(train, held_out)`, and `leaks` are the pictures that a network
    is examined on and was trained on. Compared is the first image, volume, sound or tensor of each element, the text
    beside a label, else the whole row; images also by a perceptual hash, pair by pair: 10,000 take 0.2 s, 50,000 some
    4 s. Each element is read once and kept as 600 bytes. Scans of one organ all look alike: lower `near`.

    Args:
        data: one container or several.
        near: bits of 63 in which images that look alike differ at most, 0 to 20; None finds equal ones only. 8 found
            95 % of the copies of 328 pictures that were saved as poor JPEG, halved, lightened or cropped by 2 %.
        compared: the field that is compared.
        names: what to call the containers; left out, `0`, `1`, ...
        classes: names of the classes by index; left out, those that the first container has.
        progress: as of `statistics`.

    Raises:
        DataError: one is no container, there is none, or `near` is out of range.

    Examples:
        >>> duplicates(["a", "b", "a"], ["b", "c"], names=("train", "held out"))
        3 of train, 2 of held out read: 2 groups of equal elements, 0 groups of images that look alike
          1 group in more than one of them
          equal: train[0] train[2]
          equal: train[1] held out[0]
    """
    parts = _checked_parts(data, near, len(names))
    called = names or ([describe(parts[0])] if len(parts) == 1 else list(map(str, range(len(parts)))))
    known = class_names(parts[0]) if classes is None else classes
    prints = Prints(called, classes=known, near=near, compared=compared)
    _show(prints, parts, progress)
    return prints.result()


def _show(prints: Prints, parts: Sequence[Container], progress: Progress | None) -> None:
    total, before = sum(map(len, parts)), 0
    for number, part in enumerate(parts):
        told = None if progress is None else partial(_shifted, progress, before, total)
        if visit(part, range(len(part)), partial(prints.see, number), progress=told) < len(part):
            return
        before += len(part)


def _checked_parts(data: Sequence[Element], near: int | None, names: int) -> list[Container]:
    if not data or (near is not None and not 0 <= near <= _MOST) or names not in (0, len(data)):
        raise DataError(
            f"duplicates takes at least one container, near from 0 to {_MOST} or None, and names for all containers or "
            f"none; given {len(data)} containers, {near=}, {names} names"
        )
    return [as_container(part) for part in data]


def close_pairs(bits: np.ndarray, most: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The pairs of hashes that differ in few bits, block by block.

    Args:
        bits: 64-bit hashes, unsigned.
        most: bits in which a pair differs at most.

    Returns:
        Rows and columns of the pairs, row before column.

    Examples:
        >>> [(rows.tolist(), columns.tolist()) for rows, columns in close_pairs(np.array([0, 7, 1], np.uint64), 1)]
        [([0], [2])]
    """
    step = max(1, _BLOCK // max(1, len(bits)))
    for start in range(0, len(bits), step):
        rows, columns = np.nonzero(_ones(bits[start : start + step, None] ^ bits[None, start:]) <= most)
        later = columns > rows
        yield rows[later] + start, columns[later] + start


def _checked(grey: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pairs whose grey pictures rise and fall together; smooth ones may agree in all bits and look different."""
    alike = np.zeros(len(rows), bool)
    for start in range(0, len(rows), _CHECKED_AT_ONCE):
        span = slice(start, start + _CHECKED_AT_ONCE)
        one, other = (grey[side[span]].astype(np.float32) for side in (rows, columns))
        one, other = one - one.mean(1, keepdims=True), other - other.mean(1, keepdims=True)
        scale = np.sqrt((one * one).sum(1) * (other * other).sum(1))
        alike[span] = (one * other).sum(1) >= _ALIKE * np.maximum(scale, 1e-6)
    return rows[alike], columns[alike]


def _ones(bits: np.ndarray) -> np.ndarray:
    """How many bits are set."""
    if hasattr(np, "bitwise_count"):  # numpy 2
        return np.bitwise_count(bits)
    return _BYTE_ONES[bits.view(np.uint16)].reshape(*bits.shape, 4).sum(-1, dtype=np.uint8)


def _joined(count: int, pairs: Iterator[tuple[np.ndarray, np.ndarray]]) -> list[list[int]]:
    """What hangs together by pairs, as groups of two or more."""
    found = list(pairs)
    rows, columns = (np.concatenate([pair[side] for pair in found]) for side in (0, 1))
    graph = coo_array((np.ones(len(rows), bool), (rows, columns)), (count, count))
    _, number = connected_components(graph, directed=False)
    groups: dict[int, list[int]] = defaultdict(list)
    for each in np.unique(np.concatenate([rows, columns])).tolist():
        groups[int(number[each])].append(each)
    return list(groups.values())


def _shifted(progress: Progress, before: int, total: int, done: int, _count: int) -> object:
    return progress(before + done, total)


def _groups(groups: Sequence[object]) -> str:
    return "1 group" if len(groups) == 1 else f"{len(groups):,} groups"


def _listed(words: Sequence[str]) -> str:
    return " ".join(words[:8]) + (f" and {len(words) - 8} more" if len(words) > 8 else "")
