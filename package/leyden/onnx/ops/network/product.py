"""Products of matrices."""

from collections.abc import Callable

import torch
from torch import Tensor

from leyden.onnx.ops.registry import operator

__all__ = ["gemm", "matmul", "old_gemm"]

_UNSIGNED = {torch.uint8: torch.int64, torch.uint16: torch.int64, torch.uint32: torch.int64, torch.uint64: torch.int64}


@operator("MatMul")
def matmul(a: Tensor, b: Tensor) -> Tensor:
    """Multiply matrices, or stacks of them; a vector is a row before and a column behind."""
    if a.dtype in _UNSIGNED:
        return _as_signed(torch.matmul, a, b)
    return torch.matmul(a, b)


@operator("Gemm", since=7)
def gemm(
    a: Tensor, b: Tensor, c: Tensor | None = None, *, alpha: float = 1.0, beta: float = 1.0, transA: int = 0,  # noqa: N803  ONNX's own name
    transB: int = 0,  # noqa: N803  ONNX's own name
) -> Tensor:  # fmt: skip
    """Give `alpha * a @ b + beta * c`, the matrices transposed if asked.

    Examples:
        >>> gemm(torch.eye(2), torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([1.0, 0.0]), alpha=2.0, transB=1)
        tensor([[3., 6.],
                [5., 8.]])
    """
    a, b = a.t() if transA else a, b.contiguous().t() if transB else b  # as a Linear has it, and sums like one
    if a.is_floating_point():
        if c is not None:
            return torch.addmm(c, a, b, beta=beta, alpha=alpha)
        return a @ b if alpha == 1 else a @ b * alpha
    return _as_signed(lambda one, other, *rest: _whole(one, other, *rest, alpha=alpha, beta=beta), a, b, c)


@operator("Gemm", until=6)
def old_gemm(
    a: Tensor, b: Tensor, c: Tensor, *, alpha: float = 1.0, beta: float = 1.0, broadcast: int = 0, transA: int = 0,  # noqa: N803  ONNX's own name
    transB: int = 0,  # noqa: N803  ONNX's own name
) -> Tensor:  # fmt: skip
    """Give `alpha * a @ b + beta * c`; `broadcast` says that `c` is smaller, which its shape says, too."""
    return gemm(a, b, c, alpha=alpha, beta=beta, transA=transA, transB=transB)


def _whole(a: Tensor, b: Tensor, c: Tensor | None = None, *, alpha: float, beta: float) -> Tensor:
    product = a @ b
    product = product if alpha == 1 else (product * alpha).to(product.dtype)
    if c is None or beta == 0:
        return product
    return product + (c if beta == 1 else (c * beta).to(c.dtype))


def _as_signed(compute: Callable[..., Tensor], *values: Tensor | None) -> Tensor:
    """Compute in 64 bits with a sign: what is lost above 64 bits is lost without a sign, too."""
    first = values[0]
    assert first is not None
    if first.dtype not in _UNSIGNED:
        return compute(*values)
    return compute(*(None if value is None else value.to(torch.int64) for value in values)).to(first.dtype)
