"""Looks again and again, in the background, without being in the way of what it looks at."""

import threading
import time
import weakref
from collections.abc import Callable
from typing import final

__all__ = ["Follower"]

_SHARE = 0.05  # of a core, at most: after a look that took long, the next one is as much longer in coming


@final
class Follower:
    """Calls a method every so often in a thread of its own, until it is stopped or the method's owner is gone.

    Args:
        look: a bound method; it should raise nothing, for a thread has no caller. Its owner is not kept alive.
        seconds: from one look to the next, at least.

    Examples:
        >>> class Clock:
        ...     ticks = 0
        ...     def tick(self): self.ticks += 1
        >>> clock = Clock()
        >>> follower = Follower(clock.tick, seconds=0.01); time.sleep(0.2); follower.stop()
        >>> clock.ticks > 1
        True
    """

    def __init__(self, look: Callable[[], object], *, seconds: float) -> None:
        self._look = weakref.WeakMethod(look)
        self._seconds = seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="leyden-follower", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends it, and waits for a look that is under way."""
        self._stopped.set()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        pause = self._seconds
        while not self._stopped.wait(pause):
            look = self._look()
            if look is None:
                return
            began = time.thread_time()
            look()
            pause = max(self._seconds, (time.thread_time() - began) / _SHARE)
            del look
