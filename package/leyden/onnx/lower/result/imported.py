"""What a file said of itself, as its network keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import onnx

from leyden.onnx.value import Value, read_value

__all__ = ["Imported", "describe_file"]


@dataclass(frozen=True)
class Imported:
    """The file that a network was made of; `network.meta["onnx"]`.

    Args:
        source: Path of the file, or what else it was read from.
        inputs: Its inputs, in the order in which the network takes them. Axes without a size keep their names.
        outputs: Its outputs, in the order in which the network gives them.
        opsets: Version of each operator set; ONNX's own is `ai.onnx`.
        producer: Program that wrote the file, and its version.
        metadata: Texts stored in it.
    """

    source: str
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    opsets: Mapping[str, int]
    producer: str
    metadata: Mapping[str, str]

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        """Pickle it with its mappings as plain dictionaries."""
        return _made, (self.source, self.inputs, self.outputs, dict(self.opsets), self.producer, dict(self.metadata))


def describe_file(source: str, model: onnx.ModelProto, inferred: onnx.GraphProto) -> Imported:
    """Collect what a file says of itself.

    Args:
        source: What it was read from.
        model: The file.
        inferred: Its graph with inferred types.
    """
    stored = {tensor.name for tensor in model.graph.initializer}
    known = {value.name: read_value(value) for value in inferred.output}
    outputs = (read_value(value) for value in model.graph.output)
    return _made(
        source,
        tuple(read_value(value) for value in model.graph.input if value.name not in stored),
        tuple(_joined(value, known.get(value.name, value)) for value in outputs),
        {entry.domain or "ai.onnx": entry.version for entry in model.opset_import},
        f"{model.producer_name} {model.producer_version}".strip(),
        {entry.key: entry.value for entry in model.metadata_props},
    )


def _made(
    source: str, inputs: tuple[Value, ...], outputs: tuple[Value, ...], opsets: Mapping[str, int], producer: str,
    metadata: Mapping[str, str],
) -> Imported:  # fmt: skip
    return Imported(source, inputs, outputs, MappingProxyType(opsets), producer, MappingProxyType(metadata))


def _joined(declared: Value, inferred: Value) -> Value:
    """Take the inferred type, and for axes without a size the name that the file gives them."""
    if inferred.shape is None or declared.shape is None or len(inferred.shape) != len(declared.shape):
        return replace(inferred, shape=declared.shape) if inferred.shape is None else inferred
    pairs = zip(inferred.shape, declared.shape, strict=True)
    shape = tuple(name if size is None and isinstance(name, str) else size for size, name in pairs)
    return replace(inferred, shape=shape)
