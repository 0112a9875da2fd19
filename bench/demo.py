"""The main job over three seeds, with and without augmentation: prints the table and writes docs/benchmarks/demo.md.

Run it with `make bench`. Every figure is of the last epoch, on held-out tiles that no choice was made on.
"""

import json
import sys
import tempfile
from pathlib import Path
from statistics import mean, stdev

from leyden import recipe
from leyden.recipe.metrics import Metrics

SEEDS = (0, 1, 2)
PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks" / "demo.md"
ROWS = {
    "fine-tuned from ImageNet weights": "accuracy.finetuned",
    "from scratch, equal steps": "accuracy.scratch",
    "fine-tuned without augmentation": "accuracy.plain",
    "50 % of the weights pruned": "accuracy.pruned_50",
    "60 % of the weights pruned": "accuracy.pruned_60",
    "70 % of the weights pruned": "accuracy.pruned_70",
    "80 % of the weights pruned": "accuracy.pruned_80",
    "90 % of the weights pruned": "accuracy.pruned_90",
    "largest difference of logits, ONNX to torch": "parity.max_abs",
    "whole run without the arm without augmentation, s": "seconds.total",
}


def run(seed: int) -> Metrics:
    """One seed: the whole main job, and once more the fine-tuning without augmentation."""
    labelled = recipe.photos(seed=seed)
    with tempfile.TemporaryDirectory() as folder:
        job = recipe.run_demo(labelled, Path(folder) / "run", plan=recipe.Plan(seed=seed))
        metrics = dict(job.metrics)
        plain = recipe.pipes(labelled, job.prep, move=None, batch=job.plan.batch, seed=seed)
        fitted = recipe.finetune(job.task, plain.train, plain.held_out, epochs=job.plan.epochs, seed=seed)
        return metrics | {"accuracy.plain": fitted.history.epochs[-1].metrics["val_accuracy"]}


def page(runs: list[Metrics]) -> str:
    """The table as Markdown, with the machine it was measured on."""
    seeds = " | ".join(f"seed {seed}" for seed in SEEDS)
    head = f"| | {seeds} | mean | standard deviation |\n|---|{'---|' * (len(SEEDS) + 2)}\n"
    lines = []
    for label, key in ROWS.items():
        values = [float(metrics[key]) for metrics in runs]
        form = "{:.1e}" if key.startswith("parity") else "{:.0f}" if key.startswith("seconds") else "{:.3f}"
        cells = [form.format(value) for value in (*values, mean(values), stdev(values))]
        lines.append(f"| {label} | {' | '.join(cells)} |")
    first = runs[0]
    machine = ", ".join(f"{key.partition('.')[2]} {first[key]}" for key in sorted(first) if key.startswith("machine."))
    rows = "\n".join(lines)
    return f"""# The main job over three seeds

Held-out accuracy on tiles of seventeen photographs: {first["data.how"]}. The seed draws tiles, order, augmentation,
initial weights and dropout.

{head}{rows}

Measured on: {machine}. Run it: `make bench`.
"""


def main() -> None:
    """Runs all seeds, prints the page and writes it."""
    runs = [run(seed) for seed in SEEDS]
    text = page(runs)
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    sys.stdout.write(text + "\n" + json.dumps(runs, indent=1) + "\n")


if __name__ == "__main__":
    main()
