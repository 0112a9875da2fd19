"""What is wrong with an export, found before any work begins: all faults at once."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import onnx
import torch
from torch import nn

from leyden.errors import ExportError
from leyden.onnx.reader import LIMIT
from leyden.onnx.write.call import Axes, Call
from leyden.onnx.write.trace import BatchNorm

__all__ = ["RESERVED", "Wish", "admit", "check_example"]

RESERVED = "leyden."
"""Metadata keys that begin so are leyden's own."""


@dataclass(frozen=True)
class Wish:
    """How an export should be, as asked; `leyden.onnx.export` says what each part means."""

    path: Path
    batch_sizes: tuple[int, ...] = (1, 2, 7)
    tolerance: float = 1e-4
    batchnorm: BatchNorm = "fold"
    opset: int | None = None
    input_names: Sequence[str] | None = None
    output_names: Sequence[str] | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    dynamic: Mapping[str, Axes] = field(default_factory=dict)
    sizes: Mapping[str, Sequence[int]] = field(default_factory=dict)


def admit(wish: Wish, net: nn.Module) -> None:
    """Check what can be checked without an example.

    Raises:
        ExportError: Something is wrong; the message lists everything that is.
    """
    faults = _path_faults(wish.path)
    if not wish.batch_sizes or min(wish.batch_sizes) < 1:
        faults.append(f"batch_sizes must be one or more sizes of at least 1; given: {wish.batch_sizes}")
    if not (wish.tolerance > 0 and math.isfinite(wish.tolerance)):
        faults.append(f"tolerance must be a number above 0; given: {wish.tolerance}")
    if wish.batchnorm not in ("fold", "keep"):
        faults.append(f"batchnorm must be 'fold' or 'keep'; given: {wish.batchnorm!r}")
    newest = onnx.defs.onnx_opset_version()
    if wish.opset is not None and not 7 <= wish.opset <= newest:
        faults.append(f"opset must be from 7 to {newest}; given: {wish.opset}")
    reserved = [key for key in wish.metadata if not key or key.startswith(RESERVED)]
    if reserved:
        faults.append(f"metadata keys must not be empty or begin with {RESERVED!r}; given: {reserved}")
    names = [*(wish.input_names or ()), *(wish.output_names or ())]
    if len(set(names)) < len(names) or "" in names:
        faults.append(f"the names of inputs and outputs must differ and not be empty; given: {names}")
    weights = [*net.parameters(), *net.buffers()]
    if any(tensor.dtype == torch.bfloat16 for tensor in weights):
        faults.append("onnxruntime cannot run bfloat16 on the CPU, so nothing could be proven: export net.float()")
    size = sum(tensor.numel() * tensor.element_size() for tensor in weights)
    if size > LIMIT:
        faults.append(f"the network's weights take {size} bytes and one ONNX file holds {LIMIT} at most")
    if faults:
        raise ExportError("; ".join(faults))


def check_example(wish: Wish, call: Call) -> None:
    """Check an example that is bound to the network's parameters against what was asked.

    Raises:
        ExportError: Something is wrong; the message lists everything that is.
    """
    shapes = dict(zip(call.names, (tuple(tensor.shape) for tensor in call.tensors), strict=True))
    faults = [f"{name} holds no element (shape {shape})" for name, shape in shapes.items() if math.prod(shape) == 0]
    for name, axes in wish.dynamic.items():
        if name not in shapes:
            faults.append(f"dynamic names the input {name!r}; the inputs are {', '.join(shapes)}")
            continue
        wrong = [axis for axis, label in axes.items() if not 0 <= axis < len(shapes[name]) or not label]
        if wrong:
            faults.append(f"dynamic: {name} of shape {shapes[name]} has no axes {wrong}, or they are given no name")
    faults += [] if faults else call.conflicts()
    labels = sorted(call.sizes) if not faults else []
    for label, values in wish.sizes.items():
        if labels and (label not in labels or label == "batch"):
            faults.append(f"sizes names the axis {label!r}; batch_sizes is for 'batch', and the free axes are {labels}")
        if not values or min(values) < 1:
            faults.append(f"sizes[{label!r}] must be one or more sizes of at least 1; given: {tuple(values)}")
    if faults:
        raise ExportError("; ".join(faults))


def _path_faults(path: Path) -> list[str]:
    if path.suffix != ".onnx":
        return [f"the path must end in .onnx, so that an export never replaces another kind of file; given: {path}"]
    try:
        is_folder = path.is_dir()
    except OSError as error:  # such as a name of more than 255 bytes
        return [f"no file can have this path ({error.strerror}); give another: {str(path)[:60]}..."]
    if is_folder:
        return [f"{path} is a folder; give the path of a file in it"]
    if not path.parent.is_dir():
        return [
            f"the folder {path.parent} does not exist; make it first: Path({str(path.parent)!r}).mkdir(parents=True)"
        ]
    return []
