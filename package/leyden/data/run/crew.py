"""Workers that make elements ahead of time, and the one loop that hands out what they made."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeAlias

__all__ = ["AHEAD", "Answer", "Crew", "handed_out"]

AHEAD: Final = 2
"""Elements under way or waiting for each worker: one in the making, and one so that it need not wait for the next."""

Answer: TypeAlias = tuple[int, Any, BaseException | None]
"""The number of a task, what was made, and the error if there was one."""


class Crew(ABC):
    """Some workers. Each task is answered once, unless one with a lower number failed before it was begun."""

    workers: int

    @abstractmethod
    def start(self) -> None:
        """Start every worker."""

    @abstractmethod
    def submit(self, number: int, task: Any) -> None:
        """Have a task done; the numbers count up from 0, and tasks are begun in that order."""

    @abstractmethod
    def receive(self) -> Answer:
        """Wait for the next answer, in any order."""

    @abstractmethod
    def dismiss(self) -> None:
        """Drop what has not begun, and return when no worker is left; may be called twice."""


def handed_out(crew: Crew, tasks: Iterable[Any], *, window: int, ordered: bool) -> Iterator[Any]:
    """What a crew makes of many tasks, each handed out when it is taken; the crew is gone when the loop has ended.

    An error is raised in its task's turn, and nothing after it is begun once it is known: it is the error that a
    loop without workers would meet first. Without order it is raised as soon as it is known.

    Args:
        crew: not yet started.
        tasks: what to submit.
        window: how many are under way or waiting at most.
        ordered: hand out in the order of the tasks, or as they are done.
    """
    coming = iter(tasks)
    ready: dict[int, tuple[Any, BaseException | None]] = {}
    asked = given = 0
    failed = False
    try:
        crew.start()
        while True:
            while not failed and asked - given < window and (task := next(coming, None)) is not None:
                crew.submit(asked, task)
                asked += 1
            if asked == given:
                return
            while not (given in ready if ordered else ready):
                number, made, error = crew.receive()
                ready[number] = made, error
                failed = failed or error is not None
            made, error = ready.pop(given if ordered else next(iter(ready)))
            given += 1
            if error is not None:
                raise error
            if asked == given:
                crew.dismiss()  # whoever counts elements, as Lightning does, never asks for one after the last
            yield made
    finally:
        crew.dismiss()
