"""How long a graph of forty callbacks takes to be built; all that is remembered from earlier builds is forgotten."""

import itertools
import random
import statistics
import time
from collections.abc import Iterator, Sequence

import pytorch_lightning as pl

from leyden.train import CallbackGraph, Resolution, declare, resolve
from leyden.train.graph.path import covers, overlaps

__all__ = ["build_rows"]

COUNT = 40
SETTERS = (3, 8, 13)
"""Those that set the learning rate; each pair of them is resolved."""


def crowd(*, silent: bool) -> tuple[list[pl.Callback], list[Resolution]]:
    """Forty callbacks, each of a class made now, in no order; and which of those that set the rate goes first.

    Args:
        silent: whether every fourth declares nothing.
    """
    made: list[pl.Callback] = [type(f"Kind{at}", (pl.Callback,), {"on_train_batch_end": hook})() for at in range(COUNT)]
    for at, callback in enumerate(made):
        if not (silent and at % 4 == 2):
            reads, writes = paths(at)
            declare(type(callback), reads=reads, writes=writes)
    setters = [type(made[at]) for at in SETTERS]
    resolutions = [resolve(one, other, first=one) for one, other in itertools.combinations(setters, 2)]
    random.Random(0).shuffle(made)
    return made, resolutions


def paths(at: int) -> tuple[list[str], list[str]]:
    """What one reads and writes: two in five log a value or mark the model, in a chain; the others only read."""
    before = [f"logged.made_{at - 5}"] if at >= 5 else []
    reads, writes = (
        (["outputs.loss", *before], [f"logged.made_{at}"]),
        (["batch.*", f"logged.made_{at - 1}"], [f"model.mark_{at}"]),
        (["logged.*", "trainer.current_epoch"], []),
        (["model.gradients", "model.parameters", "optimizer.lr"], []),
        (["outputs", f"logged.made_{at - 4}", f"callback.Kind{at - 1}"], []),
    )[at % 5]
    return reads, ["optimizer.lr"] if at in SETTERS else writes


def hook(*given: object) -> None:
    """A hook that does nothing."""


def build_rows(*, rounds: int) -> Iterator[dict[str, str]]:
    """Forty declared callbacks, and forty of which ten are not."""
    for silent, what in ((False, "40 declared"), (True, "30 declared, 10 not")):
        first, again = zip(*(built(silent=silent) for _ in range(rounds)), strict=True)
        yield {
            "callbacks": what, "the first time, ms": f"{1e3 * statistics.median(first):.1f}", "bar, ms": "20",
            "again, ms": f"{1e3 * statistics.median(again):.1f}",
        }  # fmt: skip


def built(*, silent: bool) -> tuple[float, float]:
    """Seconds of the processor for a first build, and for one more of the same callbacks."""
    callbacks, resolutions = crowd(silent=silent)
    for remembered in (covers, overlaps):
        remembered.cache_clear()
    start = time.process_time()
    graph = CallbackGraph(callbacks, *resolutions)
    middle = time.process_time()
    again = CallbackGraph(callbacks[::-1], *resolutions)
    end = time.process_time()
    check(graph, again, callbacks)
    return middle - start, end - middle


def check(graph: CallbackGraph, again: CallbackGraph, callbacks: Sequence[pl.Callback]) -> None:
    """All callbacks are there, in an order that obeys every edge, and the same whatever the list's.

    Raises:
        AssertionError: it is not so.
    """
    names = [node.name for node in graph.plan.nodes]
    assert sorted(names) == sorted(type(callback).__name__ for callback in callbacks)
    assert names == [node.name for node in again.plan.nodes]
    place = {name: at for at, name in enumerate(names)}
    assert len(graph.plan.edges) > COUNT, graph.plan.edges
    assert all(place[edge.first] < place[edge.then] for edge in graph.plan.edges)
