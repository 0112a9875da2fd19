"""ONNX files: written only when proven equal to the network; read, run and timed; and made networks of torch again.

`onnx`, `onnx_ir`, `onnxscript` and `onnxruntime` live in this room only; each name loads what it needs on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leyden.onnx.graph import Edge, Node, Weight
    from leyden.onnx.loading import load
    from leyden.onnx.lower.given import Origin
    from leyden.onnx.lower.registering import register, unregister
    from leyden.onnx.lower.result.imported import Imported
    from leyden.onnx.lower.safety.limits import Limits
    from leyden.onnx.lower.trainable import Held, Inventory, inventory
    from leyden.onnx.overview import Summary, summary
    from leyden.onnx.session import Latency, Session, latency, run
    from leyden.onnx.slices import as_slices
    from leyden.onnx.value import Value
    from leyden.onnx.write.exporter import export
    from leyden.onnx.write.parity import Case, Parity, verify
    from leyden.onnx.write.report import Report

__all__ = [
    "Case", "Edge", "Held", "Imported", "Inventory", "Latency", "Limits", "Node", "Origin", "Parity", "Report",
    "Session", "Summary", "Value", "Weight", "as_slices", "export", "inventory", "latency", "load", "register", "run",
    "summary", "unregister", "verify",
]  # fmt: skip

__dir__ = __all__.copy  # what completion offers before anything is loaded


def __getattr__(name: str) -> Any:
    homes = import_module("leyden.onnx.homes").HOMES
    if name not in homes:
        raise AttributeError(f"leyden.onnx has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"leyden.onnx.{homes[name]}"), name)
