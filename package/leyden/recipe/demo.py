"""The main job: real photographs, from pixels to a small verified ONNX file, in minutes on two cores."""

import dataclasses
import io
import shutil
import tempfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from leyden import vision
from leyden.prune import bake
from leyden.recipe.compression import compress
from leyden.recipe.finetuning import finetune
from leyden.recipe.folder import fresh_folder
from leyden.recipe.gallery import write_pictures
from leyden.recipe.job import Job, Plan
from leyden.recipe.labelled import LabelledSet
from leyden.recipe.metrics import machine
from leyden.recipe.pipelines import pipes
from leyden.recipe.shipping import ship
from leyden.train import Classifier, Fitted, History, fit, predict

__all__ = ["network", "run_demo"]

_Say = Callable[[str], None]
_Listener = Callable[[History], None] | None


def run_demo(
    labelled: LabelledSet,
    folder: Path | str = Path("out/demo"),
    *,
    plan: Plan | None = None,
    say: _Say = print,
    listener: _Listener = None,
) -> Job:
    """Fine-tunes a pretrained network, compares it with one from scratch, prunes it, ships it, and reports.

    Writes report.html, curves.png, augmentations.png, confusion.png, tradeoff.png, model.onnx, model.pt (the pruned
    network's plain state dict), best.ckpt (the best epoch of the dense network) and metrics.json, each figure as soon
    as it is known. The accuracies are those of the last epoch; nothing is chosen by looking at the held-out set.

    Args:
        labelled: `photos()`, or `own_images(folder)`.
        folder: results; those of an earlier run move aside to `<folder>.previous`.
        plan: sizes and rates.
        say: told in a line what happens.
        listener: hears every training step.

    Returns:
        Everything that was made and measured.

    Raises:
        KeyboardInterrupt: after Ctrl-C, once metrics.json says "interrupted" and what there is has been written.
    """
    start = time.perf_counter()
    job = _begin(labelled, Path(folder), plan=plan or Plan(), say=say)
    try:
        for name, stage in (("finetune", _tune), ("scratch", _scratch), ("prune", _prune), ("ship", _ship)):
            begun = time.perf_counter()
            stage(job, say, listener)
            job.measure({f"seconds.{name}": round(time.perf_counter() - begun, 2)})
    except BaseException as error:
        job.measure({"status": "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"})
        raise
    job.measure({"seconds.total": round(time.perf_counter() - start, 2), "status": "finished"})
    write_pictures(job)
    return job


def _begin(labelled: LabelledSet, folder: Path, *, plan: Plan, say: _Say) -> Job:
    model, prep = network(labelled, plan, pretrained=True)
    moved = fresh_folder(folder)
    if moved:
        say(f"the results of the run before are now in {moved}")
    batches = pipes(labelled, prep, move=plan.move, batch=plan.batch, seed=plan.seed)
    job = Job(plan, labelled, prep, batches, folder, Classifier(model, labelled.classes, tuning=plan.tuning))
    counts = {"classes": len(labelled.classes), "train": len(labelled.train), "held_out": len(labelled.held_out)}
    job.measure({"status": "running", "seed": plan.seed, "data.how": labelled.how, **machine()})
    job.measure({f"data.{name}": count for name, count in counts.items()})
    job.measure({"parameters": sum(parameter.numel() for parameter in model.parameters())})
    say(f"{counts['classes']} classes: {labelled.how}")
    return job


def network(labelled: LabelledSet, plan: Plan, *, pretrained: bool) -> tuple[torch.nn.Module, vision.Preprocess]:
    """The network of the main job, its initial weights drawn from the plan's seed, and its preprocessing.

    Args:
        labelled: how many classes there are.
        plan: seed, size of the input, crop.
        pretrained: ImageNet weights for all but the head; otherwise all are drawn.
    """
    with torch.random.fork_rng():
        torch.manual_seed(plan.seed)
        model, prep = vision.create("efficientnet_lite0", pretrained=pretrained, classes=len(labelled.classes))
    for convolution in (part for part in model.modules() if isinstance(part, torch.nn.Conv2d)):
        # oneDNN is twice as fast where the channels of a place lie side by side
        convolution.weight.data = convolution.weight.data.contiguous(memory_format=torch.channels_last)
    return model, dataclasses.replace(prep, size=plan.size, crop=plan.crop)


def _tune(job: Job, say: _Say, listener: _Listener) -> None:
    plan, history = job.plan, History(listener)
    epochs = {"epochs": plan.epochs, "freeze": plan.freeze}
    with tempfile.TemporaryDirectory() as scratch:
        fitted = finetune(
            job.task, job.pipes.train, job.pipes.held_out, **epochs, callbacks=[history], folder=scratch, seed=plan.seed
        )
        if fitted.checkpoint:
            shutil.move(fitted.checkpoint, job.folder / "best.ckpt")
    _go_on(fitted)
    job.tuned = dataclasses.replace(fitted, checkpoint=job.folder / "best.ckpt")
    job.predictions = predict(fitted.task, job.pipes.held_out)
    job.measure({"accuracy.finetuned": job.predictions.accuracy, "accuracy.finetuned_best": history.best() or 0.0})
    say(f"fine-tuned: {job.predictions.accuracy:.3f} of the held-out images are right")


def _scratch(job: Job, say: _Say, listener: _Listener) -> None:
    plan = job.plan
    model, _ = network(job.labelled, plan, pretrained=False)
    task = Classifier(model, job.labelled.classes, tuning=plan.scratch)
    callbacks = [History(listener)]
    job.scratch = fit(
        task, job.pipes.train, job.pipes.held_out, epochs=plan.epochs, callbacks=callbacks, seed=plan.seed
    )
    _go_on(job.scratch)
    accuracy = predict(job.scratch.task, job.pipes.held_out).accuracy
    job.measure({"accuracy.scratch": accuracy})
    say(f"from scratch, at equal steps: {accuracy:.3f}")


def _prune(job: Job, say: _Say, listener: _Listener) -> None:
    plan = job.plan
    trained = job.tuned.task if job.tuned else job.task
    options = {"epochs": plan.retune, "tuning": plan.retuning, "seed": plan.seed}
    for point in compress(trained, job.pipes, sparsities=plan.sparsities, listener=listener, **options):
        _go_on(point.fitted)
        job.points.append(point)
        job.measure({f"accuracy.pruned_{round(100 * point.sparsity)}": point.accuracy})
        say(f"{point.sparsity:.0%} of the weights pruned, fine-tuned again: {point.accuracy:.3f}")
    chosen = job.chosen
    content = io.BytesIO()  # torch's own writer says nothing of a full disk
    torch.save(bake(chosen.fitted.task.model).state_dict(), content)
    (job.folder / "model.pt").write_bytes(content.getvalue())
    job.measure({"accuracy.pruned": chosen.accuracy, "zeros": chosen.zeros, "zeros_all": chosen.zeros_all})


def _ship(job: Job, say: _Say, listener: _Listener) -> None:
    shipped = ship(job.chosen.fitted.task, job.prep, job.folder / "model.onnx")
    dense = job.tuned.task if job.tuned else job.task
    job.measure({"parity.max_abs": shipped.report.max_abs, "bytes.onnx": shipped.report.bytes})
    job.measure({"bytes.onnx_zipped": shipped.zipped, "bytes.dense_zipped": _zipped(dense.model)})
    job.measure({"bytes.checkpoint": (job.folder / "model.pt").stat().st_size})
    seconds = {"torch": shipped.torch_seconds, "onnxruntime": shipped.onnxruntime_seconds}
    job.measure({f"latency_ms.{runtime}": round(1e3 * value, 3) for runtime, value in seconds.items()})
    say(f"ONNX and torch differ by {shipped.report.max_abs:.1e} at most, over batches of {shipped.report.batch_sizes}")


def _zipped(model: nn.Module) -> int:
    """Size of the weights alone after deflate at the fastest level, bytes: nearly all of what a file of them is."""
    return sum(len(zlib.compress(weight.contiguous().numpy(force=True), 1)) for weight in model.state_dict().values())


def _go_on(fitted: Fitted) -> None:
    """Ctrl-C in a run ends the job, not only the run."""
    if fitted.status == "interrupted":
        raise KeyboardInterrupt
