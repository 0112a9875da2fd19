"""Steps that choose and order elements: `shuffle`, `subset`, `concatenate`."""

from abc import abstractmethod
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from operator import index as whole
from typing import ClassVar, final, overload

import numpy as np
import torch

from leyden.data.pipe.seed import Moment, checked_seed, permutation
from leyden.data.pipe.source import as_container
from leyden.data.pipe.step import Operation, Pipe, Step, applied, parted, place
from leyden.data.pipe.view import Container, Element, Slice, View, describe, given_as, stream, take
from leyden.errors import DataError

__all__ = [
    "Concatenation",
    "Order",
    "Shuffle",
    "Subset",
    "concatenate",
    "random_steps",
    "shuffle",
    "subset",
    "traced",
    "whole_number",
]


class Order(Operation):
    """A step that says anew in every epoch which elements come, and in what order. To add one: `order`."""

    random: ClassVar[bool] = True

    @abstractmethod
    def order(self, source: Container, moment: Moment) -> Sequence[int] | np.ndarray:
        """The source's indices in the order in which they come; as many in every epoch."""

    @final
    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """See `Operation.at`."""
        return take(source, int(self.order(source, moment)[index]), moment)

    @final
    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`."""
        order = self.order(source, moment)
        return stream(source, (int(order[index]) for index in indices), moment)


@final
@dataclass(frozen=True, repr=False)
class Shuffle(Order):
    """Another random order in every epoch; see `shuffle`."""

    verb: ClassVar[str] = "shuffle"
    seed: int = field(kw_only=True)

    def order(self, source: Container, moment: Moment) -> np.ndarray:
        """See `Order.order`."""
        return permutation(len(source), self.seed, moment.epoch, moment.branch, place(source, self))


@final
@dataclass(frozen=True, repr=False)
class Subset(Operation):
    """The elements at chosen indices; see `subset`."""

    verb: ClassVar[str] = "subset"
    indices: tuple[int, ...] | range

    def on(self, source: Container) -> View:
        """See `Operation.on`."""
        count = len(source)
        wrong = [index for index in self.indices if not -count <= index < count]
        if wrong:
            more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
            named = ", ".join(str(index) for index in wrong[:5])
            raise DataError(f"subset: no element {named}{more} in {describe(source)}, which has {count}")
        return super().on(source)

    def length(self, source: Container) -> int:
        """See `Operation.length`."""
        return len(self.indices)

    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """See `Operation.at`."""
        return take(source, self.indices[index] % len(source), moment)

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`."""
        count = len(source)
        return stream(source, (self.indices[index] % count for index in indices), moment)


@final
class Concatenation(View):
    """The elements of several containers one after the other; see `concatenate`."""

    def __init__(self, parts: tuple[Container, ...]) -> None:
        super().__init__()
        self._parts = parts
        self._ends: list[int] = []

    def __len__(self) -> int:
        return self._counted()[-1]

    def at(self, index: int, moment: Moment) -> Element:
        """The element at an index, see `View.at`."""
        part, local = self._located(index)
        return take(self._parts[part], local, moment.within(part))

    def stream(self, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """The elements at many indices, see `View.stream`; each part has one stream of its own."""
        located = (self._located(index) for index in indices)
        turns, waiting = deque[int](), [deque[int]() for _ in self._parts]
        streams: dict[int, Iterator[Element]] = {}

        def deal() -> bool:
            """Take in one more index, whichever part asked for it; false if there is none."""
            for part, local in located:
                turns.append(part)
                waiting[part].append(local)
                return True
            return False

        def of(part: int) -> Iterator[int]:
            while waiting[part] or deal():
                if waiting[part]:
                    yield waiting[part].popleft()

        while turns or deal():
            part = turns.popleft()
            if part not in streams:
                streams[part] = stream(self._parts[part], of(part), moment.within(part))
            yield next(streams[part])

    @property
    def sources(self) -> tuple[Container, ...]:
        """The parts."""
        return self._parts

    def _counted(self) -> list[int]:
        """Where each part ends; the lengths are asked for once, as a filter among the parts must read to know its."""
        if not self._ends:
            self._ends = list(accumulate(len(part) for part in self._parts))
        return self._ends

    def _located(self, index: int) -> tuple[int, int]:
        ends = self._counted()
        part = bisect_right(ends, index)
        return part, index - (ends[part - 1] if part else 0)

    def __repr__(self) -> str:
        return f"concatenate({', '.join(describe(part) for part in self._parts)})"


def random_steps(source: Container, kind: type[Operation] = Operation) -> list[str]:
    """The random steps in a pipe, as they print, from the first on.

    Args:
        source: a container; one that is no view has none.
        kind: count only these; `Order` for those that let elements change places.

    Examples:
        >>> random_steps(range(3) | shuffle(seed=4) | subset([0]))
        ['shuffle(seed=4)']
    """
    if not isinstance(source, View):
        return []
    operation = source.operation if isinstance(source, Pipe) else None
    here = [repr(operation)] if isinstance(operation, kind) and operation.random else []
    return [word for part in source.sources for word in random_steps(part, kind)] + here


@overload
def shuffle(*, seed: int = 0) -> Step: ...
@overload
def shuffle(data: Element, /, *, seed: int = 0) -> View: ...
def shuffle(*given: Element, seed: int = 0) -> Element:
    """Put the elements into another random order in every epoch.

    The order depends on the seed, the epoch and the number of elements, so views of one length shuffle alike. Before
    `batch` it mixes elements; after `batch` it mixes whole batches and leaves alone what lies together in one.

    Args:
        given: the data, if any.
        seed: names the row of orders.

    Raises:
        DataError: the data are no container, or the seed is no whole number or not given by its name.

    Examples:
        >>> import leyden as ly
        >>> view = range(5) | ly.data.shuffle(seed=0)
        >>> first, second = list(view), list(view)
        >>> sorted(first) == sorted(second) == [0, 1, 2, 3, 4], first == second, view
        (True, False, range(0, 5) | shuffle(seed=0))
        >>> list(range(6) | ly.data.batch(2) | ly.data.shuffle(seed=0))
        [tensor([4, 5]), tensor([0, 1]), tensor([2, 3])]
        >>> list(range(6) | ly.data.shuffle(seed=0) | ly.data.batch(2))
        [tensor([5, 0]), tensor([1, 4]), tensor([3, 2])]
    """
    if given and type(given[-1]) is int:
        raise DataError(f"shuffle takes its seed by name: shuffle(seed={given[-1]})")
    data, _ = parted("shuffle(data, seed=0)", given, 0)
    return applied(Shuffle(seed=checked_seed(seed)), data)


@overload
def subset(indices: Iterable[int], /) -> Step: ...
@overload
def subset(data: Element, indices: Iterable[int], /) -> View: ...
def subset(*given: Element) -> Element:
    """The elements at chosen indices, in that order; an index may come twice, and negative ones count from the end.

    Args:
        given: the data, if any, then the indices (any whole numbers in a row: list, range, array, tensor).

    Raises:
        DataError: indices that are no whole numbers, or lie outside the data; all are named.

    Examples:
        >>> import leyden as ly
        >>> list(ly.data.subset("a b c".split(), [-1, 0, 0]))
        ['c', 'a', 'a']
    """
    data, (indices,) = parted("subset(data, indices)", given, 1)
    return applied(Subset(_whole_numbers(indices)), data)


def traced(data: Element) -> tuple[Container, tuple[int, ...] | range]:
    """Whose elements these are, and where they lie in it: what a part that `split` made was parted from.

    Only steps are looked through that choose elements as they are and the same in every epoch: parts of `split`,
    `kfolds` and `time_series_folds`, `subset`, slices. Anything else is whole, and its own.

    Args:
        data: a container.

    Returns:
        The container beneath, and the index in it of each element.

    Raises:
        DataError: it is no container.

    Examples:
        >>> import leyden as ly
        >>> names = ["ada", "bob", "cem", "dai"]
        >>> first, second = ly.data.split(names, 0.5, seed=1)
        >>> ly.data.traced(second[::-1])
        (['ada', 'bob', 'cem', 'dai'], (3, 1))
        >>> ly.data.traced(names)
        (['ada', 'bob', 'cem', 'dai'], range(0, 4))
    """
    container = as_container(data)
    indices: tuple[int, ...] | range = range(len(container))
    while True:
        if isinstance(container, Slice):
            chosen, (container,) = container.chosen, container.sources
        elif isinstance(container, Pipe) and isinstance(container.operation, Subset):
            chosen, container = container.operation.indices, container.source
        else:
            return container, indices
        indices = tuple(chosen[index] % len(container) for index in indices)


def concatenate(*data: Element) -> View:
    """The elements of several containers one after the other; how many each has is asked for once.

    Random steps inside the parts draw differently for each part, even with equal seeds.

    Args:
        data: containers, at least one.

    Raises:
        DataError: there is none, or one is no container.

    Examples:
        >>> import leyden as ly
        >>> list(ly.data.concatenate([1, 2], range(3)))
        [1, 2, 0, 1, 2]
    """
    if not data:
        raise DataError("concatenate needs at least one container; given none")
    return Concatenation(tuple(as_container(part) for part in data))


def whole_number(what: str, number: Element, *, at_least: int | None = None) -> int:
    """A parameter that counts something as a plain whole number.

    Args:
        what: the verb and the parameter, for the error.
        number: an int, or what stands for one, such as numpy's; yes and no count nothing.
        at_least: the lowest that makes sense, if there is one.

    Raises:
        DataError: it is no whole number or lower than that.

    Examples:
        >>> whole_number("window: the size", 0, at_least=1)
        Traceback (most recent call last):
        ...
        leyden.errors.DataError: window: the size is at least 1; given 0
    """
    fault = DataError(f"{what} is a whole number; given {given_as(number)}")
    if isinstance(number, bool) or getattr(number, "dtype", None) is torch.bool:
        raise fault
    try:
        value = whole(number)
    except TypeError as error:
        raise fault from error
    if at_least is not None and value < at_least:
        raise DataError(f"{what} is at least {at_least}; given {value}")
    return value


def _whole_numbers(indices: Element) -> tuple[int, ...] | range:
    if isinstance(indices, range):
        return indices
    try:
        values = indices.tolist() if hasattr(indices, "tolist") else list(indices)
        if any(isinstance(value, bool) for value in values):
            raise DataError("subset takes indices, not a mask; for a mask write subset(numpy.flatnonzero(mask))")
        return tuple(whole(value) for value in values)
    except TypeError as error:
        raise DataError(f"subset takes whole numbers in a row; given {given_as(indices)}") from error
