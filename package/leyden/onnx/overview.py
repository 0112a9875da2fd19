"""What an ONNX file holds, read without executing anything."""

import io
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import onnx

from leyden.errors import OnnxError
from leyden.onnx.graph import Edge, Node, Weight, read_graph
from leyden.onnx.reader import Source, read_model
from leyden.onnx.table import html_table, text_table
from leyden.onnx.value import Value, read_value

__all__ = ["Summary", "summary"]

_CHUNK = 2**20


@dataclass(frozen=True, repr=False)
class Summary:
    """An ONNX file as plain data.

    Args:
        source: Path of the file, or `bytes`.
        bytes: Its size on disk, weights in other files included.
        zipped: Its size after deflate at the fastest level: what pruned weights save before anything else does.
        inputs: Its inputs, in the order in which they are given when it is run.
        outputs: Its outputs.
        opsets: Version of each operator domain it uses; ONNX's own is `ai.onnx`.
        producer: Program that wrote it, and its version.
        metadata: Texts stored in it.
        nodes: Its operators in topological order, those of branches and loops right after the node that owns them.
        edges: How values flow between inputs, nodes and outputs.
        weights: The tensors it holds, small constants included.
        functions: Operators that it defines itself; their bodies are not among `nodes`.
    """

    source: str
    bytes: int
    zipped: int
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    opsets: Mapping[str, int]
    producer: str
    metadata: Mapping[str, str]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    weights: tuple[Weight, ...]
    functions: tuple[str, ...]

    @property
    def ops(self) -> dict[str, int]:
        """How often each operator occurs, the most frequent first."""
        counts = Counter(node.op for node in self.nodes)
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))

    @property
    def parameters(self) -> int:
        """Number of elements of all weights that are parameters, the statistics of batch normalisation included."""
        return sum(weight.size for weight in self.weights if weight.is_parameter)

    @property
    def zeros(self) -> float:
        """Share of the parameters that are zero, 0 to 1."""
        counted = [weight for weight in self.weights if weight.is_parameter]
        return sum(weight.zeros * weight.size for weight in counted) / max(self.parameters, 1)

    def node(self, name: str) -> Node:
        """Give the node of that name.

        Raises:
            OnnxError: There is none; the message names the closest.
        """
        by_name = {node.name: node for node in self.nodes}
        if name not in by_name:
            near = ", ".join(get_close_matches(name, by_name)) or "none"
            raise OnnxError(f"{self.source} has no node named {name!r}; closest: {near}; all are in summary.nodes")
        return by_name[name]

    def rows(self) -> list[tuple[str, str]]:
        """Give the table: a header, then one row a fact."""
        share = f"{self.zipped / self.bytes:.0%}"
        return [
            ("file", self.source),
            ("size", f"{self.bytes:,} bytes, zipped {self.zipped:,} ({share})"),
            ("opset", ", ".join(f"{domain} {version}" for domain, version in self.opsets.items())),
            ("producer", self.producer or "unknown"),
            *(("input", str(value)) for value in self.inputs),
            *(("output", str(value)) for value in self.outputs),
            ("nodes", f"{len(self.nodes)}: {', '.join(f'{op} {count}' for op, count in self.ops.items())}"),
            ("parameters", f"{self.parameters:,}, {self.zeros:.1%} of them zero"),
            *((f"metadata {key}", value) for key, value in self.metadata.items()),
        ]

    def __str__(self) -> str:
        return text_table(self.rows())

    def __repr__(self) -> str:
        return (
            f"Summary({self.source!r}, {len(self.nodes)} nodes, {self.parameters:,} parameters, {self.bytes:,} bytes)"
        )

    def _repr_html_(self) -> str:
        return html_table(self.rows())


def summary(source: Source) -> Summary:
    """Read what an ONNX file holds; nothing in it is executed.

    The whole file is read, measured and deflated once: some 5 s per 100 MB on one core.

    Args:
        source: Path of a file, or its content.

    Raises:
        OnnxError: There is no such file; it is empty, too large, truncated or not ONNX; its weights are missing.
    """
    model, parts = read_model(source)
    graph = _with_shapes(model).graph
    nodes, edges, weights = read_graph(graph)
    stored = {tensor.name for tensor in graph.initializer}
    return Summary(
        "bytes" if isinstance(source, bytes) else str(source),
        sum(map(_size, parts)), sum(map(_zipped, parts)),
        tuple(read_value(value) for value in graph.input if value.name not in stored),
        tuple(read_value(value) for value in graph.output),
        {entry.domain or "ai.onnx": entry.version for entry in model.opset_import},
        f"{model.producer_name} {model.producer_version}".strip(),
        {entry.key: entry.value for entry in model.metadata_props},
        tuple(nodes), tuple(edges), tuple(weights),
        tuple(f"{function.domain}::{function.name}" for function in model.functions),
    )  # fmt: skip


def _with_shapes(model: onnx.ModelProto) -> onnx.ModelProto:
    """Infer the shapes between the nodes; where ONNX cannot, they stay as the file declares them, or unknown."""
    try:
        return onnx.shape_inference.infer_shapes(model, data_prop=True)
    except (onnx.shape_inference.InferenceError, ValueError):  # contradictions in the file; models beyond 2 GB
        return model


def _size(part: Path | bytes) -> int:
    return len(part) if isinstance(part, bytes) else part.stat().st_size


def _zipped(part: Path | bytes) -> int:
    deflate = zlib.compressobj(zlib.Z_BEST_SPEED)
    size = 0
    with io.BytesIO(part) if isinstance(part, bytes) else part.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            size += len(deflate.compress(chunk))
    return size + len(deflate.flush())
