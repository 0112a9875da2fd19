"""The bytes of an ONNX file without its large tensors: what stays is small, whatever the weights are."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, NamedTuple

import onnx

__all__ = ["OWN", "SMALL", "skeleton"]

SMALL = 4096
"""Bytes up to which a tensor stays where it is."""

OWN = ""
"""Location of a tensor that is in the file itself; no file has an empty name."""

_VARINT, _EIGHT, _LONG, _FOUR = 0, 1, 2, 5  # kinds of fields of protobuf
_FLOATS, _RAW, _DOUBLES, _TYPE = 4, 9, 10, 2  # fields of a tensor
_NESTED = frozenset({"GraphProto", "FunctionProto", "NodeProto", "AttributeProto", "TensorProto"})


class _Odd(Exception):
    """The bytes are not what protobuf writes."""


class _Field(NamedTuple):
    number: int
    kind: int
    start: int
    body: int
    end: int
    value: int


def skeleton(file: io.BufferedIOBase, size: int) -> bytes | None:
    """Read a file without its large tensors; each becomes one whose data is external, in the file `OWN`.

    Args:
        file: The file, open for reading.
        size: Its size in bytes.

    Returns:
        The content of a smaller file; None where the bytes are not those of protobuf.
    """
    try:
        return b"".join(_message(file, 0, size, onnx.ModelProto.DESCRIPTOR))
    except (_Odd, RecursionError):
        return None


def _message(file: io.BufferedIOBase, start: int, end: int, kind: Any) -> Iterator[bytes]:
    """Copy a message, and shorten those in it that may hold tensors."""
    fields = list(_fields(file, start, end))
    away = _large(fields) if kind.name == "TensorProto" else None
    kept = start
    for field in fields:
        inner = kind.fields_by_number.get(field.number)
        nested = None if inner is None else inner.message_type
        if field is away:
            yield _bytes(file, kept, field.start)
        elif field.kind == _LONG and field.end - field.body > SMALL and nested is not None and nested.name in _NESTED:
            yield _bytes(file, kept, field.start)
            content = b"".join(_message(file, field.body, field.end, nested))
            yield _varint(field.number << 3 | _LONG) + _varint(len(content)) + content
        else:
            continue
        kept = field.end
    yield _bytes(file, kept, end)
    if away is not None:
        yield _elsewhere(away)  # last: it overrides what the tensor says of its place


def _large(fields: list[_Field]) -> _Field | None:
    """Find the field that holds all elements of a tensor as they are in memory, if it is a large one."""
    element = next((field.value for field in fields if field.number == _TYPE), 0)
    held = [field for field in fields if field.number in (4, 5, 6, 7, 9, 10, 11, 13)]
    if len(held) != 1 or held[0].kind != _LONG or held[0].end - held[0].body <= SMALL:
        return None
    plain = {_RAW: True, _FLOATS: element in (1, 14), _DOUBLES: element in (11, 15)}  # float, double and complex
    return held[0] if plain.get(held[0].number, False) else None


def _elsewhere(field: _Field) -> bytes:
    entries = {"location": OWN, "offset": str(field.body), "length": str(field.end - field.body)}
    tensor = onnx.TensorProto(data_location=onnx.TensorProto.EXTERNAL)
    for key, value in entries.items():
        tensor.external_data.add(key=key, value=value)
    return tensor.SerializeToString()


def _fields(file: io.BufferedIOBase, start: int, end: int) -> Iterator[_Field]:
    place = start
    while place < end:
        file.seek(place)
        head = file.read(20)
        tag, used = _read_varint(head, 0)
        kind, value, body = tag & 7, 0, place + used
        if kind == _VARINT:
            value, after = _read_varint(head, used)
            stop = place + after
        elif kind == _LONG:
            length, after = _read_varint(head, used)
            body = place + after
            stop = body + length
        elif kind in (_EIGHT, _FOUR):
            stop = body + (8 if kind == _EIGHT else 4)
        else:
            raise _Odd
        if stop > end or tag >> 3 == 0:
            raise _Odd
        yield _Field(tag >> 3, kind, place, body, stop, value)
        place = stop


def _bytes(file: io.BufferedIOBase, start: int, end: int) -> bytes:
    file.seek(start)
    return file.read(end - start)


def _read_varint(data: bytes, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(data):
            raise _Odd
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise _Odd


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
