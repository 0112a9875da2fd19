"""Convolutions of volumes written as those of slices, which onnxruntime's CPU provider runs in much less time."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from leyden.errors import OnnxError
from leyden.onnx.lower.ready.cleaning import opsets_of
from leyden.onnx.lower.ready.inference import infer
from leyden.onnx.reader import LIMIT, Source, read_model, walk

__all__ = ["as_slices"]

_OPSET = 15
"""The first in which Shape gives some of the axes."""
_BLOCK = 16
"""Channels that onnxruntime's kernels for pictures compute at once, with AVX-512."""
_VOLUME = 5
"""Axes: batch, channel and three of space."""
_AHEAD = [0, 2, 1, 3, 4]
"""The order of axes that has depth before channels, and the one back."""


def as_slices(source: Source) -> bytes:
    """Write a file's convolutions of volumes as convolutions of slices, for onnxruntime's CPU provider.

    onnxruntime has fast kernels for pictures only. Here each plane goes with its neighbours, side by side as channels,
    through one convolution of pictures; and what is resized along three axes is multiplied with a matrix for each.
    Answers differ by rounding; inputs, outputs and the sizes that the file takes stay. Networks for segmentation take
    six to eight tenths of the time on a processor with AVX-512, and three times the memory for what lies between
    layers: a window of 96 x 96 x 96 through a U-Net of 8 channels 470 MiB in place of 160. What is not finite spreads
    along a resized axis. For another provider than the CPU's the file is better left as it is.

    What is not written anew: convolutions in groups, with weights that are no constants of 32 bits, with one plane or
    `auto_pad`; transposed ones; what is in branches and loops; and files before opset 15.

    Args:
        source: Path of a file, or its content; it stays as it is.

    Returns:
        The content of the new file, with its weights; that of the source where there is nothing to write anew.

    Raises:
        OnnxError: The source cannot be read, or would take more than 2 GiB in one file.

    Examples:
        >>> from leyden.onnx import Session
        >>> weight = numpy_helper.from_array(np.ones((1, 1, 3, 3, 3), np.float32), "w")
        >>> takes, gives = (helper.make_tensor_value_info(name, 1, [1, 1, "z", "y", "x"]) for name in "xy")
        >>> node = helper.make_node("Conv", ["x", "w"], ["y"], pads=[1] * 6)
        >>> graph = helper.make_graph([node], "sums", [takes], [gives], [weight])
        >>> model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
        >>> file = as_slices(model.SerializeToString())
        >>> Session(file)(np.ones((1, 1, 3, 3, 3), np.float32))[0][0, 0, 1, 1].tolist()
        [18.0, 27.0, 18.0]
    """
    model, _ = read_model(source)
    if model.ByteSize() > LIMIT:
        raise OnnxError(f"a file of {model.ByteSize()} bytes: one file holds {LIMIT} at most; run it as it is")
    opsets = opsets_of(model)
    if opsets.get("", 0) >= _OPSET:
        _Writer(model.graph, _volumes(infer(model, opsets).graph)).write()
    return model.SerializeToString()


@dataclass(frozen=True)
class _Convolution:
    """A convolution of volumes with what stands in its attributes."""

    weight: np.ndarray
    bias: np.ndarray | None
    strides: list[int]
    dilations: list[int]
    pads: list[int]

    @property
    def planes(self) -> int:
        """How many planes of the output are made at once: two where one would not fill a block of channels."""
        plain = self.strides[0] == self.dilations[0] == 1
        return 2 if plain and (2 * len(self.weight) <= _BLOCK or 2 * self.weight.shape[1] < _BLOCK) else 1

    @property
    def taps(self) -> int:
        """How many planes of the input they need."""
        return self.weight.shape[2] + self.planes - 1

    @property
    def span(self) -> int:
        """Planes of the input, with those beyond its ends, that one of the output covers; less those beyond."""
        return (self.weight.shape[2] - 1) * self.dilations[0] + 1 - self.pads[0] - self.pads[3]

    def flat(self) -> np.ndarray:
        """The weight for planes side by side: `plane*channel tap*channel y x`."""
        channels, given, depth = self.weight.shape[:3]
        flat = np.zeros((self.planes, channels, self.taps, given, *self.weight.shape[3:]), np.float32)
        for plane in range(self.planes):
            flat[plane, :, plane : plane + depth] = self.weight.swapaxes(1, 2)
        return flat.reshape(self.planes * channels, self.taps * given, *self.weight.shape[3:])


class _Writer:
    """A graph that is written anew, node by node."""

    def __init__(self, graph: onnx.GraphProto, volumes: set[str]) -> None:
        self._volumes = volumes
        self._graph, self._nodes, self._named = graph, list[onnx.NodeProto](), dict[tuple[object, ...], str]()
        given = {value.name for value in graph.input}  # whoever runs the file may replace these
        self._tensors = {tensor.name: tensor for tensor in graph.initializer if tensor.name not in given}
        self._makers = {name: node for node in graph.node for name in node.output}
        taken = {name for _, each in walk(graph) for node in each.node for name in (*node.input, *node.output)}
        taken |= {tensor.name for tensor in graph.initializer} | {value.name for value in (*graph.input, *graph.output)}
        self._prefix = "slices"
        while any(name.startswith(self._prefix) for name in taken):
            self._prefix += "_"

    def write(self) -> None:
        """Write every node anew that can be, and leave out the weights that nothing reads any more."""
        for node in self._graph.node:
            convolution = self._convolution(node)
            if convolution is not None:
                self._convolve(node, convolution)
            elif self._enlarges(node):
                self._enlarge(node)
            else:
                self._nodes.append(onnx.NodeProto.FromString(node.SerializeToString()))
        del self._graph.node[:]
        self._graph.node.extend(self._nodes)
        used = {name for _, each in walk(self._graph) for node in each.node for name in node.input}
        used |= {value.name for value in (*self._graph.input, *self._graph.output)}
        left = [tensor for tensor in self._graph.initializer if tensor.name in used]
        del self._graph.initializer[:]
        self._graph.initializer.extend(left)

    def _convolution(self, node: onnx.NodeProto) -> _Convolution | None:
        if node.op_type != "Conv" or node.domain not in ("", "ai.onnx"):
            return None
        held = [array for name in node.input[1:] if name and (array := self._array(name)) is not None]
        if len(held) < sum(map(bool, node.input[1:])) or any(array.dtype != np.float32 for array in held):
            return None
        weight, bias = held[0], held[1] if len(held) > 1 else None
        say = _attributes(node)
        if weight.ndim != _VOLUME or weight.shape[2] == 1:
            return None
        if say.get("group", 1) != 1 or say.get("auto_pad", b"NOTSET") != b"NOTSET":
            return None
        return _Convolution(
            weight, bias, say.get("strides", [1] * 3), say.get("dilations", [1] * 3), say.get("pads", [0] * 6)
        )

    def _convolve(self, node: onnx.NodeProto, made: _Convolution) -> None:
        """Depth to the batch's axis, planes that belong together to the channels', and back."""
        given, planes, pads = node.input[0], made.planes, made.pads
        side = self._constant([-1, made.taps * made.weight.shape[1]])
        sizes = self._add("Concat", side, self._sizes(given, 3, 5), axis=0)
        weights = [self._constant(made.flat(), np.float32)]
        weights += [] if made.bias is None else [self._constant(np.tile(made.bias, planes), np.float32)]
        flat = self._add(
            "Conv", self._add("Reshape", self._neighbours(given, made), sizes), *weights, strides=made.strides[1:],
            dilations=made.dilations[1:], kernel_shape=made.weight.shape[3:], pads=[pads[1], pads[2], pads[4], pads[5]],
        )  # fmt: skip
        channels = self._constant([-1, len(made.weight)])
        sizes = self._add("Concat", self._sizes(given, 0, 1), channels, self._sizes(flat, 2, 4), axis=0)
        volume = self._add("Reshape", flat, sizes)
        if planes > 1:  # of an odd depth one plane is too many
            volume = self._add("Slice", volume, self._constant([0]), self._reach(given, made), self._constant([1]))
        self._add("Transpose", volume, out=node.output[0], perm=_AHEAD)

    def _neighbours(self, given: str, made: _Convolution) -> str:
        """The planes that each of the output, or two at once, are made of: `batch group tap channel y x`."""
        planar = self._add("Transpose", given, perm=_AHEAD)
        begin, end = made.pads[0], made.pads[3] + made.planes - 1
        if begin or end:  # zeros beyond the ends; the last two planes at once may reach one further
            planar = self._add("Pad", planar, self._constant([0, begin, 0, 0, 0, 0, end, 0, 0, 0]))
        beyond = self._add("Squeeze", self._reach(given, made), self._constant([0]))
        firsts = self._add("Range", self._constant(0), beyond, self._constant(made.planes * made.strides[0]))
        steps = self._constant(np.arange(made.taps) * made.dilations[0])
        places = self._add("Add", self._add("Unsqueeze", firsts, self._constant([1])), steps)
        return self._add("Gather", planar, places, axis=1)

    def _reach(self, given: str, made: _Convolution) -> str:
        """How many places along the depth a kernel can begin at."""
        return self._add("Add", self._sizes(given, 2, 3), self._constant([1 - made.span]))

    def _enlarges(self, node: onnx.NodeProto) -> bool:
        """Whether a node resizes the three axes of space of a volume, each along itself."""
        if node.op_type != "Resize" or node.domain not in ("", "ai.onnx") or node.input[0] not in self._volumes:
            return False
        say = _attributes(node)
        apart = say.get("coordinate_transformation_mode") != b"tf_crop_and_resize" and not say.get("antialias")
        if not apart or say.get("axes") or say.get("keep_aspect_ratio_policy", b"stretch") != b"stretch":
            return False
        if len(node.input) > 2 and node.input[2]:
            scales = self._array(node.input[2])
            return scales is not None and bool((scales[:2] == 1).all())
        sizes = self._makers.get(node.input[3]) if len(node.input) > 3 else None
        return sizes is not None and sizes.op_type == "Concat" and self._keeps(node.input[0], list(sizes.input))

    def _keeps(self, given: str, sizes: list[str]) -> bool:
        """Whether sizes begin with batch and channels of what is given, and go on with three that are computed."""
        if len(sizes) != 2:
            return False
        first, rest = (self._makers.get(name) for name in sizes)
        if first is None or rest is None or first.op_type != "Shape" or list(first.input) != [given]:
            return False
        say = _attributes(first)
        return say.get("start", 0) == 0 and say.get("end") == 2 and rest.op_type == "Concat" and len(rest.input) == 3

    def _enlarge(self, node: onnx.NodeProto) -> None:
        """A product with one matrix an axis, which is the identity resized."""
        given = node.input[0]
        depth, height, width = (self._matrix(node, axis) for axis in (2, 3, 4))
        wide = self._add("MatMul", given, self._add("Transpose", width, perm=[1, 0]))
        high = self._add("MatMul", height, wide)
        rows = self._add("Reshape", high, self._constant([0, 0, 0, -1]))
        deep = self._add("MatMul", depth, rows)
        sizes = self._add("Concat", self._sizes(given, 0, 2), self._constant([-1]), self._sizes(high, 3, 5), axis=0)
        self._add("Reshape", deep, sizes, out=node.output[0])

    def _matrix(self, node: onnx.NodeProto, axis: int) -> str:
        size, one = self._sizes(node.input[0], axis, axis + 1), self._constant([1, 1])
        square = self._add("ConstantOfShape", self._add("Concat", size, size, axis=0))
        eye = self._add("Unsqueeze", self._add("EyeLike", square, dtype=onnx.TensorProto.FLOAT), self._constant([0, 1]))
        say = {
            name: value for name, value in _attributes(node).items()
            if name in ("mode", "coordinate_transformation_mode", "nearest_mode", "cubic_coeff_a", "exclude_outside")
        }  # fmt: skip
        begin, end = self._constant([axis]), self._constant([axis + 1])
        if node.input[2]:
            scale, whole = self._add("Slice", node.input[2], begin, end), self._constant([1], np.float32)
            wanted = (self._add("Concat", self._constant([1, 1], np.float32), scale, whole, axis=0),)
        else:
            wanted = ("", self._add("Concat", one, self._add("Slice", node.input[3], begin, end), size, axis=0))
        return self._add("Squeeze", self._add("Resize", eye, "", *wanted, **say), self._constant([0, 1]))

    def _sizes(self, name: str, start: int, end: int) -> str:
        key = ("sizes", name, start, end)
        if key not in self._named:
            self._named[key] = self._add("Shape", name, start=start, end=end)
        return self._named[key]

    def _array(self, name: str) -> np.ndarray | None:
        return numpy_helper.to_array(self._tensors[name]) if name in self._tensors else None

    def _constant(self, values: object, dtype: type[np.generic] = np.int64) -> str:
        array = np.asarray(values, dtype)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._named:
            self._named[key] = f"{self._prefix}{len(self._named) + len(self._nodes)}"
            self._graph.initializer.append(numpy_helper.from_array(array, self._named[key]))
        return self._named[key]

    def _add(self, kind: str, *inputs: str, out: str = "", **say: Any) -> str:
        name = out or f"{self._prefix}{len(self._named) + len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **say))
        return name


def _volumes(graph: onnx.GraphProto) -> set[str]:
    """The values of 32 bits with the axes of a volume, as far as ONNX can tell."""
    types = {value.name: value.type.tensor_type for value in (*graph.input, *graph.value_info)}
    single = {name: kind for name, kind in types.items() if kind.elem_type == onnx.TensorProto.FLOAT}
    return {name for name, kind in single.items() if len(kind.shape.dim) == _VOLUME}


def _attributes(node: onnx.NodeProto) -> dict[str, Any]:
    return {item.name: helper.get_attribute_value(item) for item in node.attribute}
