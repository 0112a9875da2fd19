"""Writing ONNX files: how a network is called, traced, compared and put in place."""

from leyden.onnx.write.exporter import export
from leyden.onnx.write.parity import Case, Parity, verify
from leyden.onnx.write.report import Report

__all__ = ["Case", "Parity", "Report", "export", "verify"]
