"""What a run measured, as flat named numbers: for metrics.json and for the printed table."""

import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path

import torch

__all__ = ["Metrics", "machine", "table", "write_metrics"]

Metrics = dict[str, float | int | str]
"""Dotted names to values: `accuracy.finetuned`, `seconds.total`, ..."""

_ROWS = (
    ("accuracy, fine-tuned", "accuracy.finetuned", "{:.3f}"),
    ("accuracy, from scratch, equal steps", "accuracy.scratch", "{:.3f}"),
    ("accuracy, pruned and fine-tuned again", "accuracy.pruned", "{:.3f}"),
    ("parameters", "parameters", "{:,}"),
    ("zeros among the weights pruning may touch", "zeros", "{:.1%}"),
    ("zeros among all parameters", "zeros_all", "{:.1%}"),
    ("checkpoint, MB", "bytes.checkpoint", "{:mb}"),
    ("ONNX file, MB", "bytes.onnx", "{:mb}"),
    ("ONNX file zipped, MB", "bytes.onnx_zipped", "{:mb}"),
    ("weights not pruned, zipped, MB", "bytes.dense_zipped", "{:mb}"),
    ("latency of one image, torch, ms", "latency_ms.torch", "{:.1f}"),
    ("latency of one image, onnxruntime, ms", "latency_ms.onnxruntime", "{:.1f}"),
    ("largest difference of logits, ONNX to torch", "parity.max_abs", "{:.1e}"),
    ("whole run, s", "seconds.total", "{:.0f}"),
)


def table(metrics: Mapping[str, float | int | str]) -> list[tuple[str, str]]:
    """Rows (what, value) for people, of those things that were measured.

    Examples:
        >>> table({"accuracy.finetuned": 0.8712, "bytes.onnx": 13_600_000})
        [('accuracy, fine-tuned', '0.871'), ('ONNX file, MB', '13.6')]
    """
    rows = []
    for label, key, form in _ROWS:
        if key in metrics:
            value = metrics[key]
            rows.append((label, f"{float(value) / 1e6:.1f}" if form == "{:mb}" else form.format(value)))
    return rows


def machine() -> Metrics:
    """What the figures were measured on: processors, threads, Python and torch."""
    return {
        "machine.system": f"{platform.system()} {platform.machine()}",
        "machine.cpus": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "machine.threads": torch.get_num_threads(),
        "machine.python": platform.python_version(),
        "machine.torch": torch.__version__,
    }


def write_metrics(metrics: Mapping[str, float | int | str], path: Path) -> None:
    """Writes metrics as JSON with sorted keys, all at once: a reader never sees half a file."""
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(dict(metrics), indent=2, sort_keys=True) + "\n", encoding="utf-8")
    partial.replace(path)
