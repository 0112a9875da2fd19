"""Accuracy after pruning and equal fine-tuning: every method, four sparsities, two data sets, three seeds.

Runs go to two processes of one thread each. Each that is finished is kept at once, so the job can be stopped and goes
on where it was. A run that fails is said at the end and tried again the next time.
"""

import multiprocessing
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from statistics import mean, stdev
from typing import NamedTuple

import torch
from torch import nn

from leyden.prune import places
from leyden.train import fit, predict
from mask_cases import SIZES, Case, case
from mask_network import weights_used
from mask_ways import DEFAULT, DENSE, PEERS, WAYS, Way
from results import Results

__all__ = ["Run", "accuracy_rows", "against_rows", "dense_rows", "forget", "job", "runs", "strayed"]

Row = dict[str, str]

SEEDS = (0, 1, 2)
SHARES = (0.5, 0.8, 0.9, 0.95)
DENSE_NAME = "nothing pruned, trained again as long"
ROWS: dict[str, Way] = {DENSE_NAME: DENSE, **WAYS, **PEERS}
PROCESSES = 2


class Run(NamedTuple):
    """One network pruned in one way and fine-tuned."""

    data: str
    seed: int
    way: str
    share: float

    @property
    def name(self) -> str:
        """Under which its result is kept: with the sizes, so that other sizes are other runs."""
        return f"{self.data} | {self.way} | {self.share} | {self.seed} | {SIZES[self.data]}"


def runs(*, sets: Sequence[str] = tuple(SIZES), seeds: Sequence[int] = SEEDS) -> list[Run]:
    """All runs, those of one network one after the other."""
    return [
        Run(data, seed, way, share)
        for data in sets
        for seed in seeds
        for way in ROWS
        if not ROWS[way].sets or data in ROWS[way].sets
        for share in ((0.0,) if way == DENSE_NAME else ROWS[way].shares or SHARES)
    ]


def job(asked: Sequence[Run], kept: Results) -> None:
    """Does the runs that are not kept yet; tells each as it is done.

    Raises:
        RuntimeError: some failed; the others are kept.
    """
    left = [run for run in asked if run.name not in kept]
    failed, begun = [], time.perf_counter()
    with pool() as processes:
        # first the dense networks, which the others begin with
        cases = dict.fromkeys((run.data, run.seed) for run in left)
        for ready in [processes.submit(prepare, data, seed, kept.folder) for data, seed in cases]:
            ready.result()
        waiting = {processes.submit(measured, run, kept.folder): run for run in left}
        for number, done in enumerate(as_completed(waiting), 1):
            run, error = waiting[done], done.exception()
            if error is None:
                kept[run.name] = done.result()
            else:
                failed.append(f"{tuple(run)}: {type(error).__name__}: {error}")
            minutes = (time.perf_counter() - begun) / 60
            print(f"{number} of {len(left)}, {minutes:.1f} min: {tuple(run)} {error or kept[run.name]}", flush=True)
    if failed:
        raise RuntimeError("\n".join([f"{len(failed)} runs failed", *failed]))


def forget(kept: Results, ways: Sequence[str]) -> None:
    """Lets go of what was found for these methods, so that they are measured anew."""
    for name in [name for name in kept if name.split(" | ")[1] in ways]:
        del kept[name]


@contextmanager
def pool() -> Iterator[ProcessPoolExecutor]:
    """Processes of one thread each; what has not begun when the job is stopped, is not begun."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"  # a new process reads it, and so does every thread that it starts
    processes = ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn"), torch.set_num_threads, (1,))
    try:
        yield processes
    finally:
        processes.shutdown(cancel_futures=True)
        os.environ.pop("OMP_NUM_THREADS")
        if before is not None:
            os.environ["OMP_NUM_THREADS"] = before


def prepare(data: str, seed: int, folder: Path) -> None:
    """Trains a dense network, unless its file is there."""
    case(data, seed, folder)


def measured(run: Run, folder: Path) -> dict[str, float]:
    """Prunes, fine-tunes and measures once.

    Raises:
        RuntimeError: it was interrupted, or what was pruned came back.
    """
    known = case(run.data, run.seed, folder)
    begun = time.perf_counter()
    start = ROWS[run.way].begin(known, run.share)
    ready, pruned = time.perf_counter(), zeros(start.model, known)
    task = known.task.replace(model=start.model)
    fitted = fit(task, known.train(), epochs=known.sizes.retune, callbacks=start.callbacks, seed=run.seed)
    if fitted.status != "finished":
        raise RuntimeError(f"the run was {fitted.status}")
    after = predict(fitted.task, known.held_out).accuracy
    found = {"accuracy": after, "zeros": zeros(fitted.task.model, known), "prune_s": ready - begun}
    if run.way == DENSE_NAME:
        found["before"] = predict(known.task, known.held_out).accuracy
    if found["zeros"] < pruned:
        raise RuntimeError(f"{pruned:.2%} were zero before fine-tuning, {found['zeros']:.2%} are after it")
    return found | {"seconds": time.perf_counter() - begun}


def zeros(model: nn.Module, known: Case) -> float:
    """Share of zeros among the weights that could be pruned, as the network uses them."""
    names = [place.name for place in places(known.task.model) if known.where(place)]
    used = weights_used(model, names).values()
    return sum(int((weight == 0).sum()) for weight in used) / sum(weight.numel() for weight in used)


def column(kept: Results, data: str, way: str, share: float) -> list[float]:
    """Accuracies of the seeds that are done."""
    names = [Run(data, seed, way, share).name for seed in SEEDS]
    return [kept[name]["accuracy"] for name in names if name in kept]


def percent(share: float) -> str:
    """As prose has it."""
    return f"{100 * share:.0f} %"


def spread(values: Sequence[float]) -> float:
    """Standard deviation over seeds; of a single one nothing is let pass."""
    return stdev(values) if len(values) > 1 else 0.0


def shown(values: Sequence[float]) -> str:
    """Mean, and standard deviation where there is one."""
    deviation = f" ({spread(values):.3f})" if len(values) > 1 else ""
    return f"{mean(values):.3f}{deviation}" if values else ""


def dense_rows(kept: Results) -> list[Row]:
    """The networks that all begins with."""
    rows = []
    for data in SIZES:
        names = [Run(data, seed, DENSE_NAME, 0.0).name for seed in SEEDS]
        before = [kept[name]["before"] for name in names if name in kept]
        again = column(kept, data, DENSE_NAME, 0.0)
        rows.append({"data": data, "trained": shown(before), "trained again as long": shown(again)})
    return rows


def accuracy_rows(kept: Results) -> list[Row]:
    """Every method: mean and standard deviation by data and sparsity."""
    return [
        {"method": way}
        | {f"{data}, {percent(share)}": shown(column(kept, data, way, share)) for data in SIZES for share in SHARES}
        for way in {**WAYS, **PEERS}
    ]


def against_rows(kept: Results) -> Iterator[Row]:
    """The default beside the best of torch's at each point."""
    for data in SIZES:
        for share in SHARES:
            ours = column(kept, data, DEFAULT, share)
            theirs = {way: column(kept, data, way, share) for way in PEERS}
            if not ours or not all(theirs.values()):
                continue
            best = max(theirs, key=lambda way: mean(theirs[way]))
            ahead, doubt = mean(theirs[best]) - mean(ours), max(spread(ours), spread(theirs[best]))
            yield {
                "data": data, "pruned": percent(share), DEFAULT: shown(ours), "best of torch.nn.utils.prune": best,
                "its accuracy": shown(theirs[best]), "ahead by": f"{ahead:+.3f}",
                "standard deviation": f"{doubt:.3f}", "beaten": "yes" if ahead > doubt else "no",
            }  # fmt: skip


def strayed(kept: Results) -> str:
    """How far shares of zeros are from what was asked, where that is more than half a point."""
    far: dict[str, float] = {}
    for run in runs():
        if run.name in kept:
            gap = abs(kept[run.name]["zeros"] - run.share)
            far[run.way] = max(gap, far.get(run.way, 0.0))
    told = [f"{way} by {100 * gap:.1f} points at most" for way, gap in far.items() if gap > 0.005]
    return "; ".join(told) or "none by more than half a point"
