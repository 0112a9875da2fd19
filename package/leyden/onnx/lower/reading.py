"""Tensors and shapes of `onnx_ir` as torch has them."""

from typing import Any

import numpy as np
import onnx_ir as ir
import torch

from leyden.errors import OnnxImportError
from leyden.onnx.lower.safety.budget import unwatched
from leyden.onnx.lower.source.stored import Stored
from leyden.onnx.ops.dtypes import STRING, torch_dtype

__all__ = ["read_tensor", "read_turned", "shape_of", "to_torch"]


def read_tensor(value: ir.Value) -> Any:
    """Read what a file holds under a name, into memory of its own."""
    tensor = value.const_value
    if tensor is None:
        raise OnnxImportError(f"tensor {value.name!r} is named in the file and has no content")
    with unwatched():  # the file holds as many bytes as it says
        return to_torch(tensor)


def read_turned(value: ir.Value) -> torch.Tensor:
    """Read a matrix that a file holds under a name, transposed."""
    with unwatched():
        return value.const_value.turned() if isinstance(value.const_value, Stored) else read_tensor(value).t()


def to_torch(tensor: ir.TensorProtocol) -> Any:
    """Copy a tensor of a file: to torch, or to an array of objects if it is one of texts."""
    if isinstance(tensor, Stored):
        return tensor.tensor()
    code = int(tensor.dtype)
    try:
        array = tensor.numpy()
    except Exception as error:  # whatever a library says of bytes that do not fit
        raise OnnxImportError(f"tensor {tensor.name!r} cannot be read: {error}") from error
    if code == STRING:
        decode = [text.decode(errors="replace") if isinstance(text, bytes) else str(text) for text in array.flat]
        return np.array(decode, dtype=object).reshape(array.shape)
    dtype = torch_dtype(code)
    if dtype == torch.bool:
        return torch.from_numpy(array.view(np.uint8).copy()) != 0  # bytes other than 0 and 1 are no bool
    if array.dtype.type.__module__ != "numpy":
        return _odd(array, dtype)
    # In memory of torch, not of NumPy: it is aligned as torch's kernels like it.
    return torch.tensor(np.ascontiguousarray(array)).reshape(array.shape)


def _odd(array: np.ndarray, dtype: torch.dtype) -> torch.Tensor:
    """Copy an array of a type that NumPy has from elsewhere: bfloat16, float8, and types of fewer than eight bits."""
    if array.dtype.itemsize == dtype.itemsize and dtype.is_floating_point and "float4" not in array.dtype.name:
        carrier = np.int16 if dtype.itemsize == 2 else np.uint8
        return torch.from_numpy(array.view(carrier).copy()).view(dtype).reshape(array.shape)
    return torch.from_numpy(array.astype(np.float32)).to(dtype).reshape(array.shape)


def shape_of(value: ir.Value) -> tuple[int | str | None, ...] | None:
    """Give the shape that is known of a value: a size, a name or None for each axis."""
    shape, kind = value.shape, value.type
    if shape is None or (type(kind) is not ir.TensorType and isinstance(kind, ir.SequenceType | ir.OptionalType)):
        return None
    return tuple(size if isinstance(size, int) else size.value for size in shape)
