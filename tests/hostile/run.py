"""Loads files that are broken on purpose, each in its turn, and prints what came of each.

A process of its own: its memory is measured, and a crash of C++ code ends it and nothing else.
"""

import json
import random
import resource
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import torch

from hostile import graphs, tensors
from hostile.making import MAKERS
from leyden.errors import OnnxImportError
from leyden.onnx.loading import load

FLIPS = 200
ROOMS = (graphs, tensors)  # that enter what they make


def named() -> Iterator[tuple[str, bytes]]:
    for name, make in MAKERS.items():
        yield name, make().SerializeToString()
    whole = MAKERS["too_many_inputs"]().SerializeToString()
    yield "nothing", b""
    yield "one_byte", b"\x08"
    yield "endless_length", b"\x3a" + b"\xff" * 9 + b"\x01"
    yield "groups", b"\x0b" * 1000
    yield "half", whole[: len(whole) // 2]
    yield "deep_messages", _deep()
    yield "pickle", b"\x80\x04\x95cos\nsystem\n(S'true'\ntR."


def _deep() -> bytes:
    content = b""
    for _ in range(20_000):
        content = b"\x32" + _varint(len(content)) + content  # attribute.g, graph.node and node.attribute alike, roughly
        if len(content) > 100_000:
            break
    return b"\x3a" + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out += struct.pack("B", number & 127 | 128)
        number >>= 7
    return out + struct.pack("B", number)


def flipped(content: bytes) -> Iterator[tuple[str, bytes]]:
    generator = random.Random(0)
    for index in range(FLIPS):
        changed = bytearray(content)
        place = generator.randrange(len(changed))
        changed[place] ^= 1 << generator.randrange(8)
        yield f"flip {index} at {place}", bytes(changed)


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(path: Path) -> None:
    torch.set_num_threads(1)
    content = path.read_bytes()
    load(content)
    start = peak()
    for name, data in (*named(), *flipped(content)):
        began, result = time.perf_counter(), "loaded"
        print(json.dumps({"name": name, "result": "started"}), flush=True)
        try:
            load(data)
        except OnnxImportError as error:
            result = f"refused: {error}"
        except BaseException as error:  # what must not happen is told, not raised
            result = f"{type(error).__name__}: {error}"
        row = {"name": name, "result": result, "seconds": time.perf_counter() - began, "bytes": peak() - start}
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
