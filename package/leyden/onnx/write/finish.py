"""The last steps of an export: shapes set right, the file signed, written beside its place and opened."""

import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import onnx
import torch

from leyden import __version__
from leyden.errors import ExportError, OnnxError
from leyden.onnx.reader import LIMIT
from leyden.onnx.session import Session
from leyden.onnx.write.door import RESERVED
from leyden.onnx.write.parity import Run

__all__ = ["beside", "correct_outputs", "open_written", "sign"]


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Give the path of a new, empty file in the folder of `path`; what is left there in the end is removed.

    Raises:
        ExportError: The folder takes no file, or what was written there cannot be opened or run.
    """
    target = path.resolve()
    temporary = target.with_name(f".{target.stem[:100]}.{secrets.token_hex(4)}.part.onnx")
    try:
        temporary.touch(exist_ok=False)
    except OSError as error:
        raise ExportError(
            f"{target.parent} takes no file ({error.strerror}); choose a folder you may write to"
        ) from error
    try:
        yield temporary
    except ExportError:
        raise
    except OnnxError as error:
        raise ExportError(f"{str(error).replace(str(temporary), str(path))}; nothing was written") from error
    finally:
        temporary.unlink(missing_ok=True)


def correct_outputs(model: onnx.ModelProto, runs: Sequence[Run]) -> None:
    """Make the declared shapes of the outputs agree with what the network gave: the exporter may fix a free axis."""
    for i, value in enumerate(model.graph.output):
        shapes = [tuple(run.wanted[i][1].shape) for run in runs]
        axes = value.type.tensor_type.shape.dim
        if len({len(shape) for shape in shapes} | {len(axes)}) > 1:
            continue  # the comparison will say so
        for axis, sizes in zip(axes, zip(*shapes, strict=True), strict=True):
            if axis.HasField("dim_value") and set(sizes) != {axis.dim_value}:
                axis.Clear()
                label = _label(sizes, runs)
                if label:
                    axis.dim_param = label


def sign(model: onnx.ModelProto, metadata: Mapping[str, str]) -> None:
    """Write into the model who made it, and the user's texts."""
    model.producer_name, model.producer_version = "leyden", __version__
    texts = {**metadata, f"{RESERVED}version": __version__, f"{RESERVED}torch": torch.__version__}
    onnx.helper.set_model_props(model, texts)


def open_written(model: onnx.ModelProto, path: Path) -> Session:
    """Write the model, have ONNX's checker read it and onnxruntime open it.

    Raises:
        ExportError: It is too large for one file, there is no room, or the checker refuses it.
        OnnxError: onnxruntime cannot open it.
    """
    if model.ByteSize() > LIMIT:
        raise ExportError(f"the model takes {model.ByteSize()} bytes and one ONNX file holds {LIMIT} at most")
    try:
        with path.open("wb") as stream:
            stream.write(model.SerializeToString(deterministic=True))
            stream.flush()
            os.fsync(stream.fileno())
        onnx.checker.check_model(str(path), full_check=True)
        return Session(path)
    except OSError as error:
        raise ExportError(f"{path.parent} takes no more: {error.strerror}") from error
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise ExportError(f"torch's exporter wrote a file that is not valid ONNX: {error}") from error
    except OnnxError as error:
        wide = any(value.type.tensor_type.elem_type == onnx.TensorProto.DOUBLE for value in model.graph.input)
        if not wide:
            raise
        hint = "onnxruntime lacks many operators in double precision: export net.float()"
        raise OnnxError(f"{error}; {hint}") from error


def _label(sizes: Sequence[int], runs: Sequence[Run]) -> str:
    """Find the free axis that has the same sizes in all runs; none leaves the axis free without a name."""
    for label in runs[0].call.sizes:
        if all(run.call.sizes[label] == size for run, size in zip(runs, sizes, strict=True)):
            return label
    return ""
