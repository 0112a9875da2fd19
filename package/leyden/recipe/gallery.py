"""The pictures of a run, and the page that shows them."""

import torch

from leyden import plot
from leyden.items import Image
from leyden.recipe.job import Job
from leyden.recipe.metrics import table
from leyden.recipe.report import Section, report
from leyden.train import Predictions

__all__ = ["write_pictures"]

_ALTERNATIVES = {
    "curves": "Held-out accuracy by epoch, fine-tuned above from scratch.",
    "augmentations": "One photograph a row: as it is, then drawn anew five times.",
    "tradeoff": "Held-out accuracy by share of pruned weights, with the dense network's as a line.",
    "confusion": "Which class the held-out images were taken for, one row a true class.",
}


def write_pictures(job: Job) -> None:
    """Draws curves, augmentations, tradeoff and confusion (.png) and lays out report.html in the job's folder."""
    pictures = {"curves": _curves(job), "augmentations": _augmentations(job)}
    if job.points:
        pictures["tradeoff"] = _tradeoff(job)
    if job.predictions:
        pictures["confusion"] = _confusion(job, job.predictions)
    for name, picture in pictures.items():
        (job.folder / f"{name}.png").write_bytes(picture)
    system = [str(job.metrics[f"machine.{key}"]) for key in ("system", "cpus", "threads", "python", "torch")]
    lead = "EfficientNet-Lite0 on {}, {} cores, {} threads, Python {}, torch {}.".format(*system)
    texts = {
        "curves": "One network, the same pictures and steps: once from ImageNet weights, once from scratch.",
        "augmentations": f"What training sees: {job.plan.move!r}.",
        "tradeoff": "Pruned by global magnitude, depthwise filters and the head left alone, then fine-tuned again.",
        "confusion": "The fine-tuned network on the held-out images.",
    }
    titles = {"curves": "Training", "augmentations": "Augmentation", "tradeoff": "Pruning", "confusion": "Confusion"}
    sections = [Section("Data", f"{job.labelled.how}.")]
    sections += [Section(titles[name], texts[name], pictures[name], _ALTERNATIVES[name]) for name in pictures]
    page = report("From pixels to a small verified ONNX file", lead, rows=table(job.metrics), sections=sections)
    (job.folder / "report.html").write_text(page, encoding="utf-8")


def _curves(job: Job) -> bytes:
    runs = {"fine-tuned": job.tuned, "from scratch": job.scratch}
    series = {name: run.history.series("val_accuracy") for name, run in runs.items() if run}
    return plot.png(plot.curves(series, x_label="epoch", y_label="held-out accuracy", title="Training"))


def _augmentations(job: Job, *, rows: int = 4, draws: int = 5) -> bytes:
    generator = torch.Generator().manual_seed(job.plan.seed)
    step = max(1, len(job.labelled.train) // rows)
    images = []
    for index in range(0, step * rows, step):
        picture, _ = job.labelled.train[index % len(job.labelled.train)]
        item = Image(job.prep.invert(job.prep(picture)))
        move = job.plan.move
        images += [item.data, *((move(generator, item) if move else item).data.clamp(0, 1) for _ in range(draws))]
    titles = ["as it is", *[f"draw {number + 1}" for number in range(draws)]] + [""] * (len(images) - draws - 1)
    return plot.png(plot.grid(images, titles=titles, columns=draws + 1, title="Augmentation"))


def _tradeoff(job: Job) -> bytes:
    points = ([point.sparsity for point in job.points], [point.accuracy for point in job.points])
    dense = float(job.metrics["accuracy.finetuned"])
    labels = {"x_label": "share of touched weights that is zero", "y_label": "held-out accuracy"}
    return plot.png(
        plot.tradeoff({"pruned": points}, reference=dense, reference_name="dense", title="Pruning", **labels)
    )


def _confusion(job: Job, predictions: Predictions) -> bytes:
    return plot.png(plot.confusion(predictions.confusion, job.labelled.classes, title="Confusion"))
