"""Memory that batches are made in, used again once nobody holds what was made in it."""

import threading
import weakref
from collections import deque
from typing import Any, final

import numpy as np
import torch
from torch import Tensor

__all__ = ["Buffers"]

_SMALLEST = 64 * 1024  # bytes; a smaller block costs less than the note that it was taken (about 5 us)


@final
class Buffers:
    """Blocks of memory that are lent as tensors.

    A block comes back when the last thing that can see it is gone: the tensor, its slices, arrays made of it, its
    storage. What is kept is therefore never overwritten. There are never more blocks than were lent at one time.
    """

    def __init__(self) -> None:
        self._free: deque[np.ndarray] = deque()
        self._lock = threading.Lock()
        self.made = 0

    def lend(self, shape: tuple[int, ...], dtype: torch.dtype) -> Tensor | None:
        """An uninitialised tensor of a shape; None if it would be too small to be worth it.

        Args:
            shape: of the tensor.
            dtype: its type.
        """
        size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        if size < _SMALLEST:
            return None
        block = self._taken(size)
        # Only this view knows when it is no longer used: torch holds it, and it alone, for as long as any tensor, array
        # or storage looks at the memory. Giving back must not lock: it may happen anywhere, also in `_taken`.
        view = block[:size]
        weakref.finalize(view, self._free.append, block).atexit = False
        return torch.from_numpy(view).view(dtype).view(shape)

    def _taken(self, size: int) -> np.ndarray:
        """A free block in which at most half would go unused, or a new one in place of one that nobody could use."""
        with self._lock:
            for _ in range(len(self._free)):
                block = self._free.popleft()
                if size <= block.nbytes <= 2 * size:
                    return block
                self._free.append(block)
            if self._free:
                self._free.popleft()
            self.made += 1
        return torch.empty(size, dtype=torch.uint8).numpy()

    def __reduce__(self) -> tuple[Any, ...]:
        return Buffers, ()  # what is lent here cannot come back from another process
