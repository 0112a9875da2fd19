"""Columns of tables: chosen, scaled, filled, cut, put together."""

from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from leyden.onnx.ops.registry import operator

__all__ = ["array_feature_extractor", "binarizer", "feature_vectorizer", "imputer", "normalizer", "scaler"]

_DOMAIN = "ai.onnx.ml"


@operator("ArrayFeatureExtractor", domain=_DOMAIN)
def array_feature_extractor(x: Any, y: Tensor) -> Any:
    """Take columns, the last axis of the data; a single row becomes a matrix."""
    if isinstance(x, np.ndarray):
        found = x[..., y.reshape(-1).cpu().numpy()]
    else:
        found = x.index_select(-1, y.reshape(-1).long())
    return found[None] if x.ndim == 1 else found


@operator("Binarizer", domain=_DOMAIN)
def binarizer(x: Tensor, *, threshold: float = 0.0) -> Tensor:
    """Give one for what is over a threshold, zero for the rest.

    Examples:
        >>> binarizer(torch.tensor([-1.0, 0.5, 2.0]), threshold=0.5)
        tensor([0., 0., 1.])
    """
    return (x > threshold).to(x.dtype)


@operator("Scaler", domain=_DOMAIN)
def scaler(x: Tensor, *, offset: tuple[float, ...] = (), scale: tuple[float, ...] = ()) -> Tensor:
    """Subtract an offset from each column, and multiply it."""
    values = x if x.dtype == torch.float64 else x.to(torch.float32)
    found = (values - _row(offset, values)) * _row(scale, values)
    return found.to(torch.float32)


@operator("Imputer", domain=_DOMAIN)
def imputer(
    x: Tensor, *, imputed_value_floats: tuple[float, ...] = (), imputed_value_int64s: tuple[int, ...] = (),
    replaced_value_float: float = 0.0, replaced_value_int64: int = 0,
) -> Tensor:  # fmt: skip
    """Replace a value that stands for a missing one, in each column by a value of its own or in all by one.

    Raises:
        ValueError: There is nothing to replace it by.
    """
    floating = x.dtype.is_floating_point
    values = imputed_value_floats if floating else imputed_value_int64s
    missing = replaced_value_float if floating else replaced_value_int64
    if not values:
        raise ValueError(f"Imputer has no values to put into a table of {x.dtype}")
    gaps = x.isnan() if missing != missing else x == missing
    return torch.where(gaps, _row(values, x), x)


@operator("Normalizer", domain=_DOMAIN)
def normalizer(x: Tensor, *, norm: Literal["MAX", "L1", "L2"] = "MAX") -> Tensor:
    """Divide each row by its greatest value, its sum of magnitudes, or its length; rows of zeros stay."""
    values = x.to(torch.float32)
    if norm == "MAX":
        size = values.amax(-1, keepdim=True)
    else:
        size = torch.linalg.vector_norm(values, 1 if norm == "L1" else 2, -1, keepdim=True)
    return torch.where(size != 0, values / size, values)


@operator("FeatureVectorizer", domain=_DOMAIN)
def feature_vectorizer(*parts: Tensor, inputdimensions: tuple[int, ...] = ()) -> Tensor:
    """Put tables side by side, each cut or filled with zeros to a number of columns."""
    columns = [part.reshape(part.shape[0], -1).to(torch.float32) for part in parts]
    widths = inputdimensions or tuple(part.shape[1] for part in columns)
    fitted = [
        torch.nn.functional.pad(part, (0, width - part.shape[1])) for part, width in zip(columns, widths, strict=True)
    ]
    return torch.cat(fitted, 1)


def _row(values: tuple[float, ...], like: Tensor) -> Tensor:
    return torch.tensor(values, dtype=like.dtype, device=like.device)
