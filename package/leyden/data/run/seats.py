"""Where the tensors of a batch are laid down as soon as each of its elements is made."""

import threading
from typing import Any, final

import torch
from torch import Tensor

from leyden.data.run.buffers import Buffers

__all__ = ["Seats"]


@final
class Seats:
    """The rows of one batch's tensors, in memory of buffers.

    A thread that has made an element copies it into its row while it is still in the processor's cache, and frees its
    own memory for the next one; joined at the end, the batch is there already.

    Args:
        buffers: where the memory comes from.
        count: elements in the batch.
    """

    def __init__(self, buffers: Buffers, count: int) -> None:
        self._buffers, self._count = buffers, count
        self._rooms: dict[tuple[Any, ...], Tensor | None] = {}
        self._lock = threading.Lock()

    def laid(self, element: Any, place: int) -> Any:
        """An element like the one given, its large tensors in their rows; what fits no row stays as it is.

        Tuples, lists and dicts are gone into. The element and what it holds are not changed.

        Args:
            element: what was made.
            place: its row.
        """
        return self._laid(element, place, ())

    def whole(self, tensors: list[Tensor]) -> Tensor | None:
        """The batch of these tensors, if they are all its rows, in order; else None."""
        for room in list(self._rooms.values()):
            if room is not None and len(tensors) == len(room):
                rows = (room.data_ptr() + place * room[0].nbytes for place in range(len(room)))
                if all(each.data_ptr() == row for each, row in zip(tensors, rows, strict=True)):
                    return room
        return None

    def lend(self, shape: tuple[int, ...], dtype: torch.dtype) -> Tensor | None:
        """See `Buffers.lend`."""
        return self._buffers.lend(shape, dtype)

    def _laid(self, value: Any, place: int, path: tuple[Any, ...]) -> Any:
        if type(value) is Tensor:
            return self._copied(value, place, path)
        if type(value) is tuple:
            return tuple(self._laid(part, place, (*path, number)) for number, part in enumerate(value))
        if type(value) is list:
            return [self._laid(part, place, (*path, number)) for number, part in enumerate(value)]
        if type(value) is dict:
            return {key: self._laid(part, place, (*path, key)) for key, part in value.items()}
        return value

    def _copied(self, tensor: Tensor, place: int, path: tuple[Any, ...]) -> Tensor:
        plain = tensor.device.type == "cpu" and tensor.layout is torch.strided and tensor.is_contiguous()
        if not plain or tensor.requires_grad or tensor.is_quantized:
            return tensor
        room = self._room(tensor, path)
        if room is None or room.shape[1:] != tensor.shape or room.dtype is not tensor.dtype:
            return tensor
        return room[place].copy_(tensor)

    def _room(self, tensor: Tensor, path: tuple[Any, ...]) -> Tensor | None:
        with self._lock:
            if path not in self._rooms:
                self._rooms[path] = self._buffers.lend((self._count, *tensor.shape), tensor.dtype)
            return self._rooms[path]
