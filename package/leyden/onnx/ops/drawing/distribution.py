"""Tensors of normal and of uniform random numbers."""

import struct
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from leyden.onnx.ops.dtypes import torch_dtype
from leyden.onnx.ops.registry import operator

__all__ = ["generator_of", "random_normal", "random_normal_like", "random_uniform", "random_uniform_like"]


def generator_of(seed: float | None, device: torch.device | str | None) -> torch.Generator | None:
    """Make the generator of a seed; None, which stands for torch's own, if there is no seed.

    Args:
        seed: A float32, as ONNX has it; its bits are what counts.
        device: Where numbers are drawn; None for the CPU.
    """
    if seed is None:
        return None
    (number,) = struct.unpack("<I", struct.pack("<f", seed))
    return torch.Generator(device or "cpu").manual_seed(number)


@operator("RandomNormal", random=True)
def random_normal(
    *, shape: tuple[int, ...], dtype: int = 1, mean: float = 0.0, scale: float = 1.0, seed: float | None = None,
    device: torch.device | str | None = None,
) -> Tensor:  # fmt: skip
    """Draw normal numbers.

    Examples:
        >>> torch.equal(random_normal(shape=(2, 3), seed=7.0), random_normal(shape=(2, 3), seed=7.0))
        True
    """
    return _drawn(torch.randn, shape, seed, torch_dtype(dtype), device) * scale + mean


@operator("RandomUniform", random=True)
def random_uniform(
    *, shape: tuple[int, ...], dtype: int = 1, high: float = 1.0, low: float = 0.0, seed: float | None = None,
    device: torch.device | str | None = None,
) -> Tensor:  # fmt: skip
    """Draw numbers that lie between two bounds."""
    return _drawn(torch.rand, shape, seed, torch_dtype(dtype), device) * (high - low) + low


@operator("RandomNormalLike", random=True)
def random_normal_like(
    x: Any, *, dtype: int | None = None, mean: float = 0.0, scale: float = 1.0, seed: float | None = None
) -> Tensor:
    """Draw normal numbers in the shape of a tensor, and of its type if no other is named."""
    return _drawn(torch.randn, x.shape, seed, _type(x, dtype), _device(x)) * scale + mean


@operator("RandomUniformLike", random=True)
def random_uniform_like(
    x: Any, *, dtype: int | None = None, high: float = 1.0, low: float = 0.0, seed: float | None = None
) -> Tensor:
    """Draw numbers between two bounds in the shape of a tensor, and of its type if no other is named."""
    return _drawn(torch.rand, x.shape, seed, _type(x, dtype), _device(x)) * (high - low) + low


def _drawn(
    draw: Callable[..., Tensor], shape: Sequence[int], seed: float | None, dtype: torch.dtype,
    device: torch.device | str | None,
) -> Tensor:  # fmt: skip
    if seed is None:
        # With a generator, were it None, torch cannot export symbolic sizes.
        return draw(shape, dtype=dtype, device=device)
    return draw(shape, dtype=dtype, device=device, generator=generator_of(seed, device))


def _type(x: Any, code: int | None) -> torch.dtype:
    return torch_dtype(code) if code is not None else x.dtype


def _device(x: Any) -> torch.device | None:
    return x.device if isinstance(x, Tensor) else None
