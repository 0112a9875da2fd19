"""The step: what a pipe does to a container, as a value that needs no data to exist."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, dataclass, fields
from functools import partial
from reprlib import Repr
from typing import ClassVar, final

from leyden.data.pipe.seed import Moment
from leyden.data.pipe.source import as_container
from leyden.data.pipe.view import Container, Element, View, describe, refused
from leyden.errors import DataError

__all__ = ["Operation", "Pipe", "Step", "applied", "parted", "place", "spell"]

_SHORT = Repr()
_SHORT.maxlist = _SHORT.maxtuple = 6


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

    def __repr__(self) -> str:
        words = []
        for field in fields(self):  # type: ignore[arg-type]  # every final operation is a dataclass
            value = getattr(self, field.name)
            if field.kw_only and (field.default is MISSING or value != field.default):
                words.append(f"{field.name}={spell(value)}")
            elif not field.kw_only:
                words.append(spell(value))
        return f"{self.verb}({', '.join(words)})"


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
        return f"{describe(self.source)} | {self.operation!r}"


@final
@dataclass(frozen=True, repr=False)
class Step:
    """One operation or several in a row: a function from a container to a view of it.

    `step(data)` and `data | step` are the same; `step | step` is the longer step.

    Args:
        operations: what is done, first to last.

    Examples:
        >>> import leyden as ly
        >>> prepare = ly.data.map(abs) | ly.data.batch(2)
        >>> prepare
        map(abs) | batch(2)
        >>> list([-1, 2, -3] | prepare)
        [tensor([1, 2]), tensor([3])]
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

    def __repr__(self) -> str:
        return " | ".join(repr(operation) for operation in self.operations)


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


def spell(value: object) -> str:
    """A parameter as it is written in an expression, on one line and the same in every run.

    Examples:
        >>> spell(abs), spell(partial(int, base=2)), spell(lambda x: x), spell(list(range(9)))
        ('abs', 'partial(int, base=2)', 'lambda', '[0, 1, 2, 3, 4, 5, ...]')
    """
    if isinstance(value, partial):
        words = [spell(value.func), *map(spell, value.args), *(f"{k}={spell(v)}" for k, v in value.keywords.items())]
        return f"partial({', '.join(words)})"
    if isinstance(value, list | tuple):
        return _SHORT.repr(value)
    name = getattr(value, "__name__", None)
    if callable(value) and name is not None:
        return "lambda" if name == "<lambda>" else name
    words = repr(value)
    return type(value).__name__ if "\n" in words or " at 0x" in words else words
