"""What goes from one process to another: bytes, and beside them one piece of memory that both can see."""

import os
import pickle
import socket
import weakref
from collections import deque
from collections.abc import Sequence
from functools import partial
from io import BytesIO
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle
from typing import Any, final

import cloudpickle
import numpy as np
import torch
from torch import Tensor

__all__ = ["Arrived", "Inbox", "Parcel", "Rooms", "bytes_in"]

_LARGE = 16 * 1024  # bytes; below, a pipe is faster than memory of its own (measured: about 40 us a piece)
_ALIGNED = 64  # bytes; where vector instructions like their data to begin
_ROOMS = 16  # a reader seldom holds more elements of one worker; for more there is memory of their own
_SHARES = hasattr(os, "memfd_create") and hasattr(socket, "send_fds")


@final
class Rooms:
    """The memory that one side of a connection sends in, used again when the other side says that it is done with it.

    Fresh memory costs more than the copy into it: it is zeroed and mapped page by page, and unmapped again.
    """

    def __init__(self) -> None:
        self._rooms: dict[int, tuple[int, int]] = {}
        self._free: list[int] = []

    def give_back(self, numbers: Sequence[int]) -> None:
        """Note what the other side no longer looks at."""
        self._free.extend(numbers)

    def take(self, size: int) -> tuple[int | None, int, bool]:
        """Room for some bytes: its number, None if it is to be closed after use; its file; and whether it is new."""
        for number in self._free:
            handle, there = self._rooms[number]
            if size <= there <= 2 * size:
                self._free.remove(number)
                return number, handle, False
        handle = os.memfd_create("leyden")
        os.ftruncate(handle, size)
        if self._free:
            number = self._free.pop(0)
            os.close(self._rooms[number][0])
        elif len(self._rooms) < _ROOMS:
            number = len(self._rooms)
        else:
            return None, handle, True
        self._rooms[number] = handle, size
        return number, handle, True


@final
class Parcel:
    """Anything, made ready to be sent; its large tensors and arrays lie in one piece of memory that processes share.

    The memory has no name and belongs to whoever still looks at it, so none is left behind however a process ends, and
    an element costs no open file once it has arrived. Functions and classes of `__main__` travel whole.

    Args:
        content: what to send.
        rooms: memory to use again; without, it is for this parcel alone, which may then go to several.
    """

    def __init__(self, content: Any, rooms: Rooms | None = None) -> None:
        large: list[pickle.PickleBuffer] = []
        target = BytesIO()
        _Pickler(target, protocol=5, buffer_callback=partial(_kept_small, large)).dump(content)
        pieces = [each.raw() for each in large]
        lengths = [len(each) for each in pieces]
        self._number: int | None = None
        self._handle, self._new = None, False
        if pieces:
            self._number, self._handle, self._new = (rooms or Rooms()).take(_places(lengths)[-1])
            _write(self._handle, pieces, _places(lengths))
        self._alone = rooms is None or self._number is None
        number = None if self._alone else self._number
        self._words = pickle.dumps((target.getvalue(), lengths, number, self._new))

    def send(self, connection: Connection, process: int | None = None) -> None:
        """Send it."""
        connection.send_bytes(self._words)
        if self._handle is not None and self._new:
            send_handle(connection, self._handle, process)

    def close(self) -> None:
        """Let go of the shared memory here, if it is not to be used again."""
        if self._handle is not None and self._alone:
            os.close(self._handle)
        self._handle = None


@final
class Arrived:
    """A parcel on its other side, not yet opened.

    Args:
        words: what was pickled.
        pieces: the large buffers that go with it.
    """

    def __init__(self, words: bytes, pieces: Sequence[memoryview]) -> None:
        self._words, self._pieces = words, pieces

    def content(self) -> Any:
        """What was sent; its large tensors and arrays lie in the shared memory and keep it alive."""
        return pickle.loads(self._words, buffers=self._pieces)


@final
class Inbox:
    """The receiving side of a connection.

    Args:
        connection: where parcels come from.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rooms: dict[int, np.ndarray] = {}
        self._done: deque[int] = deque()

    def done(self) -> list[int]:
        """The numbers of the rooms that nothing here looks at any more; each is told once."""
        numbers = []
        while self._done:
            numbers.append(self._done.popleft())
        return numbers

    def receive(self) -> Arrived:
        """Wait for a parcel.

        Raises:
            EOFError: the other side was closed.
        """
        words, lengths, number, new = pickle.loads(self._connection.recv_bytes())
        if not lengths:
            return Arrived(words, ())
        places = _places(lengths)
        memory = _mapped(recv_handle(self._connection), places[-1]) if new else self._rooms[number]
        # Whatever is made of the pieces holds this view through them, and only this view tells when it is gone.
        view = memory[:]
        if number is not None:
            self._rooms[number] = memory
            weakref.finalize(view, self._done.append, number).atexit = False
        whole = view.data
        return Arrived(words, [whole[at : at + size] for at, size in zip(places, lengths, strict=False)])


def _mapped(handle: int, size: int) -> np.ndarray:
    """The memory of an open file, which is closed: unlike Python's mmap this needs it no more."""
    try:
        return torch.from_file(f"/proc/self/fd/{handle}", shared=True, size=size, dtype=torch.uint8).numpy()
    finally:
        os.close(handle)


class _Pickler(cloudpickle.Pickler):
    """cloudpickle, with the memory of tensors out of line, as it knows to do with that of arrays."""

    def reducer_override(self, obj: Any) -> Any:
        """See `pickle.Pickler`."""
        if type(obj) is Tensor and obj.device.type == "cpu" and obj.layout is torch.strided and not obj.is_quantized:
            return _tensor_parts(obj)
        return super().reducer_override(obj)


def bytes_in(tensor: Tensor) -> np.ndarray:
    """The numbers of a tensor on the cpu as bytes, in its own memory where they lie there in a row.

    Examples:
        >>> bytes_in(torch.tensor([1, 258], dtype=torch.int16)).tolist()
        [1, 0, 2, 1]
    """
    plain = tensor.detach().resolve_conj().resolve_neg().contiguous()
    # contiguous as it is, a tensor of one number or none may have any stride, and then cannot be viewed as bytes
    return plain.as_strided((plain.numel(),), (1,), plain.storage_offset()).view(torch.uint8).numpy()


def _tensor_parts(tensor: Tensor) -> Any:
    if not tensor.is_leaf and tensor.requires_grad:
        raise ValueError("a tensor with a history of gradients cannot go to another process; detach() it")
    return _tensor, (bytes_in(tensor), tensor.dtype, tuple(tensor.shape), tensor.requires_grad)


def _tensor(content: np.ndarray, dtype: torch.dtype, shape: tuple[int, ...], gradients: bool) -> Tensor:
    tensor = torch.from_numpy(content).view(dtype).view(shape)
    return tensor.requires_grad_() if gradients else tensor


def _kept_small(large: list[pickle.PickleBuffer], buffer: pickle.PickleBuffer) -> bool:
    """Whether a buffer goes with the words; if not, it is noted as a large one."""
    small = not _SHARES or buffer.raw().nbytes < _LARGE
    if not small:
        large.append(buffer)
    return small


def _write(handle: int, pieces: Sequence[memoryview], places: Sequence[int]) -> None:
    """Put pieces into shared memory; writing is faster than mapping it here, which zeroes it first."""
    for place, piece in zip(places, pieces, strict=False):
        done = 0
        while done < len(piece):  # Linux writes at most 2 GiB at once
            done += os.pwrite(handle, piece[done:], place + done)


def _places(lengths: Sequence[int]) -> list[int]:
    """Where each piece begins, and where the last one ends."""
    places = [0]
    for length in lengths:
        places.append(places[-1] + -(-length // _ALIGNED) * _ALIGNED)
    return places
