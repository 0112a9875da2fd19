"""Batches as the workbench stands when a run begins: augmented as chosen then, and never while a file is written."""

import threading
from collections.abc import Callable, Iterator
from typing import Any, final

from leyden.augment import Transform
from leyden.data.pipe.view import View
from leyden.recipe.pipelines import Pipes
from leyden.widget.workbench.source import Source

__all__ = ["Feed", "Stock"]


@final
class Stock:
    """The pipes for the augmentation asked for last, made once for it.

    Args:
        source: where they come from.
        chosen: gives the augmentation as it is chosen now.
    """

    def __init__(self, source: Source, chosen: Callable[[], Transform | None]) -> None:
        self._source, self._chosen = source, chosen
        self._lock = threading.Lock()
        self._made: tuple[Transform | None, Pipes] | None = None
        self._held_out: Any = None
        self.gate = threading.RLock()

    def take(self) -> tuple[Transform | None, Pipes]:
        """The augmentation as chosen now, and the pipes for it."""
        move = self._chosen()
        with self._lock:
            if self._made is None or self._made[0] != move:
                self._made = (move, self._source.pipes(move))
            return self._made

    @property
    def held_out(self) -> Any:
        """Batches to measure on, the same throughout; None where there are none."""
        _, made = self.take()
        with self._lock:
            self._held_out = made.held_out if self._held_out is None else self._held_out
            return self._held_out


@final
class Feed:
    """Batches for runs: each takes them as they are chosen when it begins, and keeps to that until it is over.

    A loop waits while the gate is held: torch cannot trace a network for a file while another one learns.

    Args:
        stock: where they come from.
        run: gives an object that is another one in every run.

    Attributes:
        move: the augmentation of the newest run.

    Examples:
        >>> from leyden.widget.workbench.source import Given
        >>> stock = Stock(Given(lambda move: [f"batch, {move}"], None, None), lambda: None)
        >>> list(Feed(stock, object))
        ['batch, None']
    """

    def __init__(self, stock: Stock, run: Callable[[], object]) -> None:
        self._stock, self._run = stock, run
        self._known: object = None
        self._batches: Any = None
        self.move: Transform | None = None
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._present())

    def __iter__(self) -> Iterator[Any]:
        with self._stock.gate:
            batches = self._present()
        return iter(batches)

    def _present(self) -> Any:
        with self._lock:
            run = self._run()
            if self._batches is None or run is not self._known:
                self._known = run
                self.move, made = self._stock.take()
                # a slice counts epochs of its own: each run begins with the draws of epoch 0, whatever else goes on
                self._batches = made.train[:] if isinstance(made.train, View) else made.train
                if isinstance(self._batches, View):
                    self._batches.set_epoch(0)
            return self._batches
