"""Values of ONNX's test suite, arrays of NumPy, as networks take them, and back."""

from typing import Any

import ml_dtypes
import numpy as np
import onnx
import torch
from torch import Tensor

from leyden.errors import OnnxError

__all__ = ["to_array", "to_torch"]

_CARRIED = {
    "bfloat16": (np.int16, torch.bfloat16),
    "float8_e4m3fn": (np.uint8, torch.float8_e4m3fn),
    "float8_e4m3fnuz": (np.uint8, torch.float8_e4m3fnuz),
    "float8_e5m2": (np.uint8, torch.float8_e5m2),
    "float8_e5m2fnuz": (np.uint8, torch.float8_e5m2fnuz),
    "float8_e8m0fnu": (np.uint8, torch.float8_e8m0fnu),
}
"""Types that NumPy has from elsewhere: who of NumPy's own carries their bits, and what they are in torch."""

_WIDENED = {
    "int4": np.int8, "int2": np.int8, "uint4": np.uint8, "uint2": np.uint8, "float4_e2m1fn": np.float32,
}  # fmt: skip
"""Types of fewer than eight bits: what holds them in torch; see `leyden.onnx.ops.dtypes`."""

_FOREIGN = {dtype: (carrier, name) for name, (carrier, dtype) in _CARRIED.items()}


def to_torch(value: Any, device: torch.device | str = "cpu") -> Any:
    """Copy an array to torch: texts stay arrays, a list becomes a list of tensors, None stays None.

    Examples:
        >>> to_torch([np.float32(2), np.array(["a"])])
        [tensor(2.), array(['a'], dtype=object)]
    """
    if value is None:
        return None
    if isinstance(value, list | tuple):
        return [to_torch(part, device) for part in value]
    array = np.asarray(value)
    if array.dtype.kind in "OUS":
        return array.astype(object)
    name = array.dtype.name
    if name in _CARRIED:
        carrier, dtype = _CARRIED[name]
        return torch.from_numpy(array.reshape(-1).view(carrier).copy()).view(dtype).reshape(array.shape).to(device)
    return torch.from_numpy(np.array(array, dtype=_WIDENED.get(name), order="C")).reshape(array.shape).to(device)


def to_array(value: Any, kind: onnx.TypeProto) -> Any:
    """Copy what a network gives to NumPy, in the type that the file declares.

    Args:
        value: A tensor, an array of texts, a list of such, or None.
        kind: Says what types of fewer than eight bits the file means; torch has none.

    Raises:
        OnnxError: The value is no tensor where the file declares one.
    """
    if value is None or isinstance(value, np.ndarray):
        return value
    if kind.HasField("optional_type"):
        return to_array(value, kind.optional_type.elem_type)
    if isinstance(value, list | tuple):
        return [to_array(part, kind.sequence_type.elem_type) for part in value]
    if not isinstance(value, Tensor):
        raise OnnxError(f"the network gave a {type(value).__name__} where the file declares a tensor")
    tensor = value.detach().cpu().contiguous()
    if tensor.dtype in _FOREIGN:
        carrier, name = _FOREIGN[tensor.dtype]
        bits = torch.int16 if carrier is np.int16 else torch.uint8
        return tensor.reshape(-1).view(bits).numpy().view(getattr(ml_dtypes, name)).reshape(tuple(tensor.shape))
    declared = onnx.helper.tensor_dtype_to_np_dtype(kind.tensor_type.elem_type or onnx.TensorProto.FLOAT)
    array = tensor.numpy()
    return array.astype(declared) if declared.name in _WIDENED and array.dtype == _WIDENED[declared.name] else array
