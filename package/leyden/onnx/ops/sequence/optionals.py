"""Optionals of ONNX: a value, or None."""

from typing import Any

import torch
from torch import Tensor

from leyden.onnx.ops.registry import operator

__all__ = ["optional", "optional_get_element", "optional_has_element"]


@operator("Optional", since=15)
def optional(input: Any = None, *, type: Any = None) -> Any:
    """Give the value itself, or None; its type is what it would be."""
    return input


@operator("OptionalGetElement", since=15)
def optional_get_element(input: Any) -> Any:
    """Give the value.

    Raises:
        ValueError: There is none.
    """
    if input is None:
        raise ValueError("OptionalGetElement was asked for the element of an empty optional; ask whether it has one")
    return input


@operator("OptionalHasElement", since=15)
def optional_has_element(input: Any = None) -> Tensor:
    """Say whether there is a value."""
    return torch.tensor(input is not None)
