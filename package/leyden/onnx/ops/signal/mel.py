"""The mel scale of pitch."""

import math
from typing import Any

import torch
from torch import Tensor

from leyden.onnx.ops.dtypes import torch_dtype
from leyden.onnx.ops.registry import operator

__all__ = ["mel_weight_matrix"]

_PLACES = ("num_mel_bins", "dft_length", "sample_rate", "lower_edge_hertz", "upper_edge_hertz")


@operator("MelWeightMatrix", since=17, numbers=_PLACES)
def mel_weight_matrix(
    num_mel_bins: Any, dft_length: Any, sample_rate: Any, lower_edge_hertz: Any, upper_edge_hertz: Any, *,
    output_datatype: int = 1, device: Any = None,
) -> Tensor:  # fmt: skip
    """Compute what a spectrum is multiplied with, to get what each band of the mel scale holds.

    Args:
        num_mel_bins: Bands.
        dft_length: Elements of the signals that the spectra are of; half of them and one more are the rows.
        sample_rate: Of the signals, in hertz.
        lower_edge_hertz: Where the first band starts.
        upper_edge_hertz: Where the last band ends.
        output_datatype: ONNX's number for the type of the elements.
        device: Of the matrix.
    """
    bands, length, rate, lower, upper = (
        part[0] if isinstance(part, tuple) else part
        for part in (num_mel_bins, dft_length, sample_rate, lower_edge_hertz, upper_edge_hertz)
    )
    first, last = (2595 * math.log1p(edge / 700) / math.log(10) for edge in (lower, upper))
    pitch = torch.arange(bands + 2, dtype=torch.float64, device=device) * ((last - first) / (bands + 2)) + first
    hertz = 700 * torch.expm1(pitch / 2595 * math.log(10))
    edges = torch.floor((length + 1) * hertz / rate)
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    row = torch.arange(length // 2 + 1, dtype=torch.float64, device=device)[:, None]
    rising = torch.where(centre > left, (row - left) / (centre - left).clamp(min=1), torch.ones_like(left))
    falling = (right - row) / (right - centre).clamp(min=1)
    zero = torch.zeros_like(rising)
    weight = torch.where((row >= left) & (row <= centre), rising, zero)
    weight = torch.where((row > centre) & (row < right), falling, weight)
    return weight.to(torch_dtype(output_datatype))
