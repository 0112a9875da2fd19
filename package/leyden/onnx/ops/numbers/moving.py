"""Operators that move numbers, whatever they are: nodes of a network may stand in their place."""

from math import prod
from typing import Any

from leyden.onnx.ops.numbers.nesting import flat, known, nested, rank_of, sizes_of
from leyden.onnx.ops.registry import hosted

__all__ = [
    "concat", "cut", "expand", "gather", "identity", "reshape", "split", "squeeze", "tile", "transpose", "unsqueeze",
]  # fmt: skip


@hosted("Identity", way="moves")
def identity(data: Any) -> Any:
    """Give the numbers themselves."""
    return data


@hosted("Concat", way="moves")
def concat(*parts: Any, axis: int = 1) -> tuple[Any, ...]:
    """Join tuples along an axis."""
    if axis % max(rank_of(part) for part in parts) == 0:
        return tuple(number for part in parts for number in part)
    return tuple(concat(*rows, axis=-1 if axis < 0 else axis - 1) for rows in zip(*parts, strict=True))


@hosted("Gather", way="moves")
def gather(data: Any, indices: Any, *, axis: int = 0) -> Any:
    """Take numbers out of a tuple, or rows of them."""
    if axis % rank_of(data):
        return tuple(gather(part, indices, axis=axis % rank_of(data) - 1) for part in data)
    known(indices)
    return _picked(data, indices)


@hosted("Slice", way="moves")
def cut(data: Any, starts: Any, ends: Any, axes: Any = None, steps: Any = None) -> Any:
    """Take every so many numbers from a start to an end along axes; backwards if the step is negative.

    Examples:
        >>> cut((1, 2, 3, 4), (-1,), (-100,), (0,), (-2,))
        (4, 2)
    """
    starts, ends = known(starts), known(ends)
    axes = tuple(range(len(starts))) if axes is None else known(axes)
    steps = (1,) * len(starts) if steps is None else known(steps)
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        data = _cut(data, start, end, axis % rank_of(data), step)
    return data


@hosted("Squeeze", way="moves")
def squeeze(data: Any, axes: Any = None) -> Any:
    """Leave out axes of size one: those that are named, or all."""
    sizes = sizes_of(data)
    gone = {axis for axis, size in enumerate(sizes) if size == 1}
    gone = gone if axes is None else gone & {axis % len(sizes) for axis in known(axes)}
    return nested(tuple(flat(data)), [size for axis, size in enumerate(sizes) if axis not in gone])


@hosted("Unsqueeze", way="moves")
def unsqueeze(data: Any, axes: Any) -> Any:
    """Put in axes of size one, at places of the result."""
    sizes = list(sizes_of(data))
    rank = len(sizes) + len(known(axes))
    for axis in sorted(axis % rank for axis in known(axes)):
        sizes.insert(axis, 1)
    return nested(tuple(flat(data)), sizes)


@hosted("Reshape", way="moves")
def reshape(data: Any, shape: Any = (), *, allowzero: int = 0, consumed_inputs: Any = ()) -> Any:
    """Give the same numbers other axes; 0 keeps the size of one, -1 takes what is left."""
    listed = tuple(flat(data))
    sizes = [size or (0 if allowzero else sizes_of(data)[axis]) for axis, size in enumerate(known(shape))]
    if -1 in sizes:
        sizes[sizes.index(-1)] = len(listed) // max(-prod(sizes), 1)
    if prod(sizes) != len(listed):
        raise ValueError(f"{len(listed)} numbers do not fit the shape {sizes}")
    return nested(listed, sizes)


@hosted("Transpose", way="moves")
def transpose(data: Any, *, perm: tuple[int, ...] | None = None) -> Any:
    """Reorder the axes, of which there are two at most."""
    if rank_of(data) > 2:
        raise TypeError("numbers of more than two axes are reordered as tensors only")
    swapped = rank_of(data) == 2 and perm != (0, 1)
    return tuple(zip(*data, strict=True)) if swapped else data


@hosted("Expand", way="moves")
def expand(data: Any, shape: Any) -> Any:
    """Repeat a number, or a tuple of one number, along one axis."""
    listed, sizes = tuple(flat(data)), known(shape)
    if len(sizes) > 1 or rank_of(data) > 1:
        raise TypeError("numbers of more than one axis are repeated as tensors only")
    if not sizes or sizes[0] in (1, len(listed)):
        return listed if sizes else data
    return listed * sizes[0] if len(listed) == 1 else listed


@hosted("Tile", way="moves")
def tile(data: Any, repeats: Any) -> Any:
    """Repeat a tuple of numbers."""
    if rank_of(data) != 1:
        raise TypeError("numbers of more than one axis are repeated as tensors only")
    return data * known(repeats)[0]


@hosted("Split", way="moves", many=True)
def split(
    data: Any, split: Any = None, *, axis: int = 0, num_outputs: int | None = None, output_count: int = 1
) -> tuple[Any, ...]:
    """Take a tuple apart: in parts of given sizes, or of the same size, the last maybe smaller."""
    if axis % rank_of(data):
        raise TypeError("numbers are taken apart along the first axis only")
    count = num_outputs or output_count
    each = -(-len(data) // count)
    ends, parts = 0, []
    for size in (each,) * count if split is None else known(split):
        parts.append(data[ends : ends + size])
        ends += size
    return tuple(parts)


def _picked(data: tuple[Any, ...], indices: Any) -> Any:
    return tuple(_picked(data, index) for index in indices) if isinstance(indices, tuple) else data[indices]


def _cut(data: Any, start: int, end: int, axis: int, step: int) -> Any:
    if axis:
        return tuple(_cut(part, start, end, axis - 1, step) for part in data)
    if step < 0 and start < -len(data):
        start = 0  # where Python would take nothing
    return data[start:end:step] if step > 0 or end >= -len(data) else data[start::step]
