"""The main job as values: what is planned, and how far it has come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from leyden.augment import Transform
from leyden.recipe.compression import RETUNE, Compressed
from leyden.recipe.folder import RESULTS
from leyden.recipe.labelled import LabelledSet
from leyden.recipe.metrics import Metrics, write_metrics
from leyden.recipe.pipelines import MOVE, Pipes
from leyden.train import Classifier, Fitted, Predictions, Tuning
from leyden.vision import Preprocess

__all__ = ["SCRATCH", "TUNE", "Job", "Plan"]

TUNE = Tuning(rate=4e-3, freeze=1, discount=0.1)
"""Rates of the fine-tuning."""

SCRATCH = Tuning(rate=4e-3, freeze=0, discount=1.0)
"""Rates of the network from scratch: one cycle over everything.

The peak is the best of 1e-3, 2e-3, 4e-3 and 8e-3 on the tiles of `photos`, seeds 0 and 1, augmented or not.
"""


@dataclass(frozen=True)
class Plan:
    """Sizes and rates of the main job.

    Args:
        size: side of the network input in pixels.
        crop: share of a picture's shorter side that the network sees, in the middle.
        epochs: epochs of fine-tuning, and of the network from scratch: equal steps for both.
        freeze: epochs of fine-tuning in which only the head learns.
        retune: epochs of fine-tuning after each pruning.
        sparsities: shares of the touched weights to prune, in ascending order.
        chosen: the one of `sparsities` that is shipped.
        batch: samples a training batch.
        move: the augmentation; None trains without.
        tuning: rates of the fine-tuning.
        retuning: rates of the fine-tuning after pruning.
        scratch: rates of the network from scratch: one cycle over everything.
        seed: seeds order, augmentation, initial weights and dropout.
    """

    size: int = 64
    crop: float = 1.0
    epochs: int = 6
    freeze: int = 1
    retune: int = 4
    sparsities: tuple[float, ...] = (0.5, 0.6, 0.7, 0.8, 0.9)
    chosen: float = 0.7
    batch: int = 32
    move: Transform | None = MOVE
    tuning: Tuning = TUNE
    retuning: Tuning = RETUNE
    scratch: Tuning = SCRATCH
    seed: int = 0

    @property
    def passes(self) -> int:
        """Epochs of the whole job, to tell how far it is."""
        return 2 * self.epochs + self.retune * len(self.sparsities)


@dataclass
class Job:
    """The main job as far as it has come: what it was given, what it made, what it measured."""

    plan: Plan
    labelled: LabelledSet
    prep: Preprocess
    pipes: Pipes
    folder: Path
    task: Classifier
    metrics: Metrics = field(default_factory=dict)
    tuned: Fitted | None = None
    scratch: Fitted | None = None
    points: list[Compressed] = field(default_factory=list)
    predictions: Predictions | None = None

    @property
    def chosen(self) -> Compressed:
        """The pruned network that is shipped: the one nearest to the sparsity planned for it."""
        return min(self.points, key=lambda point: abs(point.sparsity - self.plan.chosen))

    def measure(self, values: Mapping[str, float | int | str]) -> None:
        """Notes figures by their dotted names and writes all of them down at once."""
        self.metrics.update(values)
        write_metrics(self.metrics, self.folder / RESULTS)
