"""An ONNX file opened for reading: its graph in memory, its large tensors still in their files."""

from __future__ import annotations

import io
from contextlib import ExitStack
from pathlib import Path
from typing import final

import onnx
import onnx_ir as ir
from google.protobuf.message import DecodeError, EncodeError

from leyden.errors import OnnxImportError
from leyden.onnx.lower.safety.limits import Limits
from leyden.onnx.lower.source.stored import Stored
from leyden.onnx.lower.source.wire import OWN, skeleton
from leyden.onnx.reader import beside

__all__ = ["Opened", "describe"]


def describe(source: object) -> str:
    """Say in a few words what a file is read from."""
    if isinstance(source, bytes):
        return f"the {len(source)} bytes given"
    return "the model given" if isinstance(source, onnx.ModelProto) else str(source)


@final
class Opened:
    """A file that is open: use it in a `with` statement.

    Attributes:
        model: Its graph; tensors of more than 4 KiB are described only, as external ones.
    """

    def __init__(self, source: str | Path | bytes | onnx.ModelProto, limits: Limits) -> None:
        self._closing = ExitStack()
        self._files: dict[str, tuple[io.BufferedIOBase, int]] = {}
        self._path = Path(source) if isinstance(source, str | Path) else None
        try:
            self._files[OWN] = self._open(source)
            self.model = self._parse(limits)
        except BaseException:
            self._closing.close()
            raise

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    @property
    def bytes(self) -> int:
        """Size of the file, and of the files of weights that were needed so far."""
        return sum(size for _, size in self._files.values())

    def place(self, tensor: onnx.TensorProto) -> tuple[io.BufferedIOBase, int, int]:
        """Find a tensor that is external: its file, where it starts there, how many bytes it has there.

        Raises:
            OnnxImportError: Its file is missing or outside the folder, or ends before the tensor does.
        """
        entries = {entry.key: entry.value for entry in tensor.external_data}
        file, size = self._find(entries.get("location", OWN), tensor.name)
        try:
            offset = int(entries.get("offset") or 0)
            length = int(entries["length"]) if entries.get("length") else size - offset
        except ValueError:
            raise OnnxImportError(f"tensor {tensor.name!r}: its place in a file is no number") from None
        if offset < 0 or length < 0 or offset + length > size:
            raise OnnxImportError(
                f"tensor {tensor.name!r}: its bytes {offset} to {offset + length} are not in its file of {size} bytes"
            )
        return file, offset, length

    def stored(self, tensor: ir.ExternalTensor) -> Stored:
        """Give a tensor that is external as one that can be read."""
        file, _ = self._find(str(tensor.location), tensor.name)
        return Stored(file, tensor.offset or 0, dtype=tensor.dtype, shape=tensor.shape, name=tensor.name)

    def _open(self, source: str | Path | bytes | onnx.ModelProto) -> tuple[io.BufferedIOBase, int]:
        if isinstance(source, onnx.ModelProto):
            try:
                source = source.SerializeToString()
            except (EncodeError, ValueError) as error:
                raise OnnxImportError("the model is too large to be given as such; give its path") from error
        if isinstance(source, bytes):
            return io.BytesIO(source), len(source)
        return self._open_path(Path(source))

    def _open_path(self, path: Path) -> tuple[io.BufferedIOBase, int]:
        if not path.is_file():
            what = "a folder, not a file" if path.is_dir() else "no such file"
            raise OnnxImportError(what if not path.exists() or path.is_dir() else "not a regular file")
        try:
            file = self._closing.enter_context(path.open("rb"))
        except OSError as error:
            raise OnnxImportError(f"cannot be read: {error.strerror}") from error
        return file, path.stat().st_size

    def _find(self, location: str, name: str | None) -> tuple[io.BufferedIOBase, int]:
        if location not in self._files:
            if self._path is None:
                raise OnnxImportError(f"tensor {name!r} is in another file, {location}; give the path of the model")
            path = beside(self._path, location)
            if not path.is_file():
                raise OnnxImportError(f"its weights are missing: {location}; they belong into {path.parent}")
            self._files[location] = self._open_path(path)
        return self._files[location]

    def _parse(self, limits: Limits) -> onnx.ModelProto:
        file, size = self._files[OWN]
        if size > limits.file_bytes:
            raise OnnxImportError(f"{size} bytes; {limits.file_bytes} are allowed (Limits.file_bytes)")
        if not size:
            raise OnnxImportError("empty; an ONNX file holds a graph")
        content = skeleton(file, size)
        if content is None:
            file.seek(0)
            content = file.read()
        try:
            model = onnx.ModelProto.FromString(content)
        except DecodeError as error:
            raise OnnxImportError("not an ONNX file, or a truncated one; write or download it again") from error
        if not model.HasField("graph") or not model.opset_import:
            raise OnnxImportError("not an ONNX file, or a truncated one: it holds no graph with a version")
        return model
