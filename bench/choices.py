"""What the main job's settings rest on: rates from scratch, and what pruning spares; writes docs/benchmarks/choices.md.

Run it with `python bench/choices.py`: a quarter of an hour on two cores. Its seeds are others than those of
bench/demo.py, so the figures there are of tiles that had no part in these choices.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

from leyden import recipe
from leyden.augment import Transform
from leyden.prune import Magnitude, Where, depthwise, named, prune
from leyden.recipe.compression import SPARED
from leyden.recipe.demo import network
from leyden.train import Classifier, Tuning, fit, predict

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks" / "choices.md"
SEEDS = (10, 11, 12)
RATES = (1e-3, 2e-3, 4e-3, 8e-3)
SHARES = (0.7, 0.8, 0.9)
MOVES: dict[str, Transform | None] = {"with augmentation": recipe.MOVE, "without": None}
TOUCHED: dict[str, Where | None] = {
    "all but depthwise filters and the head": SPARED,
    "all but the head": ~named("head.*"),
    "all but depthwise filters": ~depthwise,
    "every weight": None,
}


def scratch(seed: int, rate: float, move: Transform | None) -> float:
    """Held-out accuracy of the network from scratch, after as many steps as the main job takes."""
    plan, labelled = recipe.Plan(seed=seed), recipe.photos(seed=seed)
    model, prep = network(labelled, plan, pretrained=False)
    batches = recipe.pipes(labelled, prep, move=move, batch=plan.batch, seed=seed)
    task = Classifier(model, labelled.classes, tuning=Tuning(rate=rate, freeze=0, discount=1.0))
    return predict(fit(task, batches.train, epochs=plan.epochs, seed=seed).task, batches.held_out).accuracy


def pruned(seed: int) -> Iterator[tuple[str, float, float]]:
    """What may be pruned, the share of it that is, and held-out accuracy after fine-tuning again."""
    plan, labelled = recipe.Plan(seed=seed), recipe.photos(seed=seed)
    model, prep = network(labelled, plan, pretrained=True)
    batches = recipe.pipes(labelled, prep, batch=plan.batch, seed=seed)
    task = Classifier(model, labelled.classes, tuning=plan.tuning)
    tuned = recipe.finetune(task, batches.train, epochs=plan.epochs, freeze=plan.freeze, seed=seed).task
    for name, where in TOUCHED.items():
        for share in SHARES:
            sparse = tuned.replace(model=prune(tuned.model, Magnitude(share), where=where), tuning=plan.retuning)
            fitted = fit(sparse, batches.train, epochs=plan.retune, seed=seed)
            yield name, share, predict(fitted.task, batches.held_out).accuracy


def table(corner: str, columns: list[str], rows: dict[str, list[float]]) -> str:
    """Accuracies as Markdown."""
    lines = [[corner, *columns], ["---"] * (len(columns) + 1)]
    lines += [[name, *(f"{value:.3f}" for value in values)] for name, values in rows.items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def page(rates: dict[str, list[float]], shares: dict[str, list[float]]) -> str:
    """What is written to docs."""
    seeds = ", ".join(map(str, SEEDS))
    return f"""# What the settings of the main job rest on

Held-out accuracy, means over seeds {seeds}. One of these means is uncertain by about two points: the same network at
another seed may be four points better or worse.

From scratch, by the peak of the one-cycle rate:

{table("peak rate", [f"{rate:g}" for rate in RATES], rates)}

After pruning by global magnitude and fine-tuning again, by what may be pruned and the share of it that is:

{table("pruned", [f"{share:.0%}" for share in SHARES], shares)}

Run it: `python bench/choices.py`.
"""


def main() -> None:
    """Runs all, prints the page and writes it."""
    rates = {
        name: [mean(scratch(seed, rate, move) for seed in SEEDS) for rate in RATES] for name, move in MOVES.items()
    }
    found = [point for seed in SEEDS for point in pruned(seed)]
    shares = {
        name: [mean(value for where, at, value in found if (where, at) == (name, share)) for share in SHARES]
        for name in TOUCHED
    }
    text = page(rates, shares)
    PAGE.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
