"""A line that says how far windows are."""

import sys
import time
from collections.abc import Callable
from typing import TypeAlias

__all__ = ["Progress", "progress_line"]

Progress: TypeAlias = Callable[[int, int], object]
"""Told how many windows are done, and of how many."""


def progress_line(write: Callable[[str], object] | None = None) -> Progress:
    """Give a progress that writes one line over and over, for scripts: windows done, and the seconds that are left.

    Args:
        write: what takes the text; standard error if left out.

    Examples:
        >>> text = []
        >>> progress_line(text.append)(3, 3)
        >>> text[0].rstrip()
        '3 of 3 windows, 0 s left'
    """
    started = time.perf_counter()

    def show(done: int, total: int) -> None:
        left = (time.perf_counter() - started) / done * (total - done)
        line = f"{done} of {total} windows, {left:.0f} s left"
        # padded, so that a shorter line hides what it is written over; the cursor goes back for the next one
        (write or sys.stderr.write)(f"{line:<40}" + ("\n" if done == total else "\r"))
        if write is None:
            sys.stderr.flush()

    return show
