"""Opening an ONNX file as data: nothing in it is executed."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import onnx
from google.protobuf.message import DecodeError

from leyden.errors import OnnxError

__all__ = ["LIMIT", "Source", "beside", "constants", "read_model", "walk"]

Source = str | Path | bytes
"""An ONNX file: its path, or its content."""

LIMIT = 2**31 - 1
"""Bytes that one ONNX file can hold, because protobuf counts them in 32 bits with a sign."""


def read_model(source: Source) -> tuple[onnx.ModelProto, tuple[Path | bytes, ...]]:
    """Read a model with all its weights.

    Args:
        source: Path of a file, or its content. Weights that the file keeps in other files are read from beside it.

    Returns:
        The model, and what it was read from: the source, and the files beside it that hold weights.

    Raises:
        OnnxError: There is no such file; it is empty, too large, truncated or not ONNX; its weights are missing.
    """
    data = source if isinstance(source, bytes) else _content(Path(source))
    what = f"the {len(data)} bytes given" if isinstance(source, bytes) else str(source)
    if not data:
        raise OnnxError(f"{what}: empty; an ONNX file holds a graph")
    try:
        model = onnx.ModelProto.FromString(data)
    except DecodeError as error:
        raise OnnxError(f"{what}: not an ONNX file, or a truncated one; write or download it again") from error
    if not model.ir_version or not model.HasField("graph") or not model.opset_import:
        raise OnnxError(f"{what}: not an ONNX file, or a truncated one: it holds no graph with a version")
    if isinstance(source, bytes):
        return model, (source, *_read_external(model, None, what))
    return model, (Path(source), *_read_external(model, Path(source), what))


def beside(path: Path, name: str) -> Path:
    """Find a file of weights that a model names.

    Args:
        path: Of the model.
        name: Of the file, relative to the folder of the model.

    Raises:
        OnnxError: It is outside that folder. A link may lead to where the model itself, a link too, is kept: the cache
            of Hugging Face is made that way.
    """
    parts, found = PurePosixPath(name), path.parent / name
    homes = (path.parent.resolve(), path.resolve().parent)
    if parts.is_absolute() or ".." in parts.parts or not any(found.resolve().is_relative_to(home) for home in homes):
        raise OnnxError(f"{path}: its weights would be read from outside its folder: {name}")
    return found


def walk(graph: onnx.GraphProto, inside: str = "") -> Iterator[tuple[str, onnx.GraphProto]]:
    """List a graph and the graphs of its branches and loops, each with the place it sits in."""
    yield inside, graph
    for node in graph.node:
        for attribute in node.attribute:
            branches = [attribute.g] if attribute.HasField("g") else list(attribute.graphs)
            for branch in branches:
                yield from walk(branch, "/".join(filter(None, (inside, node.name or node.op_type, attribute.name))))


def constants(graph: onnx.GraphProto) -> Iterator[tuple[str, onnx.TensorProto]]:
    """List the tensors that one graph keeps, as initialisers or as Constant nodes, with the names of their values."""
    for tensor in graph.initializer:
        yield tensor.name, tensor
    for sparse in graph.sparse_initializer:
        yield sparse.values.name, sparse.values
    for node in graph.node:
        if node.op_type == "Constant" and node.output:
            yield from ((node.output[0], item.t) for item in node.attribute if item.HasField("t"))


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise OnnxError(f"{path}: {'a folder, not a file' if path.is_dir() else 'no such file'}")
    if path.stat().st_size > LIMIT:
        raise OnnxError(f"{path}: {path.stat().st_size} bytes; an ONNX file holds {LIMIT} at most")
    try:
        return path.read_bytes()
    except OSError as error:
        raise OnnxError(f"{path}: cannot be read: {error.strerror}") from error


def _read_external(model: onnx.ModelProto, path: Path | None, what: str) -> list[Path]:
    """Read weights from the files beside the model into it; return these files."""
    outside = [
        tensor
        for _, graph in walk(model.graph)
        for _, tensor in constants(graph)
        if tensor.data_location == onnx.TensorProto.EXTERNAL
    ]
    files = sorted({entry.value for tensor in outside for entry in tensor.external_data if entry.key == "location"})
    if not outside:
        return []
    if path is None:
        raise OnnxError(f"{what}: its weights are in other files ({', '.join(files)}); give the path of the model")
    missing = [name for name in files if not beside(path, name).is_file()]
    if missing:
        raise OnnxError(f"{what}: its weights are missing: {', '.join(missing)}; they belong into {path.parent}")
    try:
        onnx.load_external_data_for_model(model, str(path.parent))
    except (onnx.checker.ValidationError, ValueError, OSError) as error:
        raise OnnxError(f"{what}: its weights cannot be read from {', '.join(files)}: {error}") from error
    return [path.parent / name for name in files]
