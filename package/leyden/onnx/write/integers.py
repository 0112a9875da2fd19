"""Quantised weights of an exported file as the integers they are: a quarter of the bytes, and integer kernels."""

from collections import Counter
from typing import final

import numpy as np
import onnx
from onnx import helper, numpy_helper

__all__ = ["store_integers_"]

_BIASED = ("Conv", "ConvTranspose", "Gemm")
_LARGEST = 2**31 - 1


def store_integers_(model: onnx.ModelProto) -> None:
    """Quantise the weights of a file that it would quantise itself at each run, and biases between such, in place."""
    graph = _Graph(model.graph)
    if any(node.op_type == "QuantizeLinear" for node in model.graph.node):
        graph.store_weights_()
        graph.store_biases_()
        graph.sweep_()


@final
class _Graph:
    """A graph, with what its values are looked up by."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self.graph = graph
        self.held = {tensor.name: tensor for tensor in graph.initializer}
        self.made = {output: node for node in graph.node for output in node.output}

    def store_weights_(self) -> None:
        """Put integers in the place of QuantizeLinear of a known tensor."""
        kept = []
        for node in self.graph.node:
            if node.op_type == "QuantizeLinear" and all(name in self.held for name in node.input):
                value, scale, point = (numpy_helper.to_array(self.held[name]) for name in node.input)
                axis = next((entry.i for entry in node.attribute if entry.name == "axis"), 1)
                self._hold(_quantised(value, scale, point, axis), f"{node.input[0]}_quantized", node.output[0])
            else:
                kept.append(node)
        del self.graph.node[:]
        self.graph.node.extend(kept)

    def store_biases_(self) -> None:
        """Give a layer of quantised inputs a bias of integers, without which it is computed in floating point."""
        uses = Counter(name for node in self.graph.node for name in node.input)
        nodes = []
        for node in self.graph.node:
            name = node.input[2] if node.op_type in _BIASED and len(node.input) > 2 else ""
            scale = self._scale(node) if uses[name] == 1 and name in self.held else None
            if scale is not None:
                steps = np.rint(numpy_helper.to_array(self.held[name]).astype(np.float64) / scale)
                if np.abs(steps).max(initial=0) < _LARGEST:
                    nodes.append(self._dequantised(name, steps.astype(np.int32), scale))
                    node.input[2] = nodes[-1].output[0]
            nodes.append(node)
        del self.graph.node[:]
        self.graph.node.extend(nodes)

    def sweep_(self) -> None:
        """Drop the tensors that nobody takes any more."""
        taken = {name for node in self.graph.node for name in node.input} | {value.name for value in self.graph.output}
        kept = [tensor for tensor in self.graph.initializer if tensor.name in taken]
        del self.graph.initializer[:]
        self.graph.initializer.extend(kept)

    def _hold(self, value: np.ndarray, name: str, instead_of: str = "") -> str:
        free = next(free for i in range(len(self.held) + 1) if (free := f"{name}_{i}" if i else name) not in self.held)
        self.held[free] = numpy_helper.from_array(value, free)
        self.graph.initializer.append(self.held[free])
        for node in self.graph.node if instead_of else ():
            node.input[:] = [free if taken == instead_of else taken for taken in node.input]
        return free

    def _scale(self, node: onnx.NodeProto) -> np.ndarray | None:
        """Give the product of the scales of what a layer multiplies; None if one of them is not quantised."""
        scales = []
        for name in node.input[:2]:
            maker = self.made.get(name)
            if maker is None or maker.op_type != "DequantizeLinear" or maker.input[1] not in self.held:
                return None
            scales.append(numpy_helper.to_array(self.held[maker.input[1]]))
        plain = all(entry.f == 1 for entry in node.attribute if entry.name in ("alpha", "beta"))
        grouped = node.op_type == "ConvTranspose" and scales[1].size > 1
        return np.asarray(scales[0] * scales[1], np.float32) if plain and scales[0].size == 1 and not grouped else None

    def _dequantised(self, name: str, steps: np.ndarray, scale: np.ndarray) -> onnx.NodeProto:
        inputs = [self._hold(steps, f"{name}_quantized"), self._hold(scale, f"{name}_scale")]
        node = helper.make_node("DequantizeLinear", inputs, [f"{name}_dequantized"], name=f"{name}_dequantized")
        if scale.size > 1:
            node.attribute.append(helper.make_attribute("axis", 0))
        return node


def _quantised(value: np.ndarray, scale: np.ndarray, point: np.ndarray, axis: int) -> np.ndarray:
    limits = np.iinfo(point.dtype)
    if scale.size > 1:
        shape = [-1 if i == axis % value.ndim else 1 for i in range(value.ndim)]
        scale, point = scale.reshape(shape), point.reshape(shape)
    steps = np.rint(value / scale) + point.astype(np.float32)
    return np.clip(steps, limits.min, limits.max).astype(limits.dtype)
