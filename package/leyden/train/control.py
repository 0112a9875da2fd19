"""A hand on a running Trainer: pause, resume and stop from another thread."""

import threading
from typing import Any, final

import pytorch_lightning as pl

from leyden.train.graph.access import runs_after, writes
from leyden.train.history import History

__all__ = ["Control"]


@runs_after(History)  # whose listener may ask for a stop
@writes("trainer.should_stop")
@final
class Control(pl.Callback):
    """Pauses, resumes and stops a run between two batches, from any thread.

    Examples:
        >>> control = Control()
        >>> control.pause(); control.paused
        True
        >>> control.stop(); control.paused, control.stopped
        (False, True)
    """

    def __init__(self) -> None:
        self._go = threading.Event()
        self._go.set()
        self._stop = threading.Event()

    @property
    def paused(self) -> bool:
        """Whether the run waits, or will after the present batch."""
        return not self._go.is_set()

    @property
    def stopped(self) -> bool:
        """Whether a stop was asked for."""
        return self._stop.is_set()

    def pause(self) -> None:
        """Holds the run after the present batch; without effect once stopped."""
        if not self.stopped:
            self._go.clear()

    def resume(self) -> None:
        """Lets a paused run go on."""
        self._go.set()

    def stop(self) -> None:
        """Ends the run after the present batch, also while it is paused; it is validated once more and kept."""
        self._stop.set()
        self._go.set()

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Waits while paused; asks the Trainer to stop once stopped."""
        self._go.wait()
        if self.stopped:
            trainer.should_stop = True
