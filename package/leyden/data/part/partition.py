"""Parting one container into several that share no element: `split`, `kfolds`."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import SupportsFloat

from leyden.data.part.unit import checked_container, units
from leyden.data.pipe.order import subset
from leyden.data.pipe.seed import checked_seed, permutation
from leyden.data.pipe.view import Container, Element, View, given_as
from leyden.errors import DataError

__all__ = ["kfolds", "split"]


def split(
    data: Element,
    at: SupportsFloat | Iterable[SupportsFloat] = 0.8,
    *,
    seed: int | None,
    stratify: Element | None = None,
    groups: Element | None = None,
) -> tuple[View, ...]:
    """Part a container into two or more that share no element and together hold all; with labels nothing is read.

    Each part keeps the elements in their order. A part's size is its share to within one element; with `stratify`,
    so is each class's count in the first part, and each further part is cut from what is left in the same way. With
    `groups` every cut lies as near its share as whole groups and no empty part allow.

    Args:
        data: a container.
        at: the share of the first part, or the shares of all parts but the last, which takes the rest; between 0 and 1.
        seed: chooses the elements (or groups) at random, the same for every run; None takes them from the front.
        stratify: one label an element, or what makes it (see `group`); every part gets its share of every label.
        groups: the same; elements of one label, as of one patient, stay together.

    Raises:
        DataError: shares that leave a part empty, labels that are not one an element, both kinds of labels, or steps
            beneath by which elements change places with the epoch, and would so from part to part.

    Examples:
        >>> import leyden as ly
        >>> [list(part) for part in ly.data.split(range(10), (0.5, 0.3), seed=None)]
        [[0, 1, 2, 3, 4], [5, 6, 7], [8, 9]]
        >>> [list(part) for part in ly.data.split(range(6), 0.5, seed=1, groups="a b c a b c".split())]
        [[0, 2, 3, 5], [1, 4]]
    """
    container, shares = checked_container("split", data), _shares_in(at)
    _checked("split", shares, stratify, groups)
    by_group = groups is not None
    parts = _cut(_whole(container, groups, seed), shares) if by_group else _shared(container, stratify, seed, shares)
    return tuple(subset(container, sorted(part)) for part in parts)


def kfolds(
    data: Element, k: int, *, seed: int | None, stratify: Element | None = None, groups: Element | None = None
) -> tuple[tuple[View, View], ...]:
    """Part a container for cross-validation: each element is in the second view of exactly one of `k` pairs.

    The validation parts differ in size by one element at most; with `stratify`, in each label's count too; with
    `groups`, by the size of the largest group at most.

    Args:
        data: a container.
        k: how many pairs, from 2 to the number of elements, or of groups.
        seed: deals the elements (or groups) out at random, the same for every run; None deals them out in turn.
        stratify: one label an element, or what makes it, as in `split`.
        groups: the same; no label is in both parts of a pair.

    Returns:
        Pairs of the training part and the validation part; both keep the elements in their order.

    Raises:
        DataError: a `k` that leaves a part empty; and as `split`.

    Examples:
        >>> import leyden as ly
        >>> [(list(train), list(validation)) for train, validation in ly.data.kfolds(range(4), 2, seed=None)]
        [([1, 3], [0, 2]), ([0, 2], [1, 3])]
    """
    container = checked_container("kfolds", data)
    _checked("kfolds", None, stratify, groups)
    by_group = groups is not None
    held = _evened(_whole(container, groups, seed), k) if by_group else _dealt_out(container, stratify, seed, k)
    return tuple(_pair(container, set(validation)) for validation in held)


def _shares_in(at: Element) -> tuple[float, ...]:
    """The shares as plain numbers; one alone is the first part's."""
    given = at.tolist() if hasattr(at, "tolist") else at
    try:
        return tuple(map(float, given if isinstance(given, Iterable) and not isinstance(given, str) else (given,)))
    except (TypeError, ValueError) as error:
        raise DataError(f"split: shares are numbers between 0 and 1; given {given_as(at)}") from error


def _checked(usage: str, shares: tuple[float, ...] | None, stratify: Element | None, groups: Element | None) -> None:
    if shares is not None and not (shares and min(shares) > 0 and sum(shares) < 1 - 1e-9):  # also what is not a number
        raise DataError(
            f"split: shares lie between 0 and 1 and leave something for the last part; given {shares}, "
            f"which sum to {sum(shares):g}. For three parts write at=(0.7, 0.2)"
        )
    if stratify is not None and groups is not None:
        raise DataError(f"{usage} takes stratify or groups, not both: whole groups cannot be had in exact shares")


def _checked_k(k: int, count: int, what: str) -> None:
    if not hasattr(k, "__index__") or not 2 <= k <= count:
        raise DataError(f"kfolds: k is a whole number between 2 and the number of {what}, {count}; given {k}")


def _pair(container: Container, validation: set[int]) -> tuple[View, View]:
    train = [index for index in range(len(container)) if index not in validation]
    return subset(container, train), subset(container, sorted(validation))


def _classes(container: Container, labels: Element | None, seed: int | None) -> list[list[int]]:
    """The indices of every class, they and the classes in random order or not."""
    classes = units("stratify", container, labels)
    if seed is None:
        return classes
    # where classes have equal claims to a place the first gets it
    classes = [classes[index] for index in permutation(len(classes), checked_seed(seed), "classes").tolist()]
    turn = permutation(len(container), checked_seed(seed), "parts").argsort()
    return [sorted(indices, key=turn.__getitem__) for indices in classes]


def _whole(container: Container, labels: Element, seed: int | None) -> list[list[int]]:
    """The indices of every group, the groups in random order or not."""
    groups = units("groups", container, labels)
    if seed is None:
        return groups
    return [groups[index] for index in permutation(len(groups), checked_seed(seed), "groups").tolist()]


def _shared(
    container: Container, labels: Element | None, seed: int | None, shares: tuple[float, ...]
) -> list[list[int]]:
    """Part the elements by their shares of every class."""
    parts, sizes = [], _sizes(len(container), shares)
    classes = _classes(container, labels, seed)
    for size in sizes:
        taken = _apportioned([len(each) for each in classes], size)
        parts.append([index for each, part in zip(classes, taken, strict=True) for index in each[:part]])
        classes = [each[part:] for each, part in zip(classes, taken, strict=True)]
    return parts


def _dealt_out(container: Container, labels: Element | None, seed: int | None, k: int) -> list[list[int]]:
    """Part the elements into `k`, dealt out one by one, class after class."""
    _checked_k(k, len(container), "elements")
    dealt = [index for each in _classes(container, labels, seed) for index in each]
    return [dealt[fold::k] for fold in range(k)]


def _cut(groups: list[list[int]], shares: tuple[float, ...]) -> list[list[int]]:
    """Part groups in their order, each cut where the number of elements before it is nearest to its share."""
    if len(groups) <= len(shares):
        raise DataError(f"split: {len(shares) + 1} parts need as many groups at least; given {len(groups)}")
    ends = [0, *accumulate(len(group) for group in groups)]
    cuts, count = [0], ends[-1]
    for part, goal in enumerate(accumulate(shares)):
        last = len(groups) - len(shares) + part  # leaves one group for each part after it
        near = bisect_left(ends, goal * count)
        near -= ends[near] - goal * count > goal * count - ends[near - 1]
        cuts.append(min(max(near, cuts[-1] + 1), last))
    cuts.append(len(groups))
    return [[index for group in groups[start:end] for index in group] for start, end in pairwise(cuts)]


def _evened(groups: list[list[int]], k: int) -> list[list[int]]:
    """Part groups into `k` of nearly one size: each, from the largest on, goes to the part that is smallest so far.

    Source: R. L. Graham, Bounds on multiprocessing timing anomalies, SIAM J. Appl. Math. 17, 1969 (longest first).
    """
    _checked_k(k, len(groups), "groups")
    parts: list[list[int]] = [[] for _ in range(k)]
    for group in sorted(groups, key=len, reverse=True):
        min(parts, key=len).extend(group)
    return parts


def _sizes(count: int, shares: tuple[float, ...]) -> list[int]:
    """How many elements each part gets; the last gets what the shares leave."""
    cuts = [0, *(round(count * sum(shares[: part + 1])) for part in range(len(shares))), count]
    sizes = [end - start for start, end in pairwise(cuts)]
    if min(sizes) == 0:
        raise DataError(f"split: {count} elements at {shares} make parts of {sizes}; none may be empty")
    return sizes


def _apportioned(sizes: Sequence[int], total: int) -> list[int]:
    """Share a total out in proportion to group sizes: every group gets its quota, rounded down or up.

    Source: the method of largest remainders, M. Balinski and H. P. Young, Fair Representation, 1982, chapter 3.
    """
    everything = sum(sizes)
    counts = [size * total // everything for size in sizes]
    by_remainder = sorted(range(len(sizes)), key=lambda group: -(sizes[group] * total % everything))
    for group in by_remainder[: total - sum(counts)]:
        counts[group] += 1
    return counts
