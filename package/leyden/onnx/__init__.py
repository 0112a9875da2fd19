"""ONNX files: written only when they are proven equal to the network, and read, run and timed in plain Python.

`onnx`, `onnxscript` and `onnxruntime` live in this room only.
"""

from leyden.onnx.graph import Edge, Node, Weight
from leyden.onnx.overview import Summary, summary
from leyden.onnx.session import Latency, Session, latency, run
from leyden.onnx.value import Value
from leyden.onnx.write.exporter import export
from leyden.onnx.write.parity import Case, Parity, verify
from leyden.onnx.write.report import Report

__all__ = [
    "Case", "Edge", "Latency", "Node", "Parity", "Report", "Session", "Summary", "Value", "Weight", "export", "latency",
    "run", "summary", "verify",
]  # fmt: skip
