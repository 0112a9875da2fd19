"""Sequences of ONNX: Python lists of tensors, never changed in place."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from leyden.onnx.ops.registry import operator

__all__ = [
    "concat_from_sequence", "sequence_at", "sequence_construct", "sequence_empty", "sequence_erase", "sequence_insert",
    "sequence_length", "split_to_sequence",
]  # fmt: skip


@operator("SequenceEmpty", since=11)
def sequence_empty(*, dtype: int = 1) -> list[Any]:
    """Give an empty list; the element type says what would go into it."""
    return []


@operator("SequenceConstruct", since=11)
def sequence_construct(*inputs: Any) -> list[Any]:
    """Give a list of the values."""
    return list(inputs)


@operator("SequenceLength", since=11, gives_numbers=True)
def sequence_length(input_sequence: Sequence[Any]) -> int:
    """Count what is in a list."""
    return len(input_sequence)


@operator("SequenceAt", since=11, numbers=("position",))
def sequence_at(input_sequence: Sequence[Any], position: Any) -> Any:
    """Give the value at a position; a negative one counts from the end.

    Raises:
        IndexError: There is no such position.
    """
    length, place = len(input_sequence), _single(position)
    _check(place, -length, length - 1, length)
    return input_sequence[place]


@operator("SequenceInsert", since=11, numbers=("position",))
def sequence_insert(input_sequence: Sequence[Any], tensor: Any, position: Any = None) -> list[Any]:
    """Give a list with one more value before a position; at the end where no position is given.

    Raises:
        IndexError: There is no such position.

    Examples:
        >>> sequence_insert(["a", "b"], "c", -1)
        ['a', 'c', 'b']
    """
    length = len(input_sequence)
    place = length if position is None else _single(position)
    _check(place, -length, length, length)
    return [*input_sequence[:place], tensor, *input_sequence[place:]]


@operator("SequenceErase", since=11, numbers=("position",))
def sequence_erase(input_sequence: Sequence[Any], position: Any = None) -> list[Any]:
    """Give a list without the value at a position; without the last where no position is given.

    Raises:
        IndexError: There is no such position.
    """
    length = len(input_sequence)
    place = -1 if position is None else _single(position)
    _check(place, -length, length - 1, length)
    place %= length
    return [*input_sequence[:place], *input_sequence[place + 1 :]]


@operator("ConcatFromSequence", since=11)
def concat_from_sequence(input_sequence: Sequence[Any], *, axis: int, new_axis: int = 0) -> Any:
    """Join the tensors of a list along an axis that they have, or along a new one."""
    if isinstance(input_sequence[0], np.ndarray):
        return (np.stack if new_axis else np.concatenate)(list(input_sequence), axis)
    return (torch.stack if new_axis else torch.cat)(list(input_sequence), axis)


@operator("SplitToSequence", since=11, numbers=("split",))
def split_to_sequence(input: Any, split: Any = None, *, axis: int = 0, keepdims: int = 1) -> list[Any]:
    """Cut a tensor into a list: into slices of one, or into parts of given sizes.

    Args:
        input: The tensor.
        split: Size of each part, the last may be smaller; or all the sizes; None for slices of size one.
        axis: The axis that is cut.
        keepdims: Whether slices of size one keep that axis; only where no sizes are given.

    Examples:
        >>> [part.tolist() for part in split_to_sequence(torch.arange(5), 2)]
        [[0, 1], [2, 3], [4]]
    """
    total = input.shape[axis]
    if isinstance(split, tuple):
        sizes = split
    else:
        step = 1 if split is None else split
        sizes = tuple(min(step, total - start) for start in range(0, total, step))
    if isinstance(input, np.ndarray):
        parts = list(np.split(input, np.cumsum(sizes)[:-1], axis)) if sizes else []
        return [part.squeeze(axis) for part in parts] if split is None and not keepdims else parts
    if split is None and not keepdims:
        return list(torch.unbind(input, axis))
    return list(torch.split(input, list(sizes), axis)) if sizes else []


def _single(position: Any) -> Any:
    """Take the number out of a tuple of one: files write positions either way."""
    return position[0] if isinstance(position, tuple) else position


def _check(position: int, low: int, high: int, length: int) -> None:
    if not low <= position <= high:
        raise IndexError(f"position {position} is outside of a sequence of {length}: it must be {low} to {high}")
