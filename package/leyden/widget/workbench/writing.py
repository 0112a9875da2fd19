"""A network as a verified file: written beside its place, and put there only if it is still wanted."""

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

from torch import Tensor

from leyden import onnx
from leyden.errors import PanelError
from leyden.onnx.write.door import Wish, admit
from leyden.prune import bake
from leyden.recipe.shipping import ship
from leyden.train import Classifier, Task
from leyden.vision import Preprocess
from leyden.widget.workbench.record import Exported, Stage, stamp_of

__all__ = ["admitted", "example_of", "write"]


def admitted(path: Path | str, task: Task, *, replace: bool) -> Path:
    """The place of a file that may be written, absolute.

    Raises:
        PanelError: there is a file already, and it is not to be replaced.
        ExportError: no file can be written there, or not of this network; all faults at once.
    """
    place = Path(path).expanduser().absolute()
    admit(Wish(place), task.model)
    if place.exists() and not replace:
        raise PanelError(f"{place.name} is there already: say replace=True (tick 'replace'), or give another name")
    return place


def example_of(batches: Any) -> Any:
    """One sample of the first batch, as the network takes it: of (inputs, truth) pairs the inputs.

    Raises:
        PanelError: there is no batch, or its first part is no tensor.
    """
    batch = next(iter(batches), None)
    first = batch[0] if isinstance(batch, tuple | list) and batch else batch
    if not isinstance(first, Tensor):
        raise PanelError(f"an export needs batches that begin with a tensor; the first one is {type(batch).__name__}")
    return first[:1].detach().cpu()


def write(
    task: Task,
    path: Path,
    *,
    stage: Stage,
    prep: Preprocess | None,
    batches: Any,
    wanted: Callable[[], bool],
) -> Exported | None:
    """Write a task's network as ONNX, verified against onnxruntime and timed; None where it was no longer wanted.

    Args:
        task: what to write; it stays as it was.
        path: where it goes; what is there is replaced in one step, once the new file is verified.
        stage: noted in what is returned.
        prep: the preprocessing bound to the network, which a classifier's file then carries.
        batches: what an example of the input is taken from where there is no `prep`.
        wanted: asked before the file goes to its place.

    Raises:
        ExportError: the file does not compute what the network computes; `path` keeps what it held.
        PanelError: nothing can be written into the folder.
    """
    began = time.perf_counter()
    beside = path.parent / f".leyden-{uuid4().hex}"
    try:  # not TemporaryDirectory: stopped while it is made, it would stay
        _make(beside)
        place = beside / path.name
        report, zipped, seconds = _exported(task, place, prep, batches)
        if not wanted():
            return None
        place.replace(path)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    took = time.perf_counter() - began
    return Exported(
        path, stage, report.bytes, zipped, report.max_abs, report.tolerance, seconds, took, stamp_of(path)
    )  # fmt: skip


def _make(folder: Path) -> None:
    try:
        folder.mkdir()
    except OSError as error:
        raise PanelError(f"nothing can be written into {folder.parent} ({error.strerror}): name another") from error


def _exported(task: Task, path: Path, prep: Preprocess | None, batches: Any) -> tuple[onnx.Report, int, float]:
    """The report, the zipped size in bytes, and the seconds of one call."""
    if isinstance(task, Classifier) and prep is not None:
        shipped = ship(task, prep, path)
        return shipped.report, shipped.zipped, shipped.onnxruntime_seconds
    example = example_of(batches)
    metadata = {"preprocess": json.dumps(asdict(prep))} if prep is not None else {}
    metadata |= {"classes": json.dumps(task.classes)} if isinstance(task, Classifier) else {}
    report = onnx.export(bake(task.model).eval(), example, path, metadata=metadata)
    return report, onnx.summary(path).zipped, float(onnx.latency(path, example))
