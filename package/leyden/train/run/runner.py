"""Who runs the jobs of a hook: the interface, and the runner that runs them one by one."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import final

from leyden.train.run.job import Job, Round

__all__ = ["Runner", "Serial"]


class Runner(ABC):
    """Runs the jobs of one hook after another; to plug in an engine of your own, write these two methods.

    Examples:
        >>> class Backwards(Runner):
        ...     def run(self, jobs):
        ...         for job in reversed(jobs):  # wrong as soon as one waits for another
        ...             job.act()
        ...
        ...     def close(self): ...
        >>> Backwards().run([Job("A", lambda: print("A")), Job("B", lambda: print("B"))])
        B
        A
    """

    @abstractmethod
    def run(self, jobs: Sequence[Job]) -> None:
        """Does every job once, each after all that it waits for, and returns when all are done.

        Jobs that are not free run on the calling thread, in the order of the list. If jobs fail, those that wait for
        one of them do not begin, those that have begun are awaited, and then the error of the first one in the list is
        raised, with a note that names the job.
        """

    @abstractmethod
    def close(self) -> None:
        """Ends whatever the runner has started, and returns when it has ended; a later `run` starts it anew."""


@final
class Serial(Runner):
    """Runs jobs one by one on the calling thread, in the order of the list.

    Examples:
        >>> Serial().run([Job("A", lambda: print("A")), Job("B", lambda: print("B"), after=(0,))])
        A
        B
    """

    def run(self, jobs: Sequence[Job]) -> None:
        """See `Runner.run`; costs about 1 us a job."""
        current = Round(jobs)
        for place in range(len(jobs)):
            current.perform(place)
        current.settle()

    def close(self) -> None:
        """Does nothing: nothing was started."""

    def __repr__(self) -> str:
        return "Serial()"
