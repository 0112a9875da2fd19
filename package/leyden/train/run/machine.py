"""How much of the machine this process may use, and whether a crew of workers fits on it."""

import os

from leyden.errors import TrainError

__all__ = ["check_crew", "cores"]


def cores() -> int:
    """How many cores this process may use: fewer than the machine has where it is confined to some.

    Examples:
        >>> cores() >= 1
        True
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_crew(runner: str, workers: int, *, threads: int, insist: bool) -> None:
    """Says what is wrong with a number of workers and of torch threads in each; silent if nothing is.

    Args:
        runner: the name of the runner, for the message.
        workers: jobs side by side at most.
        threads: cores that torch may use in each.
        insist: let more be asked for than there are cores.

    Raises:
        TrainError: a number below 1, or together more than `cores()`.
    """
    faults = [
        f"{name} is a whole number of 1 or more; given {count!r}"
        for name, count in (("workers", workers), ("threads", threads))
        if not isinstance(count, int) or isinstance(count, bool) or count < 1
    ]
    if faults:
        raise TrainError(f"{runner}: {'; '.join(faults)}")
    if workers * threads > cores() and not insist:
        raise TrainError(
            f"{runner}: {workers} worker(s) with {threads} torch thread(s) each need {workers * threads} cores; "
            f"this process may use {cores()}. Take fewer, Serial(), or {runner}(..., insist=True) where the jobs "
            f"mostly wait"
        )
