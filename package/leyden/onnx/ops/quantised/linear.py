"""Real numbers as integers, or small floating-point numbers, times a scale; and back."""

from typing import Any

import torch
from torch import Tensor

from leyden.onnx.ops.dtypes import dtype_code, torch_dtype
from leyden.onnx.ops.elementwise.conversion import convert
from leyden.onnx.ops.registry import operator

__all__ = ["dequantise", "dynamic_steps", "quantise", "quantise_dynamically", "requantised"]

_RANGES = {
    2: (0, 255), 3: (-128, 127), 4: (0, 65535), 5: (-32768, 32767), 21: (0, 15), 22: (-8, 7), 25: (0, 3), 26: (-2, 1),
}  # fmt: skip
_FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
_UINT8 = 2


@operator("QuantizeLinear", since=10)
def quantise(
    x: Tensor, scale: Tensor, zero_point: Tensor | None = None, *, axis: int = 1, saturate: int = 1,
    block_size: int = 0, output_dtype: int = 0, precision: int = 0, input_types: tuple[int, ...] = (),
) -> Tensor:  # fmt: skip
    """Divide by a scale, round, add a zero point, and hold the result in the range of its type.

    Examples:
        >>> quantise(torch.tensor([-1.0, 0.3, 400.0]), torch.tensor(0.5), torch.tensor(10, dtype=torch.uint8))
        tensor([  8,  11, 255], dtype=torch.uint8)
    """
    code = output_dtype or _UINT8
    if zero_point is not None:
        code = (input_types[2:3] or (0,))[0] or dtype_code(zero_point.dtype)
        zero_point = _spread(zero_point, x, axis, block_size)
    scale = _spread(_real(scale), x, axis, block_size)
    dtype = torch_dtype(precision) if precision else scale.dtype
    return requantised(x.to(dtype) / scale.to(dtype), zero_point, code, saturate=bool(saturate))


@operator("DequantizeLinear", since=10)
def dequantise(
    x: Tensor, scale: Tensor, zero_point: Tensor | None = None, *, axis: int = 1, block_size: int = 0,
    output_dtype: int = 0,
) -> Tensor:  # fmt: skip
    """Take a zero point away, and multiply by a scale.

    Examples:
        >>> dequantise(torch.tensor([0, 3], dtype=torch.uint8), torch.tensor(2.0), torch.tensor(1, dtype=torch.uint8))
        tensor([-2.,  4.])
    """
    dtype = torch_dtype(output_dtype) if output_dtype else _real(scale).dtype
    number = x.to(torch.float32)
    if zero_point is not None:
        number = number - _spread(zero_point, x, axis, block_size).to(torch.float32)
    return (number * _spread(_real(scale), x, axis, block_size)).to(dtype)


@operator("DynamicQuantizeLinear", since=11)
def quantise_dynamically(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Quantise to uint8 with the scale and the zero point that the range of the numbers, and of zero, asks for."""
    least, greatest = torch.clamp(torch.min(x), max=0), torch.clamp(torch.max(x), min=0)
    scale = torch.where(greatest == least, 1, greatest - least) / 255
    zero_point = torch.round(torch.clamp(-least / scale, 0, 255))
    y = torch.clamp(torch.round(x / scale) + zero_point, 0, 255)
    return y.to(torch.uint8), scale, zero_point.to(torch.uint8)


def dynamic_steps(x: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Give numbers as whole steps of the scale that their range asks for, and that scale.

    The gradient passes to the numbers as if nothing were rounded; there is none for the scale.

    Args:
        x: Real numbers.
        dtype: Type of floating point that the steps are given in.

    Examples:
        >>> dynamic_steps(torch.tensor([-1.0, 0.3, 254.0]), torch.float32)
        (tensor([ -1.,   0., 254.]), tensor(1.))
    """
    few, scale, zero_point = quantise_dynamically(x.detach().to(torch.float32))
    steps = few.to(dtype) - zero_point.to(dtype)
    if torch.is_grad_enabled() and x.requires_grad:
        real = (x / scale).to(dtype)
        steps = steps + (real - real.detach())
    return steps, scale


def requantised(quotient: Tensor, zero_point: Tensor | None, code: int, *, saturate: bool = True) -> Tensor:
    """Round what was divided by a scale to an element type of ONNX, moved by a zero point.

    Args:
        quotient: Real numbers.
        zero_point: Broadcast over them; None for zero. Types of eight bits with a point have none.
        code: ONNX's number for the element type.
        saturate: Whether what is beyond the range of a float8 becomes its greatest number.

    Raises:
        ValueError: Numbers are not quantised to that type.
    """
    if code in _RANGES:
        # Only from float32 on are there all the integers that a zero point of 16 bits leads to.
        whole = torch.round(quotient).to(torch.promote_types(quotient.dtype, torch.float32))
        moved = whole if zero_point is None else whole + zero_point.to(whole.dtype)
        return torch.clamp(moved, *_RANGES[code]).to(torch_dtype(code))
    if code not in (17, 18, 19, 20, 23, 27, 28):
        raise ValueError(f"ONNX's type {code} holds no quantised numbers; integers up to 16 bits and small floats do")
    if zero_point is not None:
        quotient = quotient + zero_point.to(quotient.dtype)
    return convert(quotient, code, saturate=saturate)


def _real(scale: Tensor) -> Tensor:
    return scale if scale.dtype in _FLOATS else scale.to(torch.float32)


def _spread(value: Tensor, x: Tensor, axis: int, block_size: int) -> Tensor:
    """View a scale or a zero point so that it is broadcast over the data: one for all, for a slice, or for a block."""
    if value.dim() == 0:
        return value
    if value.numel() == 1:
        return value.reshape(())
    if not block_size:
        after: Any = x.dim() - 1 - (axis + x.dim() if axis < 0 else axis)
        return value.reshape(-1, *(1,) * after)
    return torch.repeat_interleave(value, block_size, axis).narrow(axis, 0, x.shape[axis])
