"""What a trained task says about data it did not see."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from leyden.errors import TrainError
from leyden.train.task import Classifier
from leyden.types import Labels, Logits

__all__ = ["Predictions", "predict"]


@dataclass(frozen=True, eq=False)
class Predictions:
    """Logits and true labels of every sample, in order."""

    logits: Logits
    labels: Labels

    def __repr__(self) -> str:
        return f"Predictions({len(self.labels)} samples, accuracy {self.accuracy:.3f})"

    @property
    def chosen(self) -> Labels:
        """Index of the highest logit of every sample."""
        return self.logits.argmax(1)

    @property
    def accuracy(self) -> float:
        """Share of samples whose highest logit is the true class, 0 to 1."""
        return float((self.chosen == self.labels).double().mean())

    @property
    def confusion(self) -> np.ndarray:
        """Counts, one row a true class, one column a chosen class."""
        classes = self.logits.shape[1]
        counts = np.zeros((classes, classes), dtype=int)
        np.add.at(counts, (self.labels.numpy(), self.chosen.numpy()), 1)
        return counts


def predict(task: Classifier, batches: Iterable[Any]) -> Predictions:
    """Runs a task over (images, labels) batches without learning anything.

    The task's modes (training or evaluation, module by module) are as before afterwards.

    Args:
        task: a trained task; runs where its parameters are.
        batches: a leyden pipeline, a DataLoader or a list of batches.

    Returns:
        Logits and labels on the CPU, in float32 and int64.

    Raises:
        TrainError: there is not a single batch.

    Examples:
        >>> net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3, 2))
        >>> from leyden.train.tuning import Tuning
        >>> task = Classifier(net, ["a", "b"], tuning=Tuning(freeze=0))
        >>> len(predict(task, [(torch.zeros(4, 3, 1, 1), torch.zeros(4, dtype=torch.int64))]).labels)
        4
    """
    modes = [(module, module.training) for module in task.modules()]
    logits: list[Tensor] = []
    labels: list[Tensor] = []
    try:
        task.eval()
        with torch.inference_mode():
            for images, truth in batches:
                logits.append(task(images.to(task.device)).float().cpu())
                labels.append(truth.to("cpu", torch.int64))
    finally:
        for module, mode in modes:
            module.training = mode
    if not logits:
        raise TrainError("no batch to predict on: the loader is empty")
    return Predictions(torch.cat(logits).clone(), torch.cat(labels).clone())
