"""Maps from keys to values: Python dictionaries, a list of them where there is one for each row."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from leyden.onnx.ops.registry import operator

__all__ = ["cast_map", "dict_vectorizer", "zip_map"]

_DOMAIN = "ai.onnx.ml"


@operator("ZipMap", domain=_DOMAIN)
def zip_map(
    x: Tensor, *, classlabels_int64s: tuple[int, ...] = (), classlabels_strings: tuple[str, ...] = ()
) -> list[dict[Any, Tensor]]:
    """Give a dictionary for each row: a label for each column.

    Examples:
        >>> zip_map(torch.tensor([[0.25, 0.75]]), classlabels_strings=("cat", "dog"))
        [{'cat': tensor(0.2500), 'dog': tensor(0.7500)}]
    """
    rows = x.reshape(1, -1) if x.ndim == 1 else x
    labels = classlabels_strings or classlabels_int64s
    return [dict(zip(labels, row.unbind(), strict=True)) for row in rows.unbind()]


@operator("DictVectorizer", domain=_DOMAIN)
def dict_vectorizer(
    x: Mapping[Any, Any], *, int64_vocabulary: tuple[int, ...] = (), string_vocabulary: tuple[str, ...] = ()
) -> Any:
    """Give the values of keys in the order of a vocabulary, as one row; zero, or an empty text, where there is none."""
    words = string_vocabulary or int64_vocabulary
    values = [_plain(x[word]) if word in x else None for word in words]
    if any(isinstance(value, str) for value in values):
        return np.array([[value or "" for value in values]], dtype=object)
    known = [value for value in values if value is not None]
    dtype = torch.int64 if known and all(isinstance(value, int) for value in known) else torch.float32
    given = next(iter(x.values()), None)
    dtype = given.dtype if isinstance(given, Tensor) else dtype
    return torch.tensor([[value or 0 for value in values]], dtype=dtype)


@operator("CastMap", domain=_DOMAIN)
def cast_map(
    x: Mapping[int, Any], *, cast_to: Literal["TO_FLOAT", "TO_STRING", "TO_INT64"] = "TO_FLOAT",
    map_form: Literal["DENSE", "SPARSE"] = "DENSE", max_map: int = 1,
) -> Any:  # fmt: skip
    """Give the values of a dictionary in the order of its keys, as one row; sparse: each at the place of its key."""
    pairs: Sequence[tuple[int, Any]] = sorted((key, _plain(value)) for key, value in x.items())
    if map_form == "SPARSE":
        there = dict(pairs)
        values = [there.get(key) for key in range(max_map)]
    else:
        values = [value for _, value in pairs]
    if cast_to == "TO_STRING":
        return np.array([["" if value is None else str(value) for value in values]], dtype=object)
    kind, dtype = (float, torch.float32) if cast_to == "TO_FLOAT" else (int, torch.int64)
    return torch.tensor([[kind(value or 0) for value in values]], dtype=dtype)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, Tensor) else value
