"""What goes on in a worker process."""

import contextlib
import multiprocessing
import os
import pickle
import random
import signal
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, final

import cloudpickle
import numpy as np
import torch

from leyden.data.run.memory import keep_freed_memory
from leyden.data.run.parcel import Inbox, Parcel, Rooms
from leyden.errors import DataError

__all__ = ["Failure", "Habits", "work"]


@final
@dataclass(frozen=True)
class Habits:
    """What torch is set to where elements are read, which a process that was not forked would not know.

    Args:
        gradients: whether it records them.
        dtype: what it makes of Python's floats.
    """

    gradients: bool
    dtype: torch.dtype

    @classmethod
    def here(cls) -> "Habits":
        """Those of this thread."""
        return cls(torch.is_grad_enabled(), torch.get_default_dtype())

    def adopt(self) -> None:
        """Make them those of this thread."""
        torch.set_grad_enabled(self.gradients)
        torch.set_default_dtype(self.dtype)


@final
@dataclass(frozen=True)
class Failure:
    """An error on its way to another process, which would lose its cause and where it was raised.

    Args:
        error: what was raised.
        cause: what it came from.
        story: the traceback in words.
    """

    error: BaseException
    cause: BaseException | None
    story: str

    def raised(self) -> BaseException:
        """The error, as it was in the worker."""
        (self.error if self.cause is None else self.cause).add_note(f"in a worker process:\n{self.story}")
        self.error.__cause__ = self.cause
        return self.error


def work(
    connection: Connection,
    inherited: Sequence[Connection],
    make: Callable[[Any], Any] | None,
    limit: Any,
    habits: Habits,
) -> None:
    """Answer every task that comes, until None comes or the other side is closed.

    Args:
        connection: where (number, task, rooms given back) comes from and a parcel of (number, element, failure) goes.
        inherited: the other ends of this and other workers' connections, which a fork holds open.
        make: gives the element of a task; None if it comes through the connection.
        limit: the highest number that may still be begun, common to all workers.
        habits: of the reader.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the reader ends this process
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for each in inherited:
        each.close()
    threading.Thread(target=_leave_with_parent, name="leyden-data-parent", daemon=True).start()
    _seed()
    keep_freed_memory()
    # before torch does anything: OpenMP's threads are not there after a fork, and waiting for them would never end
    torch.set_num_threads(1)
    habits.adopt()
    with contextlib.suppress(EOFError, OSError):  # the other side is gone
        if make is None:
            make = _received(connection)
        rooms = Rooms()
        while make is not None:
            message = connection.recv()
            if message is None:  # a fork for another loop may hold the other side open, so that its end is never seen
                break
            number, task, done = message
            rooms.give_back(done)
            if number <= limit.value:
                _send(connection, _answer(make, number, task, limit=limit, rooms=rooms))


def _received(connection: Connection) -> Callable[[Any], Any] | None:
    parcel = Inbox(connection).receive()
    try:
        return parcel.content()
    except Exception as error:
        problem = DataError(
            f"the pipe cannot be read in a worker process ({type(error).__name__}: {error}); what it uses must be "
            "importable there, or defined in the notebook or script itself; or give start='fork' or kind='threads'"
        )
        _send(connection, Parcel((-1, None, _failure(problem, error))))
        return None


def _answer(make: Callable[[Any], Any], number: int, task: Any, *, limit: Any, rooms: Rooms) -> Parcel:
    try:
        answer = number, make(task), None
    except BaseException as error:  # whatever it is, it is the reader's to see
        limit.value = min(limit.value, number)
        answer = number, None, _failure(error, error.__cause__)
    try:
        return Parcel(answer, rooms)
    except Exception as error:
        limit.value = min(limit.value, number)
        problem = DataError(
            f"element {task} cannot be sent from one process to another ({type(error).__name__}: {error}); map it to "
            "tensors, arrays, numbers or words, or give kind='threads'"
        )
        return Parcel((number, None, _failure(problem, error)))


def _send(connection: Connection, parcel: Parcel) -> None:
    try:
        parcel.send(connection)
    finally:
        parcel.close()


def _failure(error: BaseException, cause: BaseException | None) -> Failure:
    story = "".join(traceback.format_exception(error))
    return Failure(_portable(error), None if cause is None else _portable(cause), story)


def _portable(error: BaseException) -> BaseException:
    """The error if it survives the journey, or one that says what it said."""
    try:
        if type(pickle.loads(cloudpickle.dumps(error))) is type(error):
            return error
    except Exception as fault:
        return DataError(f"{type(error).__name__}: {error} (the error itself cannot be sent: {fault})")
    return DataError(f"{type(error).__name__}: {error}")


def _seed() -> None:
    """Let every process draw numbers of its own where a function draws without a generator, as threads would."""
    random.seed()
    np.random.seed()  # noqa: NPY002 - numpy's common generator is what a fork has inherited
    torch.seed()


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
