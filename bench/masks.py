"""Pruning beside torch.nn.utils.prune and parametrize: cost, memory, accuracy; writes docs/benchmarks/masks.md.

Run it with `make bench`, on a machine that does nothing else. `python bench/masks.py PART` measures one of `promises`,
`step`, `large` and `accuracy` and writes the page from all that this machine has measured, which out/masks keeps.
`accuracy` can be stopped and goes on where it was; methods named after it are measured anew, as in
`python bench/masks.py accuracy Taylor Snip`. `--quick` is a smoke run with results of its own that writes no page.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path

from data import ROOT, table
from mask_accuracy import accuracy_rows, against_rows, dense_rows, forget, job, runs, strayed
from mask_large import large_rows
from mask_step import export_rows, step_rows
from mask_ways import DEFAULT
from results import FOLDER, Results, machine, shown, today

PAGE = ROOT / "docs" / "benchmarks" / "masks.md"
PROMISES = ROOT / "docs" / "design" / "pruning-promises.qmd"
NOT_YET = "Not measured on this machine yet."
TEXT = """# Pruning, beside torch's own

What a pruned network keeps, what it costs, and how well it does, in three designs: `leyden.prune`,
`torch.nn.utils.prune`, and a mask as a parametrisation on each layer.

## Promises

{promises} [All of them, one by one](../design/pruning-promises.qmd): every row is executed by the tests.

## A step

ResNet-18 (11.7 million weights, written out in the benchmark) in training with 80 % of its weights pruned by global
magnitude: 16 images, SGD with momentum and weight decay. The masked network and a dense one take turns, a step each:
A B, B A, A B. A ratio is of two steps beside each other, and what is shown is their median, with how far it may be off.
The first row of each group is the dense network beside itself: what is not different from it is noise. After the last
step all that was pruned is zero.

{step}

{missed}

What is left of masks in the network, and in the file that `leyden.onnx.export` writes:

{export}

## A large model

A row of five linear layers, 102 million weights, pruned to 80 % by global magnitude, on one core. Every run has a
process of its own. Memory is the most that the process holds beyond what it held before, by that of the model: of
`prune` the pruned copy (1) and its masks (a quarter) count, torch prunes in place. Runs of both in turn; of seconds the
medians, of memory the worst.

{large}

## Accuracy

Held-out accuracy after pruning and equal fine-tuning: mean over three seeds, and standard deviation. Two trained
networks: one of 14,000 weights on scikit-learn's digits (1,000 to learn from, 797 held out), and that of the
[main job](demo.md), EfficientNet-Lite0 on tiles of seventeen photographs (680 and 1,020). The seed draws the data,
their order and the initial weights. Fine-tuning is the same for every row: 5 epochs on digits, 2 on photographs, with
one cycle of the rate. What may be pruned is the same too: every weight but the head's, and on photographs not the
depthwise filters either.

{dense}

{accuracy}

The promise: at no point is the default, `{default}`, beaten by more than a standard deviation by the best that
torch.nn.utils.prune has; the deviation is the larger of the two.

{against}

How to read it:

- Every method is given the trained network, those too that their authors made for networks at initialisation (Snip,
  Grasp, SynFlow): what they are worth there is not seen here.
- All is pruned at once where a row does not say otherwise; SynFlow alone takes a hundred rounds of its own. Taylor and
  Movement are meant to prune little by little during training; that is not measured here.
- Methods that look at data get eight training batches, not augmented. Movement trains a copy for an epoch to see where
  weights go; the weights themselves are then as they were, so that the fine-tuning is that of all others.
- Rewound: masks of the trained network on its weights after the second epoch (digits) or the first (photographs), then
  no more training than the others get, which is little for a start that early.
- In six steps during fine-tuning: `leyden.recipe.Pruning`, dense at first. Regrowth exchanges weights six times.
- Two of four is for 50 % only, and leaves out first layers, whose input channels do not come in fours.
- A filter goes as a whole, so shares are of filters. Zeros that were asked for and found after fine-tuning differ:
  {strayed}.
- torch.nn.utils.prune fails on weights in channels_last, which the main job uses; it was given contiguous ones.
- One standard error of an accuracy is half a point on digits and a point on photographs.

Measured on: {machine}. Run it: `make bench`.
"""


def promises(kept: Results, *, quick: bool) -> None:
    """Takes over what the tests have counted."""
    text = " ".join(PROMISES.read_text(encoding="utf-8").split())
    counted = re.search(r"Of \d+ promises, [^|]*? leyden \d+\.", text)
    assert counted, f"no count of promises in {PROMISES}"
    kept["counted"] = counted[0]


def step(kept: Results, *, quick: bool) -> None:
    """Times steps, and looks for masks in files."""
    kept["step"] = shown(step_rows(rounds={64: 4} if quick else {64: 41, 224: 7}))
    kept["export"] = shown(export_rows())


def large(kept: Results, *, quick: bool) -> None:
    """Prunes the large model."""
    kept["large"] = shown(large_rows(rounds=1 if quick else 5))


def accuracy(kept: Results, *, quick: bool) -> None:
    """Goes on with the runs that are left."""
    forget(kept, sys.argv[2:])
    job(runs(sets=("digits",), seeds=(0,)) if quick else runs(), kept)


PARTS: dict[str, Callable[..., None]] = {"promises": promises, "step": step, "large": large, "accuracy": accuracy}


def missed(kept: Results) -> str:
    """Says where a masked step costs more than it should."""
    over = [
        f"{row['pixels']} on {row['threads']} thread{'s' * (row['threads'] != '1')}"
        for row in kept.get("step", [])
        if row["bar"] and float(row["its step by the dense one's"]) > float(row["bar"])
    ]
    why = "small images make a step so short that reading and writing all weights once more, both ways, weighs in it"
    return f"The bar is missed with {', '.join(over)}: {why}." if over else ""


def page(folder: Path) -> str:
    """The page, of all that is there."""
    kept = {part: Results(part, folder) for part in PARTS}

    def rows(part: str, name: str) -> str:
        return table(kept[part][name]) if name in kept[part] else NOT_YET

    done = kept["accuracy"]
    return TEXT.format(
        promises=kept["promises"].get("counted", NOT_YET), step=rows("step", "step"), export=rows("step", "export"),
        missed=missed(kept["step"]), large=rows("large", "large"), dense=table(dense_rows(done)),
        accuracy=table(accuracy_rows(done)),
        against=table(list(against_rows(done))) if done else NOT_YET, strayed=strayed(done), default=DEFAULT,
        machine=f"{machine()}; {today()}",
    )  # fmt: skip


def main() -> None:
    """Measures what is asked for, prints the page and writes it."""
    quick = "--quick" in sys.argv
    asked = [name for name in sys.argv[1:2] if name in PARTS] or list(PARTS)
    folder = FOLDER / "quick" if quick else FOLDER
    for part in asked:
        PARTS[part](Results(part, folder), quick=quick)
    text = page(folder)
    sys.stdout.write(text)
    if not quick:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
