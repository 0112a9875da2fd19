"""The step: what a pipe does to a container, as a value that needs no data to exist."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, dataclass, field, fields
from functools import partial
from itertools import tee
from typing import ClassVar, final

from leyden.data.algebra.expression import hashed, same, spell
from leyden.data.algebra.fork import Fork
from leyden.data.pipe.broken import through
from leyden.data.pipe.seed import Moment, keyed_number
from leyden.data.pipe.source import as_container
from leyden.data.pipe.view import Container, Element, View, describe, refused, stream, take
from leyden.errors import DataError

__all__ = ["Both", "Choice", "Operation", "Pipe", "Step", "applied", "parted", "place"]


class Operation(ABC):
    """What one step does. To add one: a frozen dataclass of its parameters, with a verb and at least `at`.

    An operation must be a function of its source, index and moment alone: views may read in any order, on any
    thread, and twice. `verb` is how it prints; `random` says that what it gives depends on the epoch.
    """

    verb: ClassVar[str]
    random: ClassVar[bool] = False

    def on(self, source: Container) -> View:
        """The view of a container that this operation makes; override it to refuse a source at the door."""
        return Pipe(source, self)

    def length(self, source: Container) -> int:
        """How many elements the view has."""
        return len(source)

    @abstractmethod
    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """The view's element at an index from 0 on."""

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """The view's elements at many indices, in that order, each made when it is taken.

        Override it to take them from `stream(source, ...)`: only so can a `parallel` further down read ahead.
        """
        return (self.at(source, index, moment) for index in indices)

    def written(self, *, short: bool) -> str:
        """The expression that makes a step of this operation; a short one leaves out the middle of long lists."""
        words = []
        for each in fields(self):  # type: ignore[arg-type]  # every final operation is a dataclass
            value = getattr(self, each.name)
            if each.kw_only and (each.default is MISSING or not same(value, each.default)):
                words.append(f"{each.name}={spell(value, short=short)}")
            elif not each.kw_only:
                words.append(spell(value, short=short))
        return f"{self.verb}({', '.join(words)})"

    def __repr__(self) -> str:
        return self.written(short=False)


@final
class Pipe(View):
    """A container seen through one operation; prints as the expression that made it."""

    def __init__(self, source: Container, operation: Operation) -> None:
        super().__init__()
        self.source, self.operation = source, operation

    def __len__(self) -> int:
        return self.operation.length(self.source)

    def at(self, index: int, moment: Moment) -> Element:
        """The element at an index, see `View.at`."""
        return self.operation.at(self.source, index, moment)

    def stream(self, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """The elements at many indices, see `View.stream`."""
        return self.operation.stream(self.source, indices, moment)

    @property
    def sources(self) -> tuple[Container, ...]:
        """The container beneath."""
        return (self.source,)

    def __repr__(self) -> str:
        return f"{describe(self.source)} | {self.operation.written(short=True)}"


@final
@dataclass(frozen=True, repr=False, eq=False)
class Step:
    """One operation or several in a row: a function from a container to a view of it.

    `step(data)` and `data | step` are the same; `step | step` is the longer step. `step + step` gives both branches'
    fields side by side, `step * step` one of the two, drawn for every element and epoch. Python binds `*` tighter than
    `+`, and both tighter than `|`.

    Branches keep the number of elements and their length, and share what lies beneath: it is read once for all of them.
    Their random steps draw differently. A `parallel` inside a branch does not read ahead: put it after the branches.

    Steps are equal where their parameters are, and print as the expression that makes them. Lambdas are equal to
    themselves alone, and print as `lambda`, which cannot be read back: name the functions of a pipe that you want to
    store as text.

    Args:
        operations: what is done, first to last.

    Examples:
        >>> import leyden as ly
        >>> prepare = ly.data.map(abs) | ly.data.batch(2)
        >>> prepare
        map(abs) | batch(2)
        >>> list([-1, 2, -3] | prepare)
        [tensor([1, 2]), tensor([3])]
        >>> list([-1, 2] | ly.data.map(abs) + ly.data.map(float))
        [(1, -1.0), (2, 2.0)]
        >>> list([-1, 2, -3, 4] | ly.data.map(abs) * ly.data.map(float))
        [1, 2.0, -3.0, 4.0]
    """

    operations: tuple[Operation, ...]

    # `array | step` must come here whole; both libraries would otherwise try it element by element
    __array_ufunc__: ClassVar[None] = None
    __pandas_priority__: ClassVar[int] = 100_000

    def __post_init__(self) -> None:
        if not self.operations:
            raise DataError("a step needs at least one operation; given none")

    def __call__(self, data: Element) -> View:
        """The view of a container that these operations make; nothing is read.

        Args:
            data: a container, see `as_container`.

        Raises:
            DataError: it is no container, or an operation cannot work on it.
        """
        container = as_container(data)
        for operation in self.operations:
            container = operation.on(container)
        assert isinstance(container, View), "a step has at least one operation, and each makes a view"
        return container

    def __ror__(self, data: Element) -> View:
        return self(data)

    def __or__(self, other: object) -> "Step":
        return Step(self.operations + other.operations) if isinstance(other, Step) else refused(other)

    def __add__(self, other: object) -> "Step":
        return Step((Both((self, _branch(other, "+"))),))

    def __mul__(self, other: object) -> "Step":
        return Step((Choice((self, _branch(other, "*"))),))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Step):
            return NotImplemented
        return [type(each) for each in self.operations] == [type(each) for each in other.operations] and all(
            map(same, map(_parameters, self.operations), map(_parameters, other.operations))
        )

    def __hash__(self) -> int:
        return hashed(tuple((type(each), *_parameters(each)) for each in self.operations))

    def written(self, *, short: bool) -> str:
        """The expression that makes this step, see `Operation.written`."""
        return " | ".join(operation.written(short=short) for operation in self.operations)

    def __repr__(self) -> str:
        return self.written(short=False)


@final
@dataclass(frozen=True, repr=False)
class Both(Operation):
    """The fields of several branches side by side: what `step + step` does."""

    verb: ClassVar[str] = "+"
    branches: tuple[Step, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "branches", _flat(self))

    def on(self, source: Container) -> View:
        """See `Operation.on`."""
        return Pipe(Fork(source, self.branches), self)

    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """See `Operation.at`."""
        return self._made(source, index, moment, take(source, index, moment))

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`."""
        here, beneath = tee(indices)
        elements = stream(source, beneath, moment)
        return (self._made(source, index, moment, next(elements)) for index in here)

    def written(self, *, short: bool) -> str:
        """See `Operation.written`."""
        return " + ".join(_enclosed(branch, Both, short=short) for branch in self.branches)

    def _made(self, source: Container, index: int, moment: Moment, element: Element) -> Element:
        assert isinstance(source, Fork), "made so by `on`"
        return through(partial(source.of_all, index=index, moment=moment), element)


@final
@dataclass(frozen=True, repr=False)
class Choice(Operation):
    """One of several branches, drawn for every element and epoch with equal chances: what `step * step` does."""

    verb: ClassVar[str] = "choose"
    random: ClassVar[bool] = True
    branches: tuple[Step, ...]
    seed: int = field(default=0, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "branches", _flat(self))

    def on(self, source: Container) -> View:
        """See `Operation.on`."""
        return Pipe(Fork(source, self.branches), self)

    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """See `Operation.at`."""
        return self._made(source, index, moment, take(source, index, moment), place(source, self))

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`."""
        here, beneath = tee(indices)
        elements, height = stream(source, beneath, moment), place(source, self)
        return (self._made(source, index, moment, next(elements), height) for index in here)

    def written(self, *, short: bool) -> str:
        """See `Operation.written`."""
        if self.seed or len(self.branches) == 1:  # the sign has no room for a seed
            inside = [branch.written(short=short) for branch in self.branches]
            return f"{self.verb}({', '.join(inside)}, seed={self.seed})"
        return " * ".join(_enclosed(branch, Both, Choice, short=short) for branch in self.branches)

    def _made(self, source: Container, index: int, moment: Moment, element: Element, height: int) -> Element:
        assert isinstance(source, Fork), "made so by `on`"
        number = keyed_number(self.verb, self.seed, moment.epoch, moment.branch, index, height) % len(self.branches)
        return through(lambda whole: source.of_branch(number, whole, index=index, moment=moment), element)


def parted(usage: str, given: tuple[Element, ...], parameters: int) -> tuple[tuple[Element, ...], tuple[Element, ...]]:
    """Part what a verb was given by position into its data (none, or one container) and its parameters.

    Args:
        usage: how the verb is written with data, for the error.
        given: the positional arguments.
        parameters: how many of them, at the end, are parameters.

    Raises:
        TypeError: there are too few or too many.
    """
    if len(given) not in (parameters, parameters + 1):
        raise TypeError(f"write {usage}, or leave the data out to get a step; given {len(given)} positional arguments")
    cut = len(given) - parameters
    return given[:cut], given[cut:]


def applied(operation: Operation, data: tuple[Element, ...]) -> Element:
    """The step of one operation, or, where a verb was given data, the view that it makes of them."""
    step = Step((operation,))
    return step(data[0]) if data else step


def place(source: Container, operation: Operation) -> int:
    """How many operations of the same kind lie beneath: two equal random steps in one pipe draw differently."""
    if not isinstance(source, View):
        return 0
    beneath = max((place(part, operation) for part in source.sources), default=0)
    return beneath + (isinstance(source, Pipe) and type(source.operation) is type(operation))


def _parameters(operation: Operation) -> tuple[object, ...]:
    return tuple(getattr(operation, each.name) for each in fields(operation))  # type: ignore[arg-type]


def _branch(other: object, sign: str) -> Step:
    if not isinstance(other, Step):
        raise DataError(f"step {sign} step takes steps on both sides; given {spell(other)[:60]}. To apply a function "
                        f"to every element write map(function)")  # fmt: skip
    return other


def _flat(operation: "Both | Choice") -> tuple[Step, ...]:
    """The branches, those of a branch that is nothing but the same sign in line with the others."""
    flat: list[Step] = []
    for branch in operation.branches:
        inside = branch.operations[0] if len(branch.operations) == 1 else None
        alike = type(inside) is type(operation) and getattr(inside, "seed", 0) == getattr(operation, "seed", 0)
        flat.extend(inside.branches if alike and isinstance(inside, Both | Choice) else (branch,))
    return tuple(flat)


def _enclosed(branch: Step, *looser: type[Operation], short: bool) -> str:
    """A branch as it is written between signs that bind tighter than `|` and than these operations' own."""
    words, first = branch.written(short=short), next(iter(branch.operations))
    loose = isinstance(first, looser) and not getattr(first, "seed", 0)  # a choice with a seed is written as a call
    return f"({words})" if loose or len(branch.operations) > 1 else words
