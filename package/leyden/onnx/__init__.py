"""ONNX files: written only when they are proven equal to the network, and read, run and timed in plain Python.

`onnx`, `onnx_ir`, `onnxscript` and `onnxruntime` live in this room only. Each name loads what it needs on first use:
making a network of a file needs no onnxruntime.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leyden.onnx.graph import Edge, Node, Weight
    from leyden.onnx.lower.loading import load
    from leyden.onnx.overview import Summary, summary
    from leyden.onnx.session import Latency, Session, latency, run
    from leyden.onnx.value import Value
    from leyden.onnx.write.exporter import export
    from leyden.onnx.write.parity import Case, Parity, verify
    from leyden.onnx.write.report import Report

_HOMES = {
    "Case": "write.parity", "Edge": "graph", "Latency": "session", "Node": "graph", "Parity": "write.parity",
    "Report": "write.report", "Session": "session", "Summary": "overview", "Value": "value", "Weight": "graph",
    "export": "write.exporter", "latency": "session", "load": "lower.loading", "run": "session", "summary": "overview",
    "verify": "write.parity",
}  # fmt: skip

__all__ = [
    "Case", "Edge", "Latency", "Node", "Parity", "Report", "Session", "Summary", "Value", "Weight", "export", "latency",
    "load", "run", "summary", "verify",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"leyden.onnx has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"leyden.onnx.{_HOMES[name]}"), name)
