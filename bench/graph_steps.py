"""Two runs in lockstep: some steps of one, some of the other, so that both meet the same machine; processor time."""

import math
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import final

import pytorch_lightning as pl
import torch

from graph_work import Batch, Task, batch, eight, kept, one, trainer
from leyden.train import CallbackGraph

__all__ = ["Found", "Make", "calibrate", "compare", "step_rows"]

Row = dict[str, str]
Make = Callable[[], Sequence[pl.Callback]]

STEP = 5e-3
"""Seconds that a plain step with eight callbacks is to take, of the processor."""

LEAST = 2
"""Images of the smallest batch: the network takes next to nothing, so that the rest is seen more sharply."""

WARM = 10
"""Turns of each run that are not counted: caches fill, numbers of kinds are given out."""


@final
class Turns:
    """The batches of one run: the same one again and again, and a wait at the end of every turn.

    Args:
        given: the batch.
        steps: of a turn.
        turns: of the run; one step more follows, which is not timed.

    Attributes:
        seconds: the processor's time of every turn, of the thread that trains.
    """

    def __init__(self, given: Batch, *, steps: int, turns: int) -> None:
        self._given, self._steps, self._turns = given, steps, turns
        self._go, self._done = threading.Semaphore(0), threading.Semaphore(0)
        self.seconds: list[float] = []

    def __len__(self) -> int:
        return self._steps * self._turns + 1

    def __iter__(self) -> Iterator[Batch]:
        begun = 0.0
        for number in range(len(self)):
            if number % self._steps == 0:
                if number:
                    self.seconds.append(time.thread_time() - begun)
                self._done.release()
                self._go.acquire()
                begun = time.thread_time()
            yield self._given

    def take(self, run: "Future[None]") -> None:
        """Lets the run go on to the end of a turn.

        Raises:
            RuntimeError: the run has ended before it; with its own error.
        """
        self._go.release()
        self.wait(run)

    def wait(self, run: "Future[None]") -> None:
        """Returns at the end of a turn.

        Raises:
            RuntimeError: as `take`.
        """
        while not self._done.acquire(timeout=1):
            if run.done():
                raise RuntimeError("a run has ended before its last turn") from run.exception()

    def finish(self) -> None:
        """Lets the run go to its end, wherever it waits."""
        self._go.release(self._turns + 1)


@dataclass(frozen=True)
class Found:
    """Two runs beside each other.

    Args:
        ratio: the median of the second's time by the first's, turn by turn.
        doubt: how far that median may be off, by the quartiles of the turns (McGill and others, 1978).
        first: the median of the first's seconds a step.
        second: that of the second's.
    """

    ratio: float
    doubt: float
    first: float
    second: float


@dataclass(frozen=True)
class Pair:
    """Two kinds of runs to be compared.

    Args:
        what: the name of the second.
        beside: that of the first.
        first: makes the callbacks of the one.
        second: makes those of the other.
        bar: what the ratio may be; empty where nothing was promised.
    """

    what: str
    beside: str
    first: Make
    second: Make
    bar: str = ""


def compare(first: Make, second: Make, given: Batch, *, turns: int, steps: int) -> Found:
    """Trains twice in lockstep, A B B A, and compares; both must do the same steps and end with the same weights.

    Args:
        first: makes callbacks.
        second: makes those of the run that is compared with it.
        given: the batch.
        turns: of each run.
        steps: of a turn.

    Raises:
        AssertionError: the runs differ in what they did.
    """
    sides = [(make(), Task(), Turns(given, steps=steps, turns=turns + WARM)) for make in (first, second)]
    trainers = [trainer(callbacks) for callbacks, _, _ in sides]
    with ThreadPoolExecutor(2, initializer=partial(torch.set_num_threads, 1)) as pool:
        pairs = zip(trainers, sides, strict=True)
        runs = [pool.submit(used.fit, task, batches) for used, (_, task, batches) in pairs]
        try:
            alternate([batches for *_, batches in sides], runs, turns=turns + WARM)
        finally:
            for *_, batches in sides:
                batches.finish()
        for run in runs:
            run.result()
    same(trainers, sides)
    ones, others = (batches.seconds[WARM:] for *_, batches in sides)
    ratios = [other / one for one, other in zip(ones, others, strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4)
    doubt = 1.57 * (high - low) / math.sqrt(turns)
    return Found(middle, doubt, statistics.median(ones) / steps, statistics.median(others) / steps)


def alternate(batches: Sequence[Turns], runs: Sequence["Future[None]"], *, turns: int) -> None:
    """Turn by turn: A B, B A, A B ..."""
    both = list(zip(batches, runs, strict=True))
    for each, run in both:
        each.wait(run)
    for _ in range(turns):
        for each, run in both:
            each.take(run)
        both.reverse()


def same(trainers: Sequence[pl.Trainer], sides: Sequence[tuple[Sequence[pl.Callback], Task, Turns]]) -> None:
    """Both runs did the same.

    Raises:
        AssertionError: they did not.
    """
    (first, one_task, batches), (second, other_task, _) = sides
    assert [used.global_step for used in trainers] == [len(batches)] * 2, [used.global_step for used in trainers]
    one_state, other_state = one_task.state_dict(), other_task.state_dict()
    assert all(torch.equal(one_state[name], other_state[name]) for name in one_state)
    assert not all(torch.equal(weight, Task().state_dict()[name]) for name, weight in one_state.items())
    assert kept(first) == kept(second)
    names = {"smooth_loss", "gradient_norm"} & set(trainers[0].callback_metrics)
    metrics = [{name: float(used.callback_metrics[name]) for name in names} for used in trainers]
    assert metrics[0] == metrics[1], metrics


def calibrate() -> Batch:
    """A batch for which a plain step with the eight callbacks takes about `STEP`."""
    size = 16
    for _ in range(4):
        seconds = compare(listed(eight), listed(eight), batch(size), turns=6, steps=10).first
        if abs(seconds / STEP - 1) < 0.05:
            break
        size = max(4, round(size * STEP / seconds))
    return batch(size)


def listed(make: Callable[[], list[pl.Callback]]) -> Make:
    """A plain list, in the order in which the graph runs it, so that both do the same."""
    return lambda: [node.callback for node in CallbackGraph(make()).plan.nodes]


def graph(make: Callable[[], list[pl.Callback]], *, guard: bool = False, keep: int = 100_000) -> Make:
    """A graph."""
    return lambda: CallbackGraph(make(), guard=guard, keep=keep)


def step_rows(given: Batch, *, turns: int, steps: int) -> Iterator[Row]:
    """Eight callbacks, the same where a step does next to nothing else, and one; the first row of each is a list alone.

    Args:
        given: a batch for a step of `STEP`.
        turns: of each run.
        steps: of a turn.
    """
    for make, used, barred in ((eight, given, True), (eight, batch(LEAST), False), (one, given, False)):
        plain, free, held = listed(make), graph(make), graph(make, guard=True)
        asked = [
            Pair("plain list", "itself", plain, plain),
            Pair("graph, no log", "plain list", plain, graph(make, keep=0), "1.01" if barred else ""),
            Pair("graph", "plain list", plain, free, "1.03" if barred else ""),
            Pair("graph, guard on", "graph", free, held, "1.03" if barred else ""),
            Pair("graph, guard on", "plain list", plain, held),
        ]
        for pair in asked:
            found = compare(pair.first, pair.second, used, turns=turns, steps=steps)
            yield {"callbacks": str(len(make())), "images": str(len(used[0]))} | row(pair, found)


def row(pair: Pair, found: Found) -> Row:
    """One comparison."""
    return {
        "run": pair.what, "beside": pair.beside, "its time by the other's": f"{found.ratio:.3f}",
        "give or take": f"{found.doubt:.3f}", "bar": pair.bar,
        "a step, ms": f"{1e3 * found.second:.2f} and {1e3 * found.first:.2f}",
        "difference a step, us": f"{1e6 * found.first * (found.ratio - 1):.0f}",
    }  # fmt: skip
