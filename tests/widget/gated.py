"""Training that goes as far as a test lets it go, and waiting for what another thread does."""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["Gated", "until"]


class Gated(list[Any]):
    """Batches of which each waits for a pass; the first `free` need none."""

    def __init__(self, batches: Iterable[Any], *, free: int = 0) -> None:
        super().__init__(batches)
        self.passes = threading.Semaphore(free)

    def __getitem__(self, index: Any) -> Any:
        self.passes.acquire()
        return super().__getitem__(index)


def until(condition: Callable[[], object], *, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)
