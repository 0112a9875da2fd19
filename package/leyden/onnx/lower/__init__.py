"""From the nodes of a file to the graph of a network."""

import leyden.onnx.arguments
import leyden.onnx.control
import leyden.onnx.layers
import leyden.onnx.ops  # these fill the tables
from leyden.onnx.lower.given import Given, Origin
from leyden.onnx.lower.loading import load

__all__ = ["Given", "Origin", "load"]
