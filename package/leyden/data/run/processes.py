"""A crew of processes."""

import contextlib
import multiprocessing
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from signal import Signals
from typing import Any, final

from leyden.data.run.crew import Answer, Crew
from leyden.data.run.member import Habits, work
from leyden.data.run.parcel import Inbox, Parcel
from leyden.errors import DataError, WorkerDied

__all__ = ["Processes"]

_PATIENCE = 5  # seconds that a process that was asked to end may take before it is killed


@final
class Processes(Crew):
    """Processes that run torch on one core each.

    Each has a connection of its own and shares no lock with others, so one that is killed holds nobody up.

    Args:
        make: gives the element of a task; sent to every process once, or inherited by a fork.
        workers: how many processes, at least 1.
        name: what they read, for errors.
        start: "fork", "spawn", "forkserver", or None for Python's own choice.
    """

    def __init__(self, make: Callable[[Any], Any], workers: int, *, name: str, start: str | None) -> None:
        self._make, self.workers, self._name = make, workers, name
        self._context: Any = multiprocessing.get_context(start)
        self._limit = self._context.RawValue("q", 2**62)
        self._members: list[_Member] = []
        self._owner = os.getpid()
        self._begun = False

    def start(self) -> None:
        """See `Crew.start`."""
        if multiprocessing.current_process().daemon:
            raise DataError(
                "parallel(kind='processes'): this is itself a worker process, which may start none; take kind='threads'"
            )
        forks = self._context.get_start_method() == "fork"
        parcel = None if forks else _packed(self._make)
        for number in range(self.workers):
            here, there = self._context.Pipe()
            inherited = (here, *(member.connection for member in self._members)) if forks else ()
            arguments = (there, inherited, self._make if forks else None, self._limit, Habits.here())
            process = self._context.Process(target=work, args=arguments, name=f"leyden-data_{number}", daemon=True)
            process.start()
            there.close()
            self._members.append(_Member(process, here, Inbox(here)))
        if parcel is not None:
            for member in self._members:  # after all were started: a long one waits until its process reads
                with contextlib.suppress(OSError):
                    parcel.send(member.connection, member.process.pid)
            parcel.close()
        self._begun = True

    def submit(self, number: int, task: Any) -> None:
        """See `Crew.submit`."""
        member = min(self._members, key=lambda each: len(each.tasks))
        member.tasks[number] = task
        with contextlib.suppress(OSError):  # one that has ended is found out in `receive`
            member.connection.send((number, task, member.inbox.done()))

    def receive(self) -> Answer:
        """See `Crew.receive`.

        Raises:
            WorkerDied: a process ended before it was done.
        """
        members: dict[Any, _Member] = {}
        for member in self._members:
            members[member.connection] = members[member.process.sentinel] = member
        member = members[wait(list(members))[0]]
        try:
            parcel = member.inbox.receive() if member.connection.poll() else None
        except (EOFError, OSError):
            parcel = None
        if parcel is None:  # its connection is closed, or nothing is left in it and the process has ended
            raise self._died(member)
        try:
            number, made, failure = parcel.content()
        except Exception as error:
            raise DataError(
                f"element {next(iter(member.tasks.values()), '')} of {self._name} came from a worker "
                f"process, but cannot be read here: {type(error).__name__}: {error}"
            ) from error
        member.tasks.pop(number, None)
        return number, made, None if failure is None else failure.raised()

    def dismiss(self) -> None:
        """See `Crew.dismiss`; whoever has work is ended in the middle of it."""
        if os.getpid() != self._owner:
            return
        for member in self._members:
            if member.tasks or not self._begun:
                member.process.terminate()
            else:
                with contextlib.suppress(OSError):
                    member.connection.send(None)
            member.connection.close()
        while self._members:
            process = self._members[-1].process
            process.join(_PATIENCE)
            if process.is_alive():
                process.kill()
                process.join()
            self._members.pop()

    def _died(self, member: "_Member") -> WorkerDied:
        member.process.join(_PATIENCE)
        code = member.process.exitcode
        if code is not None and code < 0:
            how = f"was killed by {Signals(-code).name}"
            how += " (often because memory ran out)" if -code == Signals.SIGKILL else ""
        else:
            how = f"ended with exit code {code}"
        told = ", ".join(str(task) for task in member.tasks.values())
        advice = "; under spawn, a script's own loop belongs below if __name__ == '__main__':" if code == 1 else ""
        return WorkerDied(f"a worker process {how} when it had elements {told} of {self._name} to make{advice}")


@final
@dataclass
class _Member:
    """One process, its connection, and the tasks that it has not answered, by number, oldest first."""

    process: BaseProcess
    connection: Connection
    inbox: Inbox
    tasks: dict[int, Any] = field(default_factory=dict)


def _packed(make: Callable[[Any], Any]) -> Parcel:
    try:
        return Parcel(make)
    except Exception as error:
        raise DataError(
            f"this pipe cannot be sent to a process ({type(error).__name__}: {error}); give start='fork', which sends "
            "nothing, or kind='threads'"
        ) from error
