"""Elements of two containers that have the same key: `join`."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import tee
from numbers import Number
from typing import ClassVar, final, overload

import numpy as np

from leyden.data.algebra.expression import spell
from leyden.data.pipe.broken import broken_among
from leyden.data.pipe.seed import Moment
from leyden.data.pipe.source import as_container
from leyden.data.pipe.step import Operation, Step, applied, parted
from leyden.data.pipe.view import Container, Element, View, describe, stream, take
from leyden.data.select.key import By, admitted, checked_by, groups_of, keys_of
from leyden.data.select.notes import Noted
from leyden.errors import DataError

__all__ = ["Join", "Joined", "Unmatched", "join"]

_USAGE = "join(left, right, on=...)"


@final
@dataclass(frozen=True)
class Unmatched:
    """What a join leaves out.

    Args:
        left: the indices of the left elements whose key no right element has.
        right: the indices of the right elements whose key no left element has.
    """

    left: tuple[int, ...]
    right: tuple[int, ...]


@final
@dataclass(frozen=True, repr=False)
class Join(Operation):
    """Pair the elements of one key; see `join`."""

    verb: ClassVar[str] = "join"
    right: Container
    on_keys: tuple[By, By] = field(kw_only=True)

    def on(self, source: Container) -> View:
        """See `Operation.on`."""
        for side, by in zip((source, self.right), self.on_keys, strict=True):
            admitted(_USAGE, side, by)
        return Joined(Noted(source), self)

    def length(self, source: Container) -> int:
        """See `Operation.length`."""
        return len(self.pairs(source)[0])

    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """See `Operation.at`."""
        left, right, _ = self.pairs(source)
        pair = take(source, int(left[index]), moment), take(self.right, int(right[index]), moment)
        return _paired(index, pair)

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`."""
        left, right, _ = self.pairs(source)
        numbers, here, there = tee(indices, 3)
        lefts = stream(source, (int(left[index]) for index in here), moment)
        rights = stream(self.right, (int(right[index]) for index in there), moment)
        pairs = zip(lefts, rights, strict=True)
        return (_paired(index, pair) for index, pair in zip(numbers, pairs, strict=True))

    def pairs(self, source: Container) -> tuple[np.ndarray, np.ndarray, Unmatched]:
        """The left and right index of every pair, and what has no partner; found once."""
        assert isinstance(source, Noted), "a join notes its pairs about its left container"
        return source.facts.recall("pairs", lambda: self._matched(source))

    def _matched(self, source: Container) -> tuple[np.ndarray, np.ndarray, Unmatched]:
        sides = zip((source, self.right), self.on_keys, strict=True)
        here, there = (keys_of(f"{_USAGE}, {describe(side)}", side, by) for side, by in sides)
        _check_kinds(here, there)
        partners = dict(zip(*groups_of(there), strict=True))
        nobody = np.array([], dtype=np.int64)
        per_left = [partners.get(key, nobody) for key in here]
        left = np.repeat(np.arange(len(here)), [len(indices) for indices in per_left])
        known = set(here)
        lonely = Unmatched(
            tuple(index for index, key in enumerate(here) if key not in partners),
            tuple(index for index, key in enumerate(there) if key not in known),
        )
        return left, np.concatenate([nobody, *per_left]), lonely

    def written(self, *, short: bool) -> str:
        """See `Operation.written`."""
        words = [spell(by, short=short) for by in self.on_keys]
        on = words[0] if self.on_keys[0] is self.on_keys[1] else f"({', '.join(words)})"
        return f"join({describe(self.right)}, on={on})"


@final
class Joined(View):
    """Two containers side by side, paired by key; see `join`.

    Attributes:
        source: the left container.
        operation: what pairs them, with the right one.
    """

    def __init__(self, source: Container, operation: Join) -> None:
        super().__init__()
        self.source, self.operation = source, operation

    @property
    def unmatched(self) -> Unmatched:
        """What is left out, by index on either side."""
        return self.operation.pairs(self.source)[2]

    def __len__(self) -> int:
        return self.operation.length(self.source)

    def at(self, index: int, moment: Moment) -> Element:
        """The pair at an index, see `View.at`."""
        return self.operation.at(self.source, index, moment)

    def stream(self, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """The pairs at many indices, see `View.stream`."""
        return self.operation.stream(self.source, indices, moment)

    @property
    def sources(self) -> tuple[Container, ...]:
        """The left and the right container."""
        return (self.source, self.operation.right)

    def __repr__(self) -> str:
        return f"{describe(self.source)} | {self.operation.written(short=True)}"


@overload
def join(right: Element, /, *, on: Element) -> Step: ...
@overload
def join(left: Element, right: Element, /, *, on: Element) -> Joined: ...
def join(*given: Element, on: Element) -> Element:
    """Pair the elements of two containers that have the same key, as `(left, right)`, in the order of the left.

    A key that the right side has more than once pairs with each, in the order of the right. Elements without a
    partner are left out, and `.unmatched` of the result names them. Nothing is read until the length or a pair is
    asked for; then each element is read once for its key (not at all where keys are given), and the pairs are kept
    as indices. `cache()` before it spares the second reading.

    Args:
        given: the left container, if any, then the right one.
        on: what makes the key of an element: a function, or the name (or number) of its field; or a pair of these, for
            left and right, in which one key an element may stand as well.

    Raises:
        DataError: one side is no container, `on` says no keys, or random steps beneath would change them; and, when
            read, an element without a key, named by its index, or keys that are numbers here and words there.

    Examples:
        >>> scans, ages = ["b_1", "a_1", "c_1", "b_2"], [{"who": "a", "age": 7}, {"who": "b", "age": 8}]
        >>> pairs = join(scans, ages, on=(lambda name: name[0], "who"))
        >>> [(scan, row["age"]) for scan, row in pairs], pairs.unmatched
        ([('b_1', 8), ('a_1', 7), ('b_2', 8)], Unmatched(left=(2,), right=()))
    """
    data, (right,) = parted(_USAGE, given, 1)
    pair = on if isinstance(on, tuple) and len(on) == 2 else (on, on)
    left_by, right_by = checked_by(_USAGE, pair[0]), checked_by(_USAGE, pair[1])
    return applied(Join(as_container(right), on_keys=(left_by, left_by if pair[0] is pair[1] else right_by)), data)


def _check_kinds(here: Sequence[Hashable], there: Sequence[Hashable]) -> None:
    """Refuse keys of which none can be equal, such as the numbers of one table and the words of another."""
    kinds = [{"number" if isinstance(key, Number) else type(key).__name__ for key in keys} for keys in (here, there)]
    if all(kinds) and not kinds[0] & kinds[1]:
        left, right = (f"{keys[0]!r} ({type(keys[0]).__name__})" for keys in (here, there))
        raise DataError(
            f"{_USAGE}: no key of the left can equal one of the right: they are such as {left} and {right}; make them "
            "alike, as in on=(lambda row: str(row['id']), 'id')"
        )


def _paired(index: int, pair: tuple[Element, Element]) -> Element:
    """A pair, or what stands for it if `guard` found a side of it broken.

    Also where another element stands in for the broken one: its partner would be somebody else's.
    """
    return broken_among(pair, index) or pair
