"""Steps that must learn before they can be used, and what they become."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import tee
from typing import Any, ClassVar, final

from leyden.data.fitted.fields import Field, changed
from leyden.data.fitted.survey import refuse_batches
from leyden.data.pipe.broken import through
from leyden.data.pipe.seed import Moment
from leyden.data.pipe.source import as_container
from leyden.data.pipe.step import Operation, Step
from leyden.data.pipe.view import Container, Element, View, describe, refused, stream, take
from leyden.errors import DataError, NotFitted

__all__ = ["Fitted", "Lesson", "Unfitted", "invert", "learned"]


class Fitted(Operation):
    """An operation that changes single fields by what was learned: a frozen dataclass of what that is."""

    @abstractmethod
    def changes(self) -> Mapping[Field, Callable[[Element], Element]]:
        """What is done to the value of each field."""

    @abstractmethod
    def inverse(self) -> Mapping[Field, Callable[[Element], Element]]:
        """What undoes it; empty where nothing can."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """What was learned, in values that JSON can hold."""

    def on(self, source: Container) -> View:
        """See `Operation.on`."""
        refuse_batches(source, self.verb)
        return super().on(source)

    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """See `Operation.at`."""
        return self._changed(source, index, take(source, index, moment), self.changes())

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`."""
        here, beneath = tee(indices)
        elements, changes = stream(source, beneath, moment), self.changes()
        return (self._changed(source, index, next(elements), changes) for index in here)

    def _changed(self, source: Container, index: int, element: Element, changes: Mapping[Field, Any]) -> Element:
        try:
            return through(partial(changed, changes=changes), element)
        except DataError as error:
            raise DataError(f"{self.verb}: element {index} of {describe(source)}: {error}") from error


class Lesson(ABC):
    """What is to be learned: a frozen dataclass of parameters that training data turn into a `Fitted` operation."""

    verb: ClassVar[str]

    @abstractmethod
    def learn(self, source: Container) -> Fitted:
        """What one pass over a container teaches."""

    @abstractmethod
    def recall(self, state: Mapping[str, Any]) -> Fitted:
        """What `Fitted.state` gave, as an operation again."""


@final
@dataclass(frozen=True, repr=False)
class Unfitted:
    """Steps of which one or more must learn from training data: `fit` turns them into a plain step.

    They are piped like steps, among steps. Used on data as they are they raise `NotFitted`.

    Args:
        parts: lessons and plain operations, first to last.

    Examples:
        >>> from leyden.data.fitted.filling import fill
        >>> from leyden.data.fitted.scaling import normalise
        >>> prepare = fill("age") | normalise()
        >>> prepare
        fill('age', how='median') | normalise()
        >>> train = [{"age": 20.0}, {"age": None}, {"age": 40.0}]
        >>> list(train | prepare.fit(train))[1]
        {'age': 0.0}
    """

    parts: tuple[Operation | Lesson, ...]

    # `array | unfitted` must come here whole, as in `Step`
    __array_ufunc__: ClassVar[None] = None
    __pandas_priority__: ClassVar[int] = 100_000

    def fit(self, train: Element) -> Step:
        """The step that these become by what they learn from training data, which they read and nothing else.

        Every lesson reads what the steps before it make of the data, once, as of epoch 0 whatever the epoch is. With
        several, put `cache()` beneath what is slow to make.

        Args:
            train: a container of single elements, not of batches.

        Returns:
            A plain step with the learned values in it, which prints them, pickles and is used as any other.

        Raises:
            DataError: the data are no container, empty, or hold what cannot be learned from; fields and elements are
                named.
        """
        seen = as_container(train)
        operations: list[Operation] = []
        for part in self.parts:
            operation = part.learn(seen) if isinstance(part, Lesson) else part
            operations.append(operation)
            if len(operations) < len(self.parts):
                seen = operation.on(seen)
        return Step(tuple(operations))

    def recall(self, values: Sequence[Mapping[str, Any]]) -> Step:
        """The step that these became before, from what `learned` gave of it; nothing is read.

        Args:
            values: one entry a lesson, in their order.

        Raises:
            DataError: they are not of these lessons.
        """
        verbs = [part.verb for part in self.parts if isinstance(part, Lesson)]
        given = [str(state.get("lesson")) for state in values]
        if given != verbs:
            raise DataError(f"these steps learn {verbs}; the values given are of {given}")
        states = iter(values)
        return Step(tuple(part.recall(next(states)) if isinstance(part, Lesson) else part for part in self.parts))

    def __call__(self, data: Element) -> View:
        """Refuse the data: there is nothing learned to apply.

        Raises:
            NotFitted: always.
        """
        raise NotFitted(
            f"{self!r} has not learned from training data yet; given {describe(data)}. Write "
            f"`step = ({self!r}).fit(train)`, then `data | step`"
        )

    def __ror__(self, other: Element) -> "Unfitted":
        if isinstance(other, Step):
            return Unfitted((*other.operations, *self.parts))
        self(other)
        raise AssertionError("an unfitted step takes no data")

    def __or__(self, other: object) -> "Unfitted":
        if isinstance(other, Unfitted):
            return Unfitted(self.parts + other.parts)
        return Unfitted(self.parts + other.operations) if isinstance(other, Step) else refused(other)

    def __repr__(self) -> str:
        return " | ".join(repr(part) for part in self.parts)


def learned(step: Step) -> list[dict[str, Any]]:
    """What a fitted step learned, one entry a lesson, in values that JSON can hold; `Unfitted.recall` takes them.

    Examples:
        >>> from leyden.data.fitted.scaling import normalise
        >>> step = normalise().fit([1.0, 3.0])
        >>> learned(step)
        [{'lesson': 'normalise', 'fields': None, 'mean': [2.0], 'deviation': [1.0]}]
        >>> normalise().recall(learned(step)) == step
        True
    """
    return [operation.state() for operation in step.operations if isinstance(operation, Fitted)]


def invert(step: Step, value: Element, *, field: str | int | None = None) -> Element:
    """Undo a fitted step: normalised numbers back to their units, indices back to what they stand for.

    What `fill` filled stays filled.

    Args:
        step: of fitted operations only.
        value: one element as the step makes it; or, where `field` is given, what a network said of that field: a number
            or a tensor of any shape, of indices also a list.
        field: the field that the value is of.

    Raises:
        DataError: the step has something that cannot be undone, or has learned nothing of the field.

    Examples:
        >>> from leyden.data.fitted.categories import categorify
        >>> from leyden.data.fitted.scaling import normalise
        >>> step = (normalise("price") | categorify("town")).fit({"price": [1.0, 3.0], "town": ["Ulm", "Bonn"]})
        >>> invert(step, {"price": 1.0, "town": 0})
        {'price': 3.0, 'town': 'Bonn'}
        >>> invert(step, 0.5, field="price"), invert(step, [0, 1], field="town")
        (2.5, ['Bonn', 'Ulm'])
    """
    stuck = [operation for operation in step.operations if not isinstance(operation, Fitted)]
    if stuck:
        raise DataError(f"only fitted steps can be undone, not {' | '.join(map(repr, stuck))}; invert the others alone")
    known = [operation.inverse() for operation in reversed(step.operations) if isinstance(operation, Fitted)]
    if field is None:
        for changes in known:
            value = changed(value, changes)
        return value
    if not any(field in changes for changes in known):
        raise DataError(f"{step!r} has nothing to undo in field {field!r}")
    for changes in known:
        value = changes[field](value) if field in changes else value
    return value
