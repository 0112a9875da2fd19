"""How the values of images lie in memory: bytes or reals, channel by channel or pixel by pixel."""

from collections.abc import Iterator
from math import isfinite, sqrt

import cv2
import numpy as np
import torch
from torch import Tensor

__all__ = ["BYTES", "blocks", "channel_means", "floating", "is_small", "planar", "spread"]

BYTES = 255
"""The byte that stands for 1."""

_MOST = 4
"""Channels that OpenCV takes apart, or sums up, in one pass."""

_BLOCK = 2**14
"""Values that several passes are made over while they stay in a core's own cache: 64 kB in float32.

From 32768 on torch would wake a thread a core for each pass, which then wait in circles for the next one: two thirds
more of the processor's time for the same time on the clock.
"""


def planar(data: Tensor) -> Tensor:
    """Give an image channel by channel in memory; itself if it lies so, a new tensor otherwise.

    Args:
        data: `channel *space`, of any layout, such as a permuted picture of `y x channel`.
    """
    if data.is_contiguous():
        return data
    pixels = _pixels(data)
    if pixels is None:
        return data.contiguous()
    planes = torch.empty(data.shape, dtype=data.dtype)
    cv2.split(pixels, list(planes.numpy()))  # a quarter of the time of torch's strided copy
    return planes


def floating(data: Tensor) -> Tensor:
    """Give an image in reals, channel by channel; itself if it is so, a new tensor otherwise.

    Args:
        data: `channel *space`; bytes become float32 of 0..1, half precision float32.
    """
    data = planar(data)
    if data.dtype == torch.uint8:
        small = is_small(data)
        return torch.from_numpy(data.numpy() / np.float32(BYTES)) if small else data.float().div_(BYTES)
    return data if data.dtype in (torch.float32, torch.float64) else data.float()


def is_small(data: Tensor) -> bool:
    """Tell whether an image is better left to numpy than to torch: a picture in bytes or float32, in memory.

    From 32768 values on torch wakes a thread a core. For pictures that gains nothing, and for some milliseconds the
    threads then wait in circles for more: measured beside a busy OpenCV, a picture took ten times as long.
    """
    plain = data.dtype in (torch.uint8, torch.float32) and not data.requires_grad
    return plain and data.ndim == 3 and data.device.type == "cpu"


def blocks(data: Tensor) -> Iterator[Tensor]:
    """Give an image piece by piece, as flat views of its memory, for changes of several passes in place.

    Pieces are cut the same way whatever the machine, so that noise drawn for them comes out alike. Off the CPU it is
    one piece.

    Args:
        data: contiguous.
    """
    flat = data.view(-1)
    yield from flat.split(_BLOCK) if data.device.type == "cpu" else (flat,)


def channel_means(data: Tensor) -> tuple[float, ...]:
    """Give the mean of each channel, bytes as 0..1, in double precision or as good as it.

    Args:
        data: `channel *space`.
    """
    gain = 1 / BYTES if data.dtype == torch.uint8 else 1.0
    pixels = _pixels(data)
    if pixels is not None:
        return tuple(gain * mean for mean in cv2.mean(pixels)[: data.shape[0]])
    if data.dtype == torch.uint8 and data.device.type == "cpu":
        return tuple(gain * cv2.mean(plane.reshape(1, -1))[0] for plane in planar(data).numpy())
    wide = torch.float64 if data.dtype == torch.float64 else torch.float32
    means = data.detach().mean(dim=tuple(range(1, data.ndim)), dtype=wide)
    return tuple(gain * mean for mean in means.tolist())


def spread(data: Tensor) -> tuple[float, float]:
    """Give mean and standard deviation over all values, in a tenth of the time of `torch.std_mean`.

    Args:
        data: contiguous, float32 or float64.
    """
    data = data.detach()
    mean = data.mean().item()
    # the mean is rounded: what is left of it is taken off again
    rest = squares = 0.0
    for block in blocks(data):
        centred = block - mean
        rest += centred.sum().item() / data.numel()
        squares += torch.dot(centred, centred).item() / data.numel()
    if isfinite(squares):
        return mean + rest, sqrt(max(0.0, squares - rest * rest))
    # squares of values beyond 1e19 do not fit single precision
    return (mean, squares) if data.dtype == torch.float64 else spread(data.double())


def _pixels(data: Tensor) -> np.ndarray | None:
    """Give a picture as `y x channel` for OpenCV, where it lies so in memory and OpenCV may read it."""
    if data.ndim != 3 or not 1 < data.shape[0] <= _MOST or data.device.type != "cpu" or data.requires_grad:
        return None
    if data.dtype not in (torch.uint8, torch.float32) or not data.permute(1, 2, 0).is_contiguous():
        return None
    return data.permute(1, 2, 0).numpy()
