"""Dropout."""

import torch
from torch import Tensor

from leyden.onnx.ops.registry import operator

__all__ = ["dropout", "dropout_1", "dropout_7", "dropout_10"]


@operator("Dropout", since=12, numbers=("ratio", "training_mode"), random=True)
def dropout(
    data: Tensor, ratio: float | None = None, training_mode: bool | None = None, *, seed: int | None = None,
    output_count: int = 1,
) -> Tensor | tuple[Tensor, Tensor]:  # fmt: skip
    """Set elements to zero at random in training mode, and enlarge the others; give the mask of those, too, if asked.

    With a seed, each call draws the same numbers.
    """
    ratio = 0.5 if ratio is None else ratio
    if not training_mode or not ratio:
        return data if output_count == 1 else (data, torch.ones_like(data, dtype=torch.bool))
    return _dropped(data, ratio, seed, output_count)


@operator("Dropout", since=10, until=11)
def dropout_10(data: Tensor, *, ratio: float = 0.5, output_count: int = 1) -> Tensor | tuple[Tensor, Tensor]:
    """Give the elements as they are, and a mask that keeps all of them if asked: this version is for inference."""
    return data if output_count == 1 else (data, torch.ones_like(data, dtype=torch.bool))


@operator("Dropout", since=7, until=9)
def dropout_7(data: Tensor, *, ratio: float = 0.5, output_count: int = 1) -> Tensor | tuple[Tensor, Tensor]:
    """Give the elements as they are, and a mask of ones if asked: this version is for inference."""
    return data if output_count == 1 else (data, torch.ones_like(data))


@operator("Dropout", until=6, random=True)
def dropout_1(
    data: Tensor, *, consumed_inputs: tuple[int, ...] = (), is_test: int = 0, ratio: float = 0.5, output_count: int = 1
) -> Tensor | tuple[Tensor, Tensor]:
    """Set elements to zero at random, unless `is_test` says that this is inference."""
    if is_test:
        return dropout_7(data, ratio=ratio, output_count=output_count)
    results = _dropped(data, ratio, None, output_count)
    return results if isinstance(results, Tensor) else (results[0], results[1].to(data.dtype))


def _dropped(data: Tensor, ratio: float, seed: int | None, output_count: int) -> Tensor | tuple[Tensor, Tensor]:
    kept = (torch.rand_like(data, dtype=torch.float32) if seed is None else _seeded(data, seed)) >= ratio
    result = data * kept * (1 / (1 - ratio) if ratio < 1 else 0)
    return result if output_count == 1 else (result, kept)


def _seeded(data: Tensor, seed: int) -> Tensor:
    """Draw the numbers that ONNX's reference draws: 53 bits of the Mersenne Twister, put together as NumPy does."""
    generator = torch.Generator().manual_seed(seed)
    bits = torch.empty(data.shape, dtype=torch.int64).random_(-(2**63), None, generator=generator)
    high, low = (bits >> 37) & 0x7FFFFFF, (bits >> 6) & 0x3FFFFFF
    return ((high * 2**26 + low).double() / 2**53).to(data.device)
