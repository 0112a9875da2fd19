"""An ONNX file as a network of torch, which can be trained, pruned, edited and exported again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import onnx
from torch import fx

from leyden.errors import OnnxImportError
from leyden.onnx import arguments, control, layers, ops
from leyden.onnx.lower.builder import Builder, Shared
from leyden.onnx.lower.ready.preparing import prepare
from leyden.onnx.lower.safety.budget import OverBudget
from leyden.onnx.lower.safety.limits import Limits
from leyden.onnx.lower.source.opening import Opened, describe

__all__ = ["load"]


def load(
    source: str | Path | bytes | onnx.ModelProto, *, mode: Literal["eval", "train"] = "eval",
    dynamic: Mapping[str, Mapping[int, str]] | None = None, limits: Limits | None = None,
) -> fx.GraphModule:  # fmt: skip
    """Make a network of an ONNX file.

    Layers with known weights become layers of torch, with one parameter for each tensor of the file; all else becomes
    calls of plain functions. The file may come from a stranger: nothing in it is executed, and what it asks for is
    measured before it is allocated. Large weights are read straight into parameters: memory for them is needed once.
    `network.meta["onnx"]` keeps what the file says of itself, `node.meta["onnx"]` where a node comes from. The network
    does not check what it is called with: an axis of fixed size takes other sizes wherever the operators do.

    Args:
        source: Path of a file, its content, or a model that was read already, which stays as it is. Weights that the
            file keeps in other files are read from its folder, and from nowhere else.
        mode: "train" gives it in training mode, in which Dropout drops and statistics are updated; see
            `leyden.onnx.inventory` for what is trainable and what is not.
        dynamic: Names for axes of inputs: `{"image": {0: "batch"}}` frees an axis whose size the file fixes. What the
            file computes with that size, as the target of a Reshape, stays as it is.
        limits: What the file may ask for; the defaults of `Limits` if left out.

    Raises:
        OnnxImportError: The file is broken, asks for too much, or has operators that nobody knows, all of them named.

    Examples:
        >>> import torch
        >>> text = "double (float[batch, 2] x) => (float[batch, 2] y) <float two = {2}> { y = Mul(x, two) }"
        >>> network = load(onnx.parser.parse_model(f'<ir_version: 10, opset_import: ["" : 20]> {text}'))
        >>> network(torch.ones(1, 2)), str(network.meta["onnx"].inputs[0])
        (tensor([[2., 2.]]), 'x: float32[batch, 2]')
    """
    if mode not in ("eval", "train"):
        raise OnnxImportError(f"mode must be 'eval' or 'train'; given: {mode!r}")
    return _made(source, dynamic or {}, Limits() if limits is None else limits).train(mode == "train")


def _made(
    source: str | Path | bytes | onnx.ModelProto, dynamic: Mapping[str, Mapping[int, str]], limits: Limits
) -> fx.GraphModule:
    shared = Shared({})
    try:
        with Opened(source, limits) as opened:
            ready = prepare(opened, describe(source), dynamic, limits)
            shared = Shared(ready.opsets, budget=ready.budget, nodes=limits.nodes)
            network = Builder(ready.graph, shared).build()
    except OverBudget as error:
        raise OnnxImportError(f"{describe(source)}: {_place(shared)}{error} (Limits.fold_bytes)") from error
    except Exception as error:  # the one place where whatever a file can break gets its context
        raise OnnxImportError(f"{describe(source)}: {_place(shared)}{_said(error)}") from error
    network.meta["onnx"] = ready.imported
    return network


def _place(shared: Shared) -> str:
    node = shared.current
    if node is None:
        return ""
    return f"{node.op_type} {node.name or ', '.join(value.name or '' for value in node.outputs)!r}: "


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, OnnxImportError) else f"{type(error).__name__}: {error}"
