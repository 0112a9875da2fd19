"""Elements fetched by a thread of their own while the reader is busy with the last one."""

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from typing import Any, Final, TypeAlias, final

import torch

__all__ = ["fetched_ahead"]

_END: Final = object()
_Fetched: TypeAlias = "SimpleQueue[tuple[Any, BaseException | None] | None]"


def fetched_ahead(
    source: Iterator[Any], fetch: Callable[[Any], Any], *, hand_out: Callable[[Any], Any], count: int
) -> Iterator[Any]:
    """What a function makes of the elements of an iterator, up to `count` of them ahead of time; in their order.

    Nothing of them is kept here: with the one that the reader holds, at most `count + 1` of what was fetched are alive.
    An error comes in its turn. The thread is gone, and the iterator closed, when the loop has ended, however it did.

    Args:
        source: the iterator; it is used on the thread only.
        fetch: makes one element of one, on the thread.
        hand_out: makes of that what the reader gets, on the reader's thread.
        count: at least 1.
    """
    thread = _Thread(source, fetch, count)
    try:
        thread.start()
        while (taken := thread.take()) is not None:
            yield hand_out(taken.pop())  # no name here holds it: the reader alone keeps it alive
    finally:
        thread.stop()


@final
class _Thread:
    """The thread and what passes between it and the reader."""

    def __init__(self, source: Iterator[Any], fetch: Callable[[Any], Any], count: int) -> None:
        self._fetched: _Fetched = SimpleQueue()
        self._room = threading.Semaphore(count)
        self._stop = threading.Event()
        arguments = (source, fetch, self._fetched, self._room, self._stop, torch.is_grad_enabled())
        self._thread = threading.Thread(target=_run, args=arguments, name="leyden-data-ahead", daemon=True)
        self._owner = os.getpid()
        # Python does not wait for a loop that was left standing, but must not end under a thread at work
        self._at_exit = weakref.finalize(self, _end, self._thread, self._stop, self._room, self._owner)

    def start(self) -> None:
        """Begin to fetch."""
        self._thread.start()

    def take(self) -> list[Any] | None:
        """Wait for the next element; in a list of its own, or None after the last.

        Raises:
            BaseException: what went wrong in its making.
        """
        fetched = self._fetched.get()
        if fetched is None:
            return None
        element, error = fetched
        if error is not None:
            raise error
        self._room.release()
        return [element]

    def stop(self) -> None:
        """Return when the thread is gone."""
        _end(self._thread, self._stop, self._room, self._owner)
        self._at_exit.detach()


def _run(
    source: Iterator[Any],
    fetch: Callable[[Any], Any],
    fetched: _Fetched,
    room: threading.Semaphore,
    stop: threading.Event,
    gradients: bool,
) -> None:
    torch.set_grad_enabled(gradients)
    try:
        while room.acquire() and not stop.is_set():
            element = next(source, _END)
            if element is _END:
                fetched.put(None)
                break
            fetched.put((fetch(element), None))
            del element  # while the next is made nobody needs this one
    except BaseException as error:  # whatever it is, it is the reader's to see
        fetched.put((None, error))
    finally:
        close = getattr(source, "close", None)
        if close is not None:
            close()


def _end(thread: threading.Thread, stop: threading.Event, room: threading.Semaphore, owner: int) -> None:
    if os.getpid() != owner:
        return  # a fork has no threads but the one that forked
    stop.set()
    room.release()
    # the garbage collector may end a loop on the loop's own thread, which cannot wait for itself
    if thread.is_alive() and threading.current_thread() is not thread:
        thread.join()
