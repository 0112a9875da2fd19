"""Out of the notebook: a verified ONNX file that knows its classes and its preprocessing, and how fast it is."""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import torch

from leyden import onnx
from leyden.errors import ExportError
from leyden.prune import bake
from leyden.train import Classifier
from leyden.vision import Preprocess

__all__ = ["Shipped", "ship"]


@dataclass(frozen=True)
class Shipped:
    """A written file: its verification, its size zipped (bytes), and the median seconds of one image."""

    report: onnx.Report
    zipped: int
    torch_seconds: float
    onnxruntime_seconds: float


def ship(
    task: Classifier, prep: Preprocess, path: Path | str, *, tolerance: float = 1e-4, repeats: int = 30
) -> Shipped:
    """Writes a trained task as ONNX, verified against onnxruntime, and times it on one image.

    Masks are baked in: the file holds plain weights, zeros where they were pruned. Class names and preprocessing go
    into the file's metadata, as `classes` (a JSON list) and `preprocess` (a JSON object), so the file is enough to
    classify a picture with.

    Args:
        task: what to write; it stays as it was.
        prep: the preprocessing bound to its weights.
        path: the file; replaced only once the new one has been verified.
        tolerance: largest absolute difference of logits that is let through.
        repeats: timed calls of each runtime.

    Returns:
        The verification and the timings; both runtimes use torch's present number of threads.

    Raises:
        ExportError: it is no classifier, or the file does not compute what the network computes; `path` keeps what it
            held.
    """
    if not isinstance(task, Classifier):
        kind = type(task).__name__
        raise ExportError(
            f"ship writes a leyden.train.Classifier with its classes; given a {kind}: any network is written by "
            "leyden.onnx.export(network, example, path)"
        )
    network = bake(task.model).eval()
    example = torch.zeros(1, prep.channels, prep.size, prep.size)
    metadata = {"classes": json.dumps(task.classes, ensure_ascii=False), "preprocess": json.dumps(asdict(prep))}
    report = onnx.export(network, example, path, tolerance=tolerance, metadata=metadata)
    threads = torch.get_num_threads()
    timing = onnx.latency(path, example, repeats=repeats, threads=threads)
    return Shipped(report, onnx.summary(path).zipped, _seconds(network, example, repeats), timing.median)


def _seconds(network: torch.nn.Module, example: torch.Tensor, repeats: int) -> float:
    seconds = []
    with torch.inference_mode():
        for _ in range(repeats + 3):
            start = time.perf_counter()
            network(example)
            seconds.append(time.perf_counter() - start)
    return median(seconds[3:])
