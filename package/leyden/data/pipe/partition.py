"""Parting one container into several that share no element: `split`, `kfolds`."""

from collections.abc import Hashable, Sequence
from itertools import pairwise

from leyden.data.pipe.order import subset
from leyden.data.pipe.seed import checked_seed, permutation
from leyden.data.pipe.source import as_container
from leyden.data.pipe.view import Container, Element, View, describe
from leyden.errors import DataError

__all__ = ["kfolds", "split"]


def split(
    data: Element, at: float | Sequence[float] = 0.8, *, seed: int | None, stratify: Element | None = None
) -> tuple[View, ...]:
    """Part a container into two or more that share no element and together hold all; nothing is read.

    Each part keeps the elements in their order. A part's size is its share to within one element; with `stratify`,
    so is each class's count in the first part, and each further part is cut from what is left in the same way.

    Args:
        data: a container.
        at: the share of the first part, or the shares of all parts but the last, which takes the rest; between 0 and 1.
        seed: chooses the elements at random, the same for every run; None takes them from the front, in order.
        stratify: one label an element; every part then gets its share of every label.

    Returns:
        The parts.

    Raises:
        DataError: shares that leave a part empty, or labels that are not one an element.

    Examples:
        >>> import leyden as ly
        >>> train, test = ly.data.split(range(10), 0.8, seed=None)
        >>> list(train), list(test)
        ([0, 1, 2, 3, 4, 5, 6, 7], [8, 9])
        >>> [len(part) for part in ly.data.split(range(10), (0.5, 0.3), seed=0)]
        [5, 3, 2]
    """
    container = as_container(data)
    groups = _groups(container, seed, stratify)
    parts = []
    for size in _sizes(container, (at,) if isinstance(at, int | float) else tuple(at)):
        taken = _apportioned([len(group) for group in groups], size)
        parts.append([index for group, count in zip(groups, taken, strict=True) for index in group[:count]])
        groups = [group[count:] for group, count in zip(groups, taken, strict=True)]
    return tuple(subset(container, sorted(part)) for part in parts)


def kfolds(
    data: Element, k: int, *, seed: int | None, stratify: Element | None = None
) -> tuple[tuple[View, View], ...]:
    """Part a container for cross-validation: each element is in the second view of exactly one of `k` pairs.

    The validation parts differ in size by one element at most; with `stratify`, in each label's count too.

    Args:
        data: a container.
        k: how many pairs, from 2 to the number of elements.
        seed: deals the elements out at random, the same for every run; None deals them out in turn.
        stratify: one label an element.

    Returns:
        Pairs of the training part and the validation part; both keep the elements in their order.

    Raises:
        DataError: a `k` that leaves a part empty, or labels that are not one an element.

    Examples:
        >>> import leyden as ly
        >>> [(list(train), list(validation)) for train, validation in ly.data.kfolds(range(4), 2, seed=None)]
        [([1, 3], [0, 2]), ([0, 2], [1, 3])]
    """
    container = as_container(data)
    count = len(container)
    if not 2 <= k <= count:
        raise DataError(f"kfolds: k must lie between 2 and the number of elements, {count}; given {k}")
    dealt = [index for group in _groups(container, seed, stratify) for index in group]
    folds = []
    for fold in range(k):
        validation = set(dealt[fold::k])
        train = [index for index in range(count) if index not in validation]
        folds.append((subset(container, train), subset(container, sorted(validation))))
    return tuple(folds)


def _groups(container: Container, seed: int | None, labels: Element | None) -> list[list[int]]:
    """The indices of a container, in random order or not, one list a label."""
    count = len(container)
    order = range(count) if seed is None else permutation(count, checked_seed(seed), "parts").tolist()
    if labels is None:
        return [list(order)]
    values = _listed(labels)
    if len(values) != count:
        raise DataError(f"stratify takes one label an element: {describe(container)} has {count}; given {len(values)}")
    groups: dict[Hashable, list[int]] = {value: [] for value in values}
    for index in order:
        groups[values[index]].append(index)
    return list(groups.values())


def _listed(labels: Element) -> list[Hashable]:
    """Labels as plain values: two equal tensors would count as two classes."""
    values = labels.tolist() if hasattr(labels, "tolist") else list(labels)
    if not all(isinstance(value, Hashable) for value in values):
        raise DataError("stratify takes one label an element, each a number or a word; given lists of them")
    return [value.item() if hasattr(value, "item") else value for value in values]


def _sizes(container: Container, shares: tuple[float, ...]) -> list[int]:
    """How many elements each part gets; the last gets what the shares leave."""
    if not shares or min(shares) <= 0 or sum(shares) >= 1 - 1e-9:
        raise DataError(
            f"split: shares lie between 0 and 1 and leave something for the last part; given {shares}, "
            f"which sum to {sum(shares):g}. For three parts write at=(0.7, 0.2)"
        )
    count = len(container)
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
