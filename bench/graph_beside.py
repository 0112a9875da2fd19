"""Two callbacks that only read and take 50 ms each, one after the other and side by side; seconds on the wall."""

import statistics
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch

from graph_work import Batch, Task, batch, trainer
from leyden.train import CallbackGraph, Dask, Runner, Serial, Threads, cores, reads

__all__ = ["beside_rows"]

SPENT = 0.05
"""Seconds that each callback is to take."""

Work = Callable[[str], None]


class Reader(pl.Callback):
    """Reads the loss and the rate of every step, does something that takes its time, and keeps a row.

    Args:
        work: what takes time, of a text to be kept elsewhere.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self.steps: list[tuple[int, float, float]] = []

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """One row."""
        row = (trainer.global_step, float(outputs["loss"]), trainer.optimizers[0].param_groups[0]["lr"])
        self._work(repr(row))
        self.steps.append(row)


@reads("outputs.loss", "optimizer.lr", "trainer.global_step")
class Upload(Reader):
    """As one that sends to a server."""


@reads("outputs.loss", "optimizer.lr", "trainer.global_step")
class Archive(Reader):
    """As one that writes to a disk."""


class Stamped:
    """Batches that keep the time at which each was asked for.

    Args:
        given: the batch.
        count: of steps.
    """

    def __init__(self, given: Batch, count: int) -> None:
        self._given, self._count = given, count
        self.asked: list[float] = []

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Batch]:
        for _ in range(self._count):
            self.asked.append(time.perf_counter())
            yield self._given


def waiting(_: str) -> None:
    """As long as a server takes to answer."""
    time.sleep(SPENT)


def packing(folder: Path) -> Work:
    """Compresses a file and writes it anew, which Python's lock does not hold up: about `SPENT` on this machine."""
    noise = torch.randint(64, (1 << 23,), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    content = noise.numpy().tobytes()
    tried = [timed(lambda: zlib.compress(content[: 1 << 20], 1)) for _ in range(5)]
    count = min(len(content), round((1 << 20) * SPENT / min(tried)))
    (folder / "raw").write_bytes(content[:count])

    def pack(told: str) -> None:
        packed = zlib.compress((folder / "raw").read_bytes(), 1)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(packed + told.encode())

    return pack


def timed(act: Callable[[], object]) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def beside_rows(*, rounds: int, steps: int) -> Iterator[dict[str, str]]:
    """Waiting and compressing, by the runner; nothing where there is one core only."""
    if cores() < 2:
        return
    with tempfile.TemporaryDirectory() as name:
        for what, work in (("wait, as for a server", waiting), ("compress a file", packing(Path(name)))):
            for runner in (Threads(2), Dask(2)):
                yield row(what, work, runner, bar="0.65" if work is waiting else "", rounds=rounds, steps=steps)


def row(what: str, work: Work, runner: Runner, *, bar: str, rounds: int, steps: int) -> dict[str, str]:
    """One runner beside the serial one, in turn."""
    pairs = []
    for number in range(rounds):
        if number % 2:
            second, first = run(work, runner, steps), run(work, Serial(), steps)
        else:
            first, second = run(work, Serial(), steps), run(work, runner, steps)
        assert first[1] == second[1], "histories differ"
        assert all(torch.equal(value, second[2][name]) for name, value in first[2].items()), "weights differ"
        pairs.append((first[0], second[0]))
    return {
        "two callbacks": what, "runner": repr(runner),
        "its time by the serial one's": f"{statistics.median(b / a for a, b in pairs):.3f}", "bar": bar,
        "a step, ms": "{1:.1f} and {0:.1f}".format(*(1e3 * statistics.median(t) for t in zip(*pairs, strict=True))),
    }  # fmt: skip


def run(work: Work, runner: Runner, steps: int) -> tuple[float, list[Any], dict[str, torch.Tensor]]:
    """Trains once: seconds a step, what the callbacks kept, the weights. The first step, which starts threads, is free.

    Raises:
        AssertionError: a callback missed a step.
    """
    readers, task, batches = [Archive(work), Upload(work)], Task(), Stamped(batch(2), steps + 2)
    trainer(CallbackGraph(readers, runner=runner)).fit(task, batches)
    kept = [reader.steps for reader in readers]
    assert [len(rows) for rows in kept] == [steps + 2] * 2, kept
    assert [step for step, *_ in kept[0]] == list(range(1, steps + 3)), kept
    return (batches.asked[-1] - batches.asked[1]) / steps, kept, task.state_dict()
