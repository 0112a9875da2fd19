"""Callbacks as a graph beside Lightning's plain list: lockstep, medians of ratios; writes docs/benchmarks/graph.md.

Run it with `make bench`, on a machine that does nothing else; `--quick` is a smoke run that writes nothing. Two runs
train at the same time, each on a thread of its own, and take turns of two steps: A B, B A, A B ... A ratio is of two
turns beside each other, of the processor's time of the thread that trains. Both runs must do the same steps, keep the
same histories and end with the same weights, to the last bit.
"""

import importlib.metadata
import logging
import os
import platform
import sys
import warnings
from collections.abc import Iterable

import torch

from data import ROOT, Row, table
from graph_beside import beside_rows
from graph_build import build_rows
from graph_hooks import hook_rows
from graph_steps import calibrate, step_rows
from results import today

PAGE = ROOT / "docs" / "benchmarks" / "graph.md"
PACKAGES = ("torch", "pytorch_lightning", "dask")
TEXT = """# Callbacks as a graph, beside Lightning's plain list

What the graph costs, and what it saves. A small convolutional network trains with eight callbacks that do what people's
callbacks do: one sets the learning rate before every step, one logs the norm of all gradients before the optimizer's
step, one a running mean of the loss, one keeps the loss and the rate of every step, one keeps a running mean of the
weights, one counts images, one measures the steps, one stops a run whose loss is no number any more. All say what they
read and write. The batch is such that a step of the plain list takes about 5 ms of one core, callbacks included.

## A step

The graph keeps its run log unless it is said (`keep=0`); the guard is on where it is said. Two runs train in lockstep
and take turns of two steps; a ratio is of two turns beside each other, in the processor's time, and what is shown is
their median, with how far it may be off. The first row of each group is the plain list beside itself: what is not
different from it is noise. Both runs of every row did the same {steps} steps, kept the same histories, and ended with
the same weights. With 2 images a step does next to nothing but Lightning's own work and the callbacks': the same
difference, seen more sharply. With one callback, that keeps the loss and the rate:

{steps_table}

## A hook

In the middle of a run, one hook is called a hundred times, with the graph's stand-in and without. What it adds is the
call, the log's row, and, where the callback writes, a look before and after. Called again and again like this, all of
it lies in the processor's caches; in a real step it takes some two to four times as long, as everything does.

{hooks}

## Building a graph

Forty callbacks, of forty classes made anew for each round: two in five log a value or mark the model, in a chain of
eight; three set the learning rate, each pair with a `resolve`; all others only read, some of it by wildcards. The first
time nothing is remembered of earlier graphs; again, the same callbacks are given in another order, and the same order
must come out.

{builds}

## Readers side by side

Two callbacks that only read, each 50 ms at every step: they sleep, as an upload waits; or they compress a file and
write it anew, as much as takes 50 ms on an idle core, which can gain only where a second core is idle. Time is that on
the wall; the histories and the weights are the same to the last bit.

{readers}

Measured on: {machine}, {packages}; {day}. Run it: `make bench`.
"""


def shown(rows: Iterable[Row]) -> str:
    """Rows as Markdown; each is printed as it comes."""
    kept = []
    for row in rows:
        print(row, flush=True)
        kept.append(row)
    return table(kept) if kept else "Not measured: this machine has one core."


def quiet() -> None:
    """Lightning's greeting and its advice are not what is looked for here."""
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", message="The '.*_dataloader' does not have many workers")
    warnings.filterwarnings("ignore", message="`isinstance\\(treespec, LeafSpec\\)` is deprecated")


def main() -> None:
    """Measures everything, prints the page and writes it."""
    quick = "--quick" in sys.argv
    quiet()
    torch.set_num_threads(1)
    turns, steps = (20 if quick else 600), 2
    text = TEXT.format(
        steps=turns * steps, steps_table=shown(step_rows(calibrate(), turns=turns, steps=steps)),
        hooks=shown(hook_rows(rounds=5 if quick else 101)), builds=shown(build_rows(rounds=3 if quick else 21)),
        readers=shown(beside_rows(rounds=2 if quick else 8, steps=3 if quick else 10)),
        day=today(),
        machine=f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}",
        packages=", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES),
    )  # fmt: skip
    sys.stdout.write(text)
    if not quick:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
