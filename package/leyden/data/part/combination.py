"""Every choice of elements to leave out, none listed: `leave_out`."""

import sys
from math import comb
from typing import final

from leyden.data.part.unit import checked_container, units
from leyden.data.pipe.order import whole_number
from leyden.data.pipe.seed import Moment
from leyden.data.pipe.view import Container, Element, View, describe
from leyden.data.select.grouping import chosen
from leyden.errors import DataError

__all__ = ["Leavings", "leave_out"]


@final
class Leavings(View):
    """A container of pairs, one for each choice of elements or groups that is left out; see `leave_out`."""

    def __init__(self, source: Container, groups: list[list[int]] | None, p: int) -> None:
        super().__init__()
        self._source, self._groups, self._p = source, groups, p
        self._count = len(source) if groups is None else len(groups)

    def __len__(self) -> int:
        return comb(self._count, self._p)

    def at(self, index: int, moment: Moment) -> tuple[View, View]:
        """The pair at an index, see `View.at`."""
        out = _combination(index, self._count, self._p)
        held = out if self._groups is None else sorted(place for each in out for place in self._groups[each])
        without = set(held)
        kept = [place for place in range(len(self._source)) if place not in without]
        return chosen(self._source, kept, moment), chosen(self._source, held, moment)

    @property
    def sources(self) -> tuple[Container, ...]:
        """The container that is parted."""
        return (self._source,)

    @property
    def fingerprint(self) -> str:
        """What tells it from another one of the same elements, for `leyden.data.cache`."""
        return repr((self._p, self._groups))

    def __repr__(self) -> str:
        groups = "" if self._groups is None else f", groups={len(self._groups)} groups"
        return f"leave_out({describe(self._source)}, {self._p}{groups})"


def leave_out(data: Element, p: int = 1, *, groups: Element | None = None) -> Leavings:
    """Part a container in every way that leaves `p` elements, or groups, out: a container of pairs.

    Element i is `(train, validation)`, both in the data's order; the choices come in lexicographic order. No list of
    them is made, so `leave_out(range(1000), 3)[-1]` costs one pair. There are n! / (p! (n - p)!) pairs for n elements:
    to try some at random, `leave_out(data, p) | shuffle() | subset(range(20))`.

    Args:
        data: a container.
        p: how many are left out, from 1 to one less than there are.
        groups: one label an element, or what makes it (see `group`); then whole groups are left out.

    Returns:
        The pairs.

    Raises:
        DataError: a `p` that leaves a part empty or makes more pairs than Python can count in a `len`; and as
            `group`, or elements that change places beneath, as after `shuffle`.

    Examples:
        >>> [(list(train), list(validation)) for train, validation in leave_out("a b c".split())]
        [(['b', 'c'], ['a']), (['a', 'c'], ['b']), (['a', 'b'], ['c'])]
        >>> pairs = leave_out(range(60), 5)
        >>> len(pairs), list(pairs[-1][1]), pairs
        (5461512, [55, 56, 57, 58, 59], leave_out(range(0, 60), 5))
    """
    container = checked_container("leave_out", data)
    parted = None if groups is None else units("groups", container, groups)
    count, what = (len(container), "elements") if parted is None else (len(parted), "groups")
    number = whole_number("leave_out: p", p, at_least=1)
    if number >= count:
        raise DataError(f"leave_out: p lies between 1 and one less than the {what}, {count}; given {number}")
    if comb(count, number) > sys.maxsize:
        raise DataError(
            f"leave_out: there are more than {sys.maxsize:.0e} ways to leave {number} of {count} {what} out; take a "
            "smaller p, or kfolds"
        )
    return Leavings(container, parted, number)


def _combination(rank: int, count: int, size: int) -> list[int]:
    """The choice of a rank among all of `size` of the numbers below `count`, in lexicographic order.

    Source: B. P. Buckles and M. Lybanon, Algorithm 515: Generation of a vector from the lexicographical index, ACM
    Transactions on Mathematical Software 3, 1977.
    """
    chosen_ones: list[int] = []
    for number in range(count):
        missing = size - len(chosen_ones)
        if missing == 0:
            break
        with_it = comb(count - number - 1, missing - 1)
        if rank < with_it:
            chosen_ones.append(number)
        else:
            rank -= with_it
    return chosen_ones
