"""A tensor that stays in its file until it is read, straight into the memory in which torch keeps it."""

import io
import math
import mmap
from typing import Any, final

import numpy as np
import onnx_ir as ir
import torch

from leyden.errors import OnnxImportError
from leyden.onnx.ops.dtypes import torch_dtype

__all__ = ["Stored"]

_LARGE = 2**20
_ROWS = 16  # of a matrix that is turned around, at once: a cache line of the new rows
_FOURS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)  # the magnitudes that a float4e2m1 can have


@final
class Stored:
    """A tensor in a file.

    Args:
        file: The file, open for reading for as long as the tensor is read.
        offset: Where its first byte is.
        dtype: Its element type.
        shape: Its sizes.
        name: Its name.
    """

    def __init__(
        self, file: io.BufferedIOBase, offset: int, *, dtype: ir.DataType, shape: ir.Shape, name: str | None
    ) -> None:
        self.file = file
        self.offset = offset
        self.dtype = dtype
        self.shape = shape
        self.name = name
        self.doc_string: str | None = None
        self.metadata_props: dict[str, str] = {}
        self.meta: dict[str, Any] = {}

    @property
    def size(self) -> int:
        """Number of its elements."""
        return math.prod(self.shape.numpy())

    @property
    def nbytes(self) -> int:
        """Number of its bytes in the file."""
        return -(-self.size * self.dtype.bitwidth // 8)

    @property
    def raw(self) -> Any:
        """What holds it: the open file."""
        return self.file

    def tensor(self) -> torch.Tensor:
        """Read it into memory of its own.

        Raises:
            OnnxImportError: The file ends before the tensor does.
        """
        memory = self._read()
        sizes, bits = tuple(self.shape.numpy()), self.dtype.bitwidth
        if bits < 8:
            return _unpacked(memory, bits, self.dtype).flatten()[: math.prod(sizes)].reshape(sizes)
        if self.dtype == ir.DataType.BOOL:
            return (memory != 0).reshape(sizes)
        return memory.view(torch_dtype(int(self.dtype))).reshape(sizes)

    def turned(self) -> torch.Tensor:
        """Read a matrix transposed: some rows at a time, so that it is never beside itself in memory.

        Raises:
            OnnxImportError: The file ends before the matrix does.
        """
        if self.dtype.bitwidth < 8 or self.dtype == ir.DataType.BOOL:
            return self.tensor().t().contiguous()
        (rows, columns), dtype = self.shape.numpy(), torch_dtype(int(self.dtype))
        whole, width = torch.empty(columns, rows, dtype=dtype), columns * dtype.itemsize
        step = min(rows, max(_ROWS, -(-_LARGE // max(width, 1))))
        memory = _memory(step * width)
        for first in range(0, rows, max(step, 1)):
            count = min(step, rows - first)
            self._fill(memory[: count * width], first * width)
            whole[:, first : first + count] = memory[: count * width].view(dtype).view(count, columns).t()
        return whole

    def numpy(self) -> np.ndarray:
        """Read it as NumPy has it."""
        return self._read().numpy().view(self.dtype.numpy()).reshape(self.shape.numpy())

    def __array__(self, dtype: Any = None) -> np.ndarray:
        return self.numpy() if dtype is None else self.numpy().astype(dtype)

    def __dlpack__(self, *, stream: Any = None) -> Any:
        return self.tensor().__dlpack__(stream=stream)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self.tensor().__dlpack_device__()

    def tobytes(self) -> bytes:
        """Read its bytes."""
        return self._read().numpy().tobytes()

    def _read(self) -> torch.Tensor:
        memory = _memory(self.nbytes)
        self._fill(memory, 0)
        return memory

    def _fill(self, memory: torch.Tensor, start: int) -> None:
        self.file.seek(self.offset + start)
        got, view = 0, memoryview(memory.numpy().data)
        while got < len(view):
            more = self.file.readinto(view[got:])  # pyright: ignore[reportAttributeAccessIssue]  every binary file has it
            if not more:
                found = start + got
                raise OnnxImportError(f"tensor {self.name!r}: its file ends after {found} of its {self.nbytes} bytes")
            got += more


def _memory(size: int) -> torch.Tensor:
    """Allocate memory: for a large tensor pages of its own, which go back to the system as soon as it goes.

    What a large weight is turned around from would otherwise stay with the process, as holes between other weights.
    """
    if size < _LARGE or not hasattr(mmap, "MAP_PRIVATE"):
        return torch.empty(size, dtype=torch.uint8)
    return torch.frombuffer(mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS), dtype=torch.uint8)


def _unpacked(memory: torch.Tensor, bits: int, dtype: ir.DataType) -> torch.Tensor:
    """Give each of several elements in a byte a byte of its own; the lowest bits come first."""
    parts = torch.stack([memory >> shift & (2**bits - 1) for shift in range(0, 8, bits)], dim=-1)
    if dtype == ir.DataType.FLOAT4E2M1:
        return torch.tensor((*_FOURS, *(-size for size in _FOURS)))[parts.to(torch.int64)]
    if dtype.name.startswith("INT"):
        half = 2 ** (bits - 1)
        return (parts.to(torch.int8) ^ half) - half
    return parts
