"""The nodes, edges and weights of an ONNX graph as plain data, ready to be listed, filtered and drawn."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import onnx

from leyden.errors import OnnxError
from leyden.onnx.reader import constants, walk
from leyden.onnx.value import Value, dtype_name, read_value

__all__ = ["Edge", "Node", "Weight", "read_graph", "weigh"]

_SCOPES = "pkg.torch.onnx.name_scopes"
_NO_SCOPE = "_empty_nn_module_stack"  # torch's own filler for a node that came from no module
_QUOTED = re.compile(r"'([^']*)'")
_LONG = 64
_QUANTISED = ("int8", "uint8", "int4", "uint4")


@dataclass(frozen=True)
class Weight:
    """A tensor that the file holds, and its statistics over its finite elements (NaN where there are none).

    Args:
        name: Name of the value it gives.
        dtype: Element type as numpy spells it.
        shape: Its shape.
        bytes: Its size in memory.
        zeros: Share of its elements that are zero, 0 to 1.
        mean: Mean.
        std: Standard deviation.
        minimum: Smallest element.
        maximum: Largest element.
        nonfinite: Number of elements that are infinite or not a number.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    bytes: int
    zeros: float
    mean: float
    std: float
    minimum: float
    maximum: float
    nonfinite: int

    @property
    def size(self) -> int:
        """Number of elements."""
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def is_parameter(self) -> bool:
        """Whether it counts as a parameter: one axis or more, of floating numbers or of bytes (quantised weights)."""
        return bool(self.shape) and (self.dtype.startswith(("float", "bfloat")) or self.dtype in _QUANTISED)


@dataclass(frozen=True)
class Node:
    """One operator of a graph.

    Args:
        name: Its name, unique in the summary: the file's own, or `Conv_3` after operator and place where it has none.
        op: The operator, as in `Conv`; `domain::Op` outside ONNX's own domain.
        scope: Path of the module it came from, as in `features.3.conv`; empty where the file does not say.
        inside: Place of the branch or loop body it sits in, as in `If_3/then_branch`; empty in the main graph.
        inputs: The values it takes; an optional input that is left out has an empty name.
        outputs: The values it gives.
        attributes: Its settings; tensors and graphs are described in words.
        weights: The tensors of the file among its inputs.
    """

    name: str
    op: str
    scope: str
    inside: str
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    attributes: Mapping[str, object] = field(default_factory=dict)
    weights: tuple[Weight, ...] = ()


@dataclass(frozen=True)
class Edge:
    """A value on its way from one node to another.

    Args:
        source: Name of the node that gives it, or of the input of the file that it is.
        target: Name of the node that takes it, or of the output of the file that it is.
        value: Name of the value.
    """

    source: str
    target: str
    value: str


@dataclass
class _Reading:
    """What is known on the way through the graphs of one file."""

    weights: list[Weight] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)


def read_graph(graph: onnx.GraphProto) -> tuple[list[Node], list[Edge], list[Weight]]:
    """Read a graph in topological order, with the graphs of its branches right after the node that owns them.

    Raises:
        OnnxError: The graph runs in a circle.
    """
    reading = _Reading()
    stored = {tensor.name for tensor in graph.initializer}
    sources = {value.name: value.name for value in graph.input if value.name not in stored}
    produced = _read(graph, "", sources, {}, {}, reading)
    reading.edges += [Edge(produced[v.name], v.name, v.name) for v in graph.output if v.name in produced]
    return reading.nodes, reading.edges, reading.weights


def _read(
    graph: onnx.GraphProto, inside: str, sources: dict[str, str], values: dict[str, Value], known: dict[str, Weight],
    reading: _Reading,
) -> dict[str, str]:  # fmt: skip
    """Read one graph; what the outer graphs know is passed down and what this one learns stays in it."""
    found = [weigh(name, tensor) for name, tensor in constants(graph)]
    reading.weights += found
    known = {**known, **{weight.name: weight for weight in found}}
    declared = map(read_value, (*graph.input, *graph.value_info, *graph.output))
    values = {**values, **{w.name: Value(w.name, w.dtype, w.shape) for w in found}, **{v.name: v for v in declared}}
    sources = dict(sources)
    for index, proto in _sorted(graph.node):
        name = _unique(proto.name or f"{proto.op_type}_{index}", reading.taken)
        node = _node(proto, name, inside, values)
        reading.nodes.append(replace(node, weights=tuple(known[i] for i in proto.input if i in known)))
        reading.edges += [Edge(sources[i], name, i) for i in dict.fromkeys(proto.input) if i in sources]
        for attribute in proto.attribute:
            branches = [attribute.g] if attribute.HasField("g") else attribute.graphs
            for branch in branches:
                place = "/".join(filter(None, (inside, name, attribute.name)))
                _read(branch, place, sources, values, known, reading)
        sources.update((output, name) for output in proto.output if output and output not in known)
    return sources


def weigh(name: str, tensor: onnx.TensorProto) -> Weight:
    """Measure one tensor of a file."""
    dtype, shape = dtype_name(tensor.data_type), tuple(tensor.dims)
    array = onnx.numpy_helper.to_array(tensor)
    if array.dtype.kind in "OSU" or array.dtype.kind == "c":
        return Weight(name, dtype, shape, array.nbytes, 0.0, np.nan, np.nan, np.nan, np.nan, 0)
    numbers = array.astype(np.float64)
    finite = numbers[np.isfinite(numbers)]
    zeros = float(np.mean(numbers == 0)) if numbers.size else 0.0
    figures = (finite.mean(), finite.std(), finite.min(), finite.max()) if finite.size else (np.nan,) * 4
    mean, std, minimum, maximum = (float(figure) for figure in figures)
    return Weight(name, dtype, shape, array.nbytes, zeros, mean, std, minimum, maximum, numbers.size - finite.size)


def _node(proto: onnx.NodeProto, name: str, inside: str, values: Mapping[str, Value]) -> Node:
    op = proto.op_type if proto.domain in ("", "ai.onnx") else f"{proto.domain}::{proto.op_type}"
    inputs, outputs = (tuple(values.get(key, Value(key)) for key in keys) for keys in (proto.input, proto.output))
    attributes = {attribute.name: _setting(attribute) for attribute in proto.attribute}
    return Node(name, op, _scope(proto), inside, inputs, outputs, attributes)


def _scope(proto: onnx.NodeProto) -> str:
    """Find the module path: in what torch's exporter noted, or in a name like /layer1/conv/Conv of its older one."""
    for entry in proto.metadata_props:
        if entry.key == _SCOPES:
            scopes = [scope for scope in _QUOTED.findall(entry.value)[:-1] if not scope.startswith(_NO_SCOPE)]
            return scopes[-1] if scopes else ""
    return ".".join(proto.name.split("/")[1:-1]) if proto.name.startswith("/") else ""


def _setting(attribute: onnx.AttributeProto) -> object:
    value = onnx.helper.get_attribute_value(attribute)
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, onnx.TensorProto):
        return str(Value("tensor", dtype_name(value.data_type), tuple(value.dims)))
    if isinstance(value, onnx.GraphProto):
        return f"a graph of {len(value.node)} nodes"
    if isinstance(value, int | float | str):
        return value
    if isinstance(value, Sequence) and len(value) <= _LONG and all(isinstance(part, int | float) for part in value):
        return tuple(value)
    if isinstance(value, Sequence) and value and isinstance(value[0], bytes):
        return tuple(part.decode(errors="replace") for part in value[:_LONG])
    return f"{len(value)} values" if isinstance(value, Sequence) else type(value).__name__


def _unique(name: str, taken: set[str]) -> str:
    free = name
    for i in range(2, len(taken) + 3):
        if free not in taken:
            break
        free = f"{name}_{i}"
    taken.add(free)
    return free


def _sorted(nodes: Sequence[onnx.NodeProto]) -> Iterator[tuple[int, onnx.NodeProto]]:
    """Sort nodes topologically, in the order of the file where that is free (ONNX asks for it; not all files obey)."""
    pending = {output for node in nodes for output in node.output if output}
    waiting = list(enumerate(nodes))
    while waiting:
        held = []
        for index, node in waiting:
            if not pending.isdisjoint(_needs(node)):
                held.append((index, node))
                continue
            pending -= set(node.output)
            yield index, node
        if len(held) == len(waiting):
            raise OnnxError(f"the graph runs in a circle through {', '.join(node.op_type for _, node in held[:5])}")
        waiting = held


def _needs(node: onnx.NodeProto) -> set[str]:
    """List the values a node takes, those that its branches take from outside included."""
    branches = (g for attribute in node.attribute for g in (attribute.g, *attribute.graphs))
    inner = (inner for branch in branches for _, graph in walk(branch) for inner in graph.node)
    return set(node.input).union(*(part.input for part in inner))
