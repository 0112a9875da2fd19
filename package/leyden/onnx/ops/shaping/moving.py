"""Moving elements of types that torch has few functions for: texts, and numbers without arithmetic."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor

__all__ = ["Elements", "as_bits", "moved", "several"]

Elements: TypeAlias = Tensor | np.ndarray
"""A tensor, or an array of texts."""

_BITS = {
    torch.uint16: torch.int16, torch.uint32: torch.int32, torch.uint64: torch.int64,
    torch.float8_e4m3fn: torch.int8, torch.float8_e4m3fnuz: torch.int8, torch.float8_e5m2: torch.int8,
    torch.float8_e5m2fnuz: torch.int8, torch.float8_e8m0fnu: torch.int8,
}  # fmt: skip


def moved(function: Callable[..., Any], data: np.ndarray, *rest: Any, **settings: Any) -> Any:
    """Move the elements of an array of texts as a function moves those of a tensor.

    Args:
        function: Gives a tensor, or a sequence of them, each of whose elements is one of its first argument.
        data: The texts.
        rest: Further arguments of the function.
        settings: Its keyword arguments.

    Examples:
        >>> moved(torch.t, np.array([["a", "b"], ["c", "d"]], dtype=object)).tolist()
        [['a', 'c'], ['b', 'd']]
    """
    result = function(torch.arange(data.size).reshape(data.shape), *rest, **settings)
    if not isinstance(result, Tensor):
        return tuple(_taken(data, part) for part in result)
    return _taken(data, result)


def as_bits(data: Tensor) -> Tensor:
    """View a tensor that torch cannot index as integers of the same width; any other one is given back as it is.

    Examples:
        >>> as_bits(torch.tensor([1, 65535], dtype=torch.uint16))
        tensor([ 1, -1], dtype=torch.int16)
    """
    return data.view(_BITS[data.dtype]) if data.dtype in _BITS else data


def several(numbers: Any) -> tuple[Any, ...]:
    """Give one number as a tuple of it; a tuple is given back as it is."""
    return numbers if isinstance(numbers, tuple) else (numbers,)


def _taken(data: np.ndarray, places: Tensor) -> np.ndarray:
    texts = np.empty(tuple(places.shape), dtype=object)
    texts[...] = data.reshape(-1)[places.numpy()]
    return texts
