"""Where a pipe spends its time: every step's own share, measured while elements are read."""

import copy
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import final

from leyden.data.look.reading import Progress, read, spread
from leyden.data.pipe.broken import Broken
from leyden.data.pipe.seed import Moment
from leyden.data.pipe.source import as_container
from leyden.data.pipe.step import Both, Choice, Pipe
from leyden.data.pipe.view import Container, Element, View, describe, take
from leyden.errors import DataError

__all__ = ["StepTime", "Timing", "duration", "timing"]

_Round = tuple[Mapping[int, float], Mapping[int, int]]  # own seconds and calls of every step for one element


@final
@dataclass(frozen=True)
class StepTime:
    """The time of one step of a pipe, without that of the steps beneath it.

    Args:
        expression: the step as it is written; what it reads is an ellipsis.
        beneath: the places of the steps that it reads, in `Timing.steps`.
        seconds: that it takes for one element of its own (a batch, from `batch` on), the median.
        calls: how many elements of its own one element at the end of the pipe takes.
        share: of the time of the whole pipe, 0 to 1.
    """

    expression: str
    beneath: tuple[int, ...]
    seconds: float
    calls: float
    share: float


@final
@dataclass(frozen=True, repr=False)
class Timing:
    """The steps of a pipe and what each takes.

    Args:
        steps: what is read first stands first, the end of the pipe last; a step reads only steps before it.
        seconds: for one element at the end of the pipe, the median.
        count: elements that were timed.
        broken: elements that could not be read; they are not counted.
    """

    steps: tuple[StepTime, ...]
    seconds: float
    count: int
    broken: tuple[Broken, ...] = ()

    def __repr__(self) -> str:
        rows = [
            (step.expression, duration(step.seconds), _times(step.calls), f"{step.share:.0%}") for step in self.steps
        ]
        widths = [max(len(row[place]) for row in rows) for place in range(4)]
        lines = [f"{duration(self.seconds)} an element, the median of {self.count}, on one thread"]
        for expression, seconds, calls, share in rows:
            told = f"{expression:<{widths[0]}}  {seconds:>{widths[1]}}  {calls:<{widths[2]}}  {share:>{widths[3]}}"
            lines.append(f"  {told}")
        return "\n".join([*lines, *(f"  broken: {fault}" for fault in self.broken[:5])])


@final
class _Watched(View):
    """A container that notes how long its elements take; prints as the container."""

    def __init__(self, source: Container, clock: "_Clock", number: int) -> None:
        super().__init__()
        self._source, self._clock, self._number = source, clock, number

    def __len__(self) -> int:
        return len(self._source)

    def at(self, index: int, moment: Moment) -> Element:
        """See `View.at`."""
        self._clock.enter()
        try:
            return take(self._source, index, moment)
        finally:
            self._clock.leave(self._number)

    @property
    def sources(self) -> tuple[Container, ...]:
        """See `View.sources`."""
        return (self._source,)

    def __repr__(self) -> str:
        return describe(self._source)


@final
class _Clock:
    """Own time and calls of every step while one element is read: what runs inside is taken off what it runs in."""

    def __init__(self) -> None:
        self._running: list[list[float]] = []
        self.reset()

    def reset(self) -> None:
        """Forget what was measured."""
        self.own: dict[int, float] = defaultdict(float)
        self.calls: dict[int, int] = defaultdict(int)

    def enter(self) -> None:
        """A step begins."""
        self._running.append([time.perf_counter(), 0.0])

    def leave(self, number: int) -> None:
        """The step that began last ends."""
        now = time.perf_counter()
        began, inside = self._running.pop()
        self.own[number] += now - began - inside
        self.calls[number] += 1
        if self._running:
            self._running[-1][1] += now - began


@final
class _Plan:
    """A pipe rebuilt with a watch on every step; the pipe itself stays as it is."""

    def __init__(self) -> None:
        self.clock = _Clock()
        self.expressions: list[str] = []
        self.beneath: list[tuple[int, ...]] = []
        self._watched: dict[int, tuple[Container, tuple[int, ...]]] = {}
        self._kept: list[Container] = []  # sources made on the spot would free their id for another

    def watch(self, container: Container) -> tuple[Container, tuple[int, ...]]:
        """The container with a watch on it and all beneath, and the numbers of its nearest steps."""
        if id(container) in self._watched:
            return self._watched[id(container)]
        sources = container.sources if isinstance(container, View) else ()
        self._kept += [container, *sources]
        made = [self.watch(source) for source in sources]
        rebuilt = _on(container, {known: new for known, (new, _) in self._watched.items()}) if sources else container
        numbers = tuple(dict.fromkeys(number for _, found in made for number in found))
        if rebuilt is not None and describe(container) in {describe(each) for each in _all_beneath(container)}:
            self._watched[id(container)] = (rebuilt, numbers)  # it prints as what it reads: a part of the next step
            return rebuilt, numbers
        self.expressions.append(describe(container) if rebuilt is None else _expression(container))
        self.beneath.append(numbers if rebuilt is not None else ())
        number = len(self.expressions) - 1
        self._watched[id(container)] = (
            _Watched(container if rebuilt is None else rebuilt, self.clock, number),
            (number,),
        )
        return self._watched[id(container)]

    def timed(self, watched: Container, indices: Sequence[int], warm_up: int, progress: Progress | None) -> Timing:
        """Read elements, and tell what the steps took for those after the warm-up, or for the last if none is."""
        rounds: list[_Round] = []
        broken: list[Broken] = []
        for done, index in enumerate(indices):
            self.clock.reset()
            element = read(watched, index)
            if type(element) is Broken:
                broken.append(element)
            else:
                rounds.append((self.clock.own, self.clock.calls))
            if progress is not None and progress(done + 1, len(indices)) is False:
                break
        if not rounds:
            why = broken[0] if broken else "it was ended before the first"
            raise DataError(f"timing: no element could be read; {why}")
        return _timing(self, rounds[warm_up:] or rounds[-1:], tuple(broken))


def timing(pipe: Element, *, count: int = 16, warm_up: int = 2, progress: Progress | None = None) -> Timing:
    """Measure how long every step of a pipe takes for an element, without the steps beneath it.

    A few elements, evenly spread, are read on the calling thread, one after the other, whatever `parallel` is in the
    pipe: what the steps cost, not how well their times overlap. What is cached already is fast. Copies to another
    device that do not block are not waited for. A view of your own is taken apart where attributes hold its sources,
    by themselves or in a tuple, list or dict; else it is timed as one step with all that it reads.

    Args:
        pipe: a container; of plain data, its reading is timed.
        count: elements to time.
        warm_up: elements read before, which are not counted; of fewer that can be read the last one is.
        progress: called with (elements read, elements in all) after each; where it returns False the timing ends there.

    Raises:
        DataError: `pipe` is no container or is empty, a number is out of range, or no element could be read.

    Examples:
        >>> import leyden as ly
        >>> slow = lambda x: time.sleep(0.002) or x
        >>> found = timing(range(8) | ly.data.map(slow) | ly.data.batch(2))
        >>> [(step.expression, step.calls, step.share > 0.5) for step in found.steps]
        [('range(0, 8)', 2.0, False), ('map(lambda)', 2.0, True), ('batch(2)', 1.0, False)]
    """
    container = as_container(pipe)
    if not len(container) or count < 1 or warm_up < 0:
        raise DataError(
            f"timing wants a pipe with elements, a count of 1 or more and a warm-up of 0 or more; given "
            f"{describe(container)} of {len(container)}, {count=}, {warm_up=}"
        )
    plan = _Plan()
    watched, _ = plan.watch(container)
    if isinstance(watched, View) and isinstance(container, View):
        watched.set_epoch(container.epoch)
    indices = list(spread(len(container), count + warm_up))
    return plan.timed(watched, indices, warm_up, progress)


def duration(seconds: float) -> str:
    """A time in the unit that suits it.

    Examples:
        >>> duration(1.5), duration(0.0123), duration(4.2e-6), duration(75)
        ('1.5 s', '12.3 ms', '4.2 µs', '75 s')
    """
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{float(f'{seconds / size:.3g}'):g} {unit}"
    return f"{float(f'{seconds * 1e6:.2g}'):g} µs"


def _timing(plan: _Plan, rounds: list[_Round], broken: tuple[Broken, ...]) -> Timing:
    places = range(len(plan.expressions))
    each = [[own[place] / calls[place] for own, calls in rounds if calls.get(place)] for place in places]
    seconds = [median(times) if times else 0.0 for times in each]
    calls = [sum(called.get(place, 0) for _, called in rounds) / len(rounds) for place in places]
    whole = sum(one * times for one, times in zip(seconds, calls, strict=True)) or 1.0
    steps = tuple(
        StepTime(expression, beneath, one, times, one * times / whole)
        for expression, beneath, one, times in zip(plan.expressions, plan.beneath, seconds, calls, strict=True)
    )
    return Timing(steps, median(sum(own.values()) for own, _ in rounds), len(rounds), broken)


def _all_beneath(container: Container) -> list[Container]:
    sources = container.sources if isinstance(container, View) else ()
    return [each for source in sources for each in (source, *_all_beneath(source))]


def _on(container: Container, new: Mapping[int, Container]) -> Container | None:
    """A copy of a view that reads other sources; None where they cannot be found in it. The view stays as it is."""
    assert isinstance(container, View), "only a view has sources"
    made = copy.copy(container)
    for name, value in vars(container).items():
        object.__setattr__(made, name, _replaced(value, new))
    wanted = [id(new[id(source)]) for source in container.sources]
    return made if [id(source) for source in made.sources] == wanted else None


def _replaced(value: Element, new: Mapping[int, Container]) -> Element:
    if id(value) in new:
        return new[id(value)]
    if type(value) in (tuple, list):
        return type(value)(new.get(id(each), each) for each in value)
    if type(value) is dict:
        return {key: new.get(id(each), each) for key, each in value.items()}
    return value


def _expression(container: Container) -> str:
    """A step as it is written, what it reads left out."""
    if isinstance(container, Pipe):
        joins = {Both: "+ (side by side)", Choice: "* (one of them)"}
        return joins.get(type(container.operation)) or repr(container.operation)
    words = describe(container)
    for source in container.sources if isinstance(container, View) else ():
        words = words.replace(describe(source), "…", 1)
    return words


def _times(calls: float) -> str:
    return "" if calls == 1 else f"x {calls:.3g}"
