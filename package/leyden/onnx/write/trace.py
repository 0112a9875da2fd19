"""From a network to an ONNX model with torch's exporter, kept silent and tidied up."""

import inspect
import io
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from importlib import import_module
from typing import Any, Literal, TypeAlias, TypeVar

import onnx
import onnx_ir
import torch
from onnx_ir.passes import common as passes
from onnxscript import optimizer, rewriter
from onnxscript.rewriter.rules import common as rules
from torch import nn
from torch.onnx._internal import _lazy_import

from leyden.errors import ExportError
from leyden.onnx.lower.registering import recorded_by
from leyden.onnx.write.call import Call
from leyden.onnx.write.functions import Calls, add_bodies_
from leyden.onnx.write.integers import store_integers_
from leyden.onnx.write.network import network_name
from leyden.onnx.write.renaming import rename_values_

__all__ = ["BatchNorm", "opset_of", "trace"]

BatchNorm: TypeAlias = Literal["fold", "keep"]
"""What becomes of batch normalisation: folded into the layer before it where possible, or kept as a node of its own."""

_LOGGERS = ("torch.onnx", "torch.export", "torch.fx", "torch._dynamo", "onnxscript", "onnx_ir")
_KEPT = ("pkg.torch.onnx.name_scopes", "pkg.torch.onnx.class_hierarchy")  # the rest holds paths of the user's machine
_SHOWN = frozenset(("Reshape", "Transpose", "Unsqueeze"))
_TAKERS = frozenset(("Add", "CastLike", "Gemm", "MatMul", "Mul", "PRelu"))
_RULES = [
    rules.add_0_rule, rules.cast_cast_rule, rules.collapse_slice_rule, rules.collapse_slice2_rule, rules.div_by_1_rule,
    rules.dropout_inference_rule, rules.materialize_reshape_shape_rule, rules.mul_by_1_rule, rules.no_op_cast_rule,
    rules.no_op_expand_rule, rules.no_op_transpose_rule, rules.reshape_reshape_rule, rules.squeeze_reshape_1d_rule,
    rules.sub_0_rule, rules.transpose_transpose_rule, rules.unsqueeze_unsqueeze_rule,
]  # fmt: skip
_KNOWN = (r"_check_is_size will be removed", r"The tensor attributes? self\._flat_weights")  # torch's own LSTM
_EXPORTERS = r"(torch|onnxscript|onnx_ir|copyreg|leyden\.onnx)(\.|$)"
_Answer = TypeVar("_Answer")
_ONE_AT_A_TIME = threading.Lock()  # two traces at once break each other inside torch


def trace(
    net: nn.Module, call: Call, *, batchnorm: BatchNorm, opset: int | None, outputs: Sequence[str]
) -> onnx.ModelProto:
    """Trace a network, which must be in evaluation mode, into an ONNX model that holds its weights.

    Raises:
        ExportError: torch cannot trace the network, fixes an axis that should be free, or cannot reach the opset.
    """
    wide = call.widened()
    positional, keywords = wide.arguments()
    specs, named = call.arguments(call.axes)
    inner = [f"leyden.{i}" for i in range(len(call.names) + len(outputs))]  # the exporter lets chosen names collide
    shapes = dict(inspect.signature(net.forward).bind(*specs, **named).arguments)
    calls = Calls()
    try:
        with _ONE_AT_A_TIME, _silence(), torch.no_grad():
            with recorded_by(calls), _kept_translations():
                program = torch.onnx.export(
                    net, positional, kwargs=keywords, dynamic_shapes=shapes, opset_version=opset, dynamo=True,
                    input_names=inner[: len(call.names)], output_names=inner[len(call.names) :], verbose=False,
                    optimize=batchnorm == "fold",
                )  # fmt: skip
            calls.check()
            assert program is not None  # it is None for the older exporter only
            if batchnorm == "keep":
                _simplify(program.model)
            model = program.model_proto
            add_bodies_(model, calls, opset=opset)
            store_integers_(model)
    except Exception as error:  # torch traces the user's own code
        raise ExportError(_story(net, error)) from error
    _tidy(model)
    rename_values_(model.graph, dict(zip(inner, (*call.names, *outputs), strict=True)))
    _check(model, call, opset)
    return model


@contextmanager
def _kept_translations() -> Iterator[None]:
    """Exports inside share one list of what the exporter knows of each operator, if torch keeps it where 2.13 does.

    It asks for the list at every export, and onnxscript reads 497 functions from their source each time: measured,
    .75 s of the 1.1 s that a second export of one linear layer takes.
    """
    name = getattr(getattr(_lazy_import, "onnxscript_apis", None), "_name", None)
    held = vars(import_module(name)) if name else {}
    asked = held.get("get_torchlib_ops")
    if asked is None:
        yield
        return
    held["get_torchlib_ops"] = _once(asked)
    try:
        yield
    finally:
        held["get_torchlib_ops"] = asked


@cache
def _once(asked: Callable[[], _Answer]) -> Callable[[], _Answer]:
    return cache(asked)


def _simplify(model: onnx_ir.Model) -> None:
    """Do what optimize=True does, less the rules that fold batch normalisation, and less what loses a weight's name.

    A matrix stays as the network has it, and is transposed in the file, so that others can share it.
    """
    weights = frozenset(model.graph.initializers)
    for _ in range(2):
        optimizer.fold_constants(model, should_fold=lambda node: None if _is_free(node, weights) else False)
        rewriter.rewrite(model, _RULES)
    passes.LiftConstantsToInitializersPass(lift_all_constants=True, size_limit=0)(model)
    _drop_zero_biases_(model, weights)
    passes.RemoveUnusedNodesPass()(model)
    passes.CommonSubexpressionEliminationPass()(model)
    passes.OutputFixPass()(model)
    passes.NameFixPass()(model)


def _is_free(node: onnx_ir.Node, weights: frozenset[str]) -> bool:
    """Say whether a node may be computed beforehand: not what shows a weight to a product or a sum in another shape."""
    shows = node.op_type in _SHOWN and node.inputs[0] is not None and node.inputs[0].name in weights
    return not shows or not all(use.node.op_type in _TAKERS for use in node.outputs[0].uses())


def _drop_zero_biases_(model: onnx_ir.Model, weights: frozenset[str]) -> None:
    """Leave out the biases of zeros that the exporter makes for convolutions without one; those of the network stay."""
    for node in model.graph.all_nodes():
        bias = node.inputs[2] if node.op_type in ("Conv", "ConvTranspose") and len(node.inputs) > 2 else None
        if bias is None or bias.const_value is None or bias.name in weights:
            continue
        if not bias.const_value.numpy().any():
            node.resize_inputs(2)


def opset_of(model: onnx.ModelProto) -> int:
    """Give the version of ONNX's own operators that a model is written in."""
    return next((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), 0)


def _tidy(model: onnx.ModelProto) -> None:
    """Drop what the exporter writes for its own debugging, and shapes that it may have got wrong."""
    graph = model.graph
    del graph.value_info[:]  # measured: an LSTM's time axis is written as a fixed size though it is free
    del graph.metadata_props[:]
    del model.metadata_props[:]
    for part in (*graph.node, *graph.input, *graph.output, *graph.initializer, *model.functions):
        kept = [entry for entry in part.metadata_props if entry.key in _KEPT]
        del part.metadata_props[:]
        part.metadata_props.extend(kept)


def _check(model: onnx.ModelProto, call: Call, opset: int | None) -> None:
    faults = []
    names = [value.name for value in model.graph.input]
    if names != list(call.names):
        raise ExportError(f"the exporter took {', '.join(call.names)} and wrote the inputs {', '.join(names)}")
    for value, axes in zip(model.graph.input, call.axes, strict=True):
        for axis, label in axes.items():
            size = value.type.tensor_type.shape.dim[axis]
            if size.dim_param != label:
                faults.append(
                    f"axis {axis} of {value.name} should be free ({label!r}) but the network ties it to "
                    f"{size.dim_param or size.dim_value}; say so with dynamic={{{value.name!r}: {{...}}}}, or find the "
                    "Python code that depends on its size"
                )
    reached = opset_of(model)
    if opset not in (None, reached):
        faults.append(f"the exporter cannot convert this network to opset {opset}, only to {reached}")
    if faults:
        raise ExportError("; ".join(faults))


def _story(net: nn.Module, error: Exception) -> str:
    """Say in a line or two why the exporter failed: it wraps the cause in pages of advice."""
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    if isinstance(cause, ExportError):
        return str(cause)
    lines = [line.strip() for line in str(cause).splitlines() if line.strip()] or ["no reason given"]
    first = " ".join(lines[: 2 if lines[0].endswith(":") else 1])
    story = f"torch cannot trace {network_name(net)}: {type(cause).__name__}: {first}"
    if "inferred a static shape" in first:
        story += (
            ". The network works at that size only: fix the axis with dynamic={input: {axis: name}}, which lists the "
            "free axes, {} for none"
        )
    if "data-dependent" in first:
        story += (
            ". Its Python code decides on the values of a tensor, which a graph cannot: compute both ways and choose "
            "with torch.where, or use torch.cond"
        )
    return story


@contextmanager
def _silence() -> Iterator[None]:
    """Keep what the exporter logs, prints and warns of itself from the user; other threads print as before."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        with (
            warnings.catch_warnings(),
            redirect_stdout(_Muffled(sys.stdout)),
            redirect_stderr(_Muffled(sys.stderr)),
        ):
            warnings.filterwarnings("ignore", module=_EXPORTERS)
            for message in _KNOWN:
                warnings.filterwarnings("ignore", message)
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


class _Muffled(io.TextIOBase):
    """A stream that drops what the thread that made it writes and passes on what others do."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._thread = threading.get_ident()

    def write(self, text: str) -> int:
        return len(text) if threading.get_ident() == self._thread else self._stream.write(text)

    def flush(self) -> None:
        self._stream.flush()
