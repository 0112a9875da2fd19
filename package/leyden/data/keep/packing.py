"""Elements as bytes, and back without running any code that the bytes name."""

import io
import sys
import zlib
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from leyden.errors import DataError

__all__ = ["pack", "unpack"]

_SIGN = b"leyden element 1\n"
_PLAIN = (type(None), bool, int, float, complex, str)
_TENSORS, _ARRAYS = (Tensor, torch.nn.Parameter), (np.ndarray, np.memmap)  # kinds of these hold more than numbers


def pack(element: Any) -> bytes:
    """An element in bytes, with a checksum.

    Args:
        element: tensors, arrays, numbers, words, bytes and None, and lists, tuples, dicts, named tuples and dataclasses
            of them.

    Raises:
        DataError: it holds something else, such as a PIL image; the message says what and where.
    """
    file = io.BytesIO()
    torch.save(_packed(element, ""), file)
    content = file.getvalue()
    # torch's own format has no checksum: a flipped bit in a tensor would go unseen
    return _SIGN + zlib.crc32(content).to_bytes(4, "big") + content


def unpack(content: bytes) -> Any:
    """The element that `pack` put into bytes, equal to it and new.

    Raises:
        ValueError: the bytes are damaged, or of a class that this run has not loaded or that has other fields now.

    Examples:
        >>> unpack(pack({"x": torch.ones(2), "name": ("a", 1)}))
        {'x': tensor([1., 1.]), 'name': ('a', 1)}
    """
    body = content[len(_SIGN) + 4 :]
    if content[: len(_SIGN)] != _SIGN or content[len(_SIGN) : len(_SIGN) + 4] != zlib.crc32(body).to_bytes(4, "big"):
        raise ValueError("not written by pack, or damaged since")
    return _unpacked(torch.load(io.BytesIO(body), weights_only=True))


def _packed(value: Any, where: str) -> tuple[Any, ...]:
    """A value as pairs of a kind and what it holds, all of them types that torch loads without trust."""
    if type(value) in _PLAIN:
        return ("plain", value)
    if type(value) is bytes:
        return ("bytes", value or None)  # empty bytes are a call in a pickle, which torch does not make unasked
    if type(value) in _TENSORS:
        # a part of a larger tensor would be saved with all of it
        part = value.layout is torch.strided and value.untyped_storage().nbytes() > value.nbytes
        return ("tensor", value.clone() if part else value)
    if (type(value) in _ARRAYS or isinstance(value, np.generic)) and not value.dtype.hasobject:
        kind = "array" if isinstance(value, np.ndarray) else "scalar"
        return (kind, np.lib.format.dtype_to_descr(value.dtype), value.shape, value.tobytes() or None)
    if type(value) is list or type(value) is tuple:
        return (type(value).__name__, [_packed(part, f"{where}[{place}]") for place, part in enumerate(value)])
    if type(value) is dict:
        return ("dict", [(_packed(key, where), _packed(part, f"{where}[{key!r}]")) for key, part in value.items()])
    names = _field_names(type(value))
    if names is not None:
        parts = {name: _packed(getattr(value, name), f"{where}.{name}") for name in names}
        return ("object", type(value).__module__, type(value).__qualname__, parts)
    at = f" at {where}" if where else ""
    raise DataError(
        f"cache(folder=...) cannot keep a {type(value).__name__}{at}: map it to tensors, arrays, numbers or words "
        "first, or use cache() in memory"
    )


def _unpacked(packed: tuple[Any, ...]) -> Any:
    kind, *held = packed
    match kind:
        case "plain" | "tensor":
            return held[0]
        case "bytes":
            return held[0] or b""
        case "list" | "tuple":
            parts = [_unpacked(part) for part in held[0]]
            return parts if kind == "list" else tuple(parts)
        case "dict":
            return {_unpacked(key): _unpacked(part) for key, part in held[0]}
        case "array" | "scalar":
            descr, shape, content = held
            # a bytearray, as what lies on bytes cannot be written to
            array = np.ndarray(shape, np.lib.format.descr_to_dtype(descr), bytearray(content or b""))
            return array if kind == "array" else array[()]
    module, name, parts = held
    return _rebuilt(_loaded(module, name), {each: _unpacked(part) for each, part in parts.items()})


def _rebuilt(kind: type, parts: dict[str, Any]) -> Any:
    """An object of its fields, made without calling its class."""
    if _field_names(kind) != list(parts):
        raise ValueError(f"{kind.__name__} has other fields now")
    if issubclass(kind, tuple):
        return tuple.__new__(kind, parts.values())
    new = object.__new__(kind)
    for name, part in parts.items():
        object.__setattr__(new, name, part)  # reaches the fields of frozen dataclasses
    return new


def _loaded(module: str, name: str) -> type:
    """A class by name; only what is loaded already, as importing would run code that a file names."""
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    if not isinstance(found, type):
        raise ValueError(f"{module}.{name} is not loaded")  # noqa: TRY004 - the bytes are at fault
    return found


def _field_names(kind: type) -> list[str] | None:
    if issubclass(kind, tuple):
        return list(getattr(kind, "_fields", ())) or None
    return [each.name for each in fields(kind)] if is_dataclass(kind) else None
