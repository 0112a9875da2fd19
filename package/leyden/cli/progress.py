"""The main job under a progress bar over all its training steps."""

import sys
from pathlib import Path

from tqdm import tqdm

from leyden import recipe
from leyden.train import History

__all__ = ["run_job"]


def run_job(images: Path | None, out: Path, *, size: int, epochs: int, seed: int) -> list[tuple[str, str]]:
    """Runs the main job and says in lines what happens.

    Args:
        images: one sub-folder a class; without it, leyden's own photographs.
        out: where the results go.
        size: side of the network input, pixels.
        epochs: of fine-tuning.
        seed: of data, order, augmentation and weights.

    Returns:
        What was measured, in words and figures.
    """
    labelled = recipe.own_images(images, seed=seed) if images else recipe.photos(seed=seed)
    plan = recipe.Plan(size=size, epochs=epochs, seed=seed)
    seen: dict[int, int] = {}
    steps = plan.passes * -(-len(labelled.train) // plan.batch)
    often = 0.1 if sys.stderr.isatty() else 15.0  # seconds: a log file is no place for a moving bar
    with tqdm(total=steps, unit="step", dynamic_ncols=True, mininterval=often) as bar:

        def advance(history: History) -> None:
            bar.update(len(history.steps) - seen.get(id(history), 0))
            seen[id(history)] = len(history.steps)

        def say(line: str) -> None:
            tqdm.write(line, file=sys.stdout)

        job = recipe.run_demo(labelled, out, plan=plan, say=say, listener=advance)
    return recipe.table(job.metrics)
