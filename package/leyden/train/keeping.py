"""The weights of the epoch that did best in validation, kept in memory."""

from typing import Any, final

import pytorch_lightning as pl
from torch import Tensor

from leyden.errors import TrainError
from leyden.train.graph.access import reads, writes

__all__ = ["BestWeights"]


@reads("logged", "model", "trainer.current_epoch")
@writes("callback.BestWeights")
@final
class BestWeights(pl.Callback):
    """Copies the weights to the processor's memory after each validation that is better than all before it.

    Args:
        monitor: name of what validation logs; the highest is best, and of equal ones the first.

    Attributes:
        epoch: of the weights kept, from 0; None before the first.
        value: what validation logged there.
    """

    def __init__(self, monitor: str) -> None:
        self.monitor = monitor
        self.epoch: int | None = None
        self.value = float("-inf")
        self._weights: dict[str, Tensor] = {}

    def on_validation_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Compares and keeps.

        Raises:
            TrainError: validation logged nothing of that name.
        """
        if self.monitor not in trainer.callback_metrics:
            raise TrainError(
                f"the best epoch is picked by {self.monitor!r}, which validation did not log; it logged "
                f"{', '.join(sorted(trainer.callback_metrics)) or 'nothing'}"
            )
        value = float(trainer.callback_metrics[self.monitor])
        if value > self.value:
            self.epoch, self.value = trainer.current_epoch, value
            self._weights = {name: part.detach().cpu().clone() for name, part in pl_module.state_dict().items()}

    def restore_(self, task: pl.LightningModule) -> int | None:
        """Puts the weights kept into a task and says of which epoch they are; without any, it stays as it is."""
        if self._weights:
            task.load_state_dict(self._weights)
        return self.epoch

    def state_dict(self) -> dict[str, Any]:
        """What was kept, for a run that is taken up again."""
        return {"epoch": self.epoch, "value": self.value, "weights": self._weights}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Goes on from what a checkpoint kept."""
        self.epoch, self.value, self._weights = state_dict["epoch"], state_dict["value"], state_dict["weights"]
