"""Windows that fade a piece of a signal in and out."""

from typing import Any

import torch
from torch import Tensor

from leyden.onnx.ops.dtypes import torch_dtype
from leyden.onnx.ops.registry import operator

__all__ = ["blackman_window", "hamming_window", "hann_window"]


@operator("HannWindow", since=17, numbers=("size",))
def hann_window(size: Any, *, output_datatype: int = 1, periodic: int = 1, device: Any = None) -> Tensor:
    """Compute a Hann window.

    Examples:
        >>> hann_window(4)
        tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    window = torch.hann_window(_single(size), periodic=bool(periodic), dtype=torch.float64, device=device)
    return window.to(torch_dtype(output_datatype))


@operator("HammingWindow", since=17, numbers=("size",))
def hamming_window(size: Any, *, output_datatype: int = 1, periodic: int = 1, device: Any = None) -> Tensor:
    """Compute a Hamming window, whose first coefficient is 25 / 46."""
    window = torch.hamming_window(
        _single(size), periodic=bool(periodic), alpha=25 / 46, beta=21 / 46, dtype=torch.float64, device=device
    )
    return window.to(torch_dtype(output_datatype))


@operator("BlackmanWindow", since=17, numbers=("size",))
def blackman_window(size: Any, *, output_datatype: int = 1, periodic: int = 1, device: Any = None) -> Tensor:
    """Compute a Blackman window."""
    window = torch.blackman_window(_single(size), periodic=bool(periodic), dtype=torch.float64, device=device)
    return window.to(torch_dtype(output_datatype))


def _single(size: Any) -> Any:
    return size[0] if isinstance(size, tuple) else size
