"""One row of an array as an element: a tensor that owns its memory, or text."""

import numpy as np
import torch

from leyden.data.pipe.view import Element

__all__ = ["element_of", "why_no_column"]

_NUMBERS, _TEXT = "biufc", "SU"
_LARGEST = {"f": 8, "c": 16}  # bytes: torch has no longer real and complex numbers


def why_no_column(shape: tuple[int, ...], dtype: np.dtype) -> str | None:
    """What keeps an array from being read row by row, or None if nothing does."""
    if not shape:
        return "is a single value without rows"
    if dtype.kind not in _NUMBERS + _TEXT or dtype.itemsize > _LARGEST.get(dtype.kind, dtype.itemsize):
        return f"holds {'Python objects' if dtype.kind == 'O' else dtype}, not numbers that torch knows, nor text"
    return None


def element_of(row: np.ndarray | np.generic) -> Element:
    """A row as a tensor of its own, or as a text or nested lists of text."""
    if row.dtype.kind == "S":
        return np.char.decode(np.asarray(row, dtype=np.bytes_), "utf-8").tolist()
    if row.dtype.kind == "U":
        return row.tolist()
    return torch.from_numpy(np.array(row, dtype=row.dtype.newbyteorder("="), order="C"))
