"""What a training panel shows: how far a run is, its curves, what a few samples are taken for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

from torch import Tensor

from leyden.errors import PanelError
from leyden.train import Callback, Classifier, History, borrows, reads
from leyden.widget.base.curve import Line, smooth

__all__ = ["EachEpoch", "Progress", "Samples", "accuracy_lines", "loss_lines", "some", "stretched"]

_SHOWN = 12


@dataclass(frozen=True)
class Progress:
    """How far a run is: steps taken, steps of the whole run (0: not known yet), seconds at work, seconds left."""

    step: int
    total: int
    seconds: float
    remaining: float | None

    @property
    def share(self) -> float:
        """Share of the steps taken, 0 to 1."""
        return self.step / self.total if self.total else 0.0

    def __str__(self) -> str:
        parts = [f"{self.step:,} of {self.total:,} steps" if self.total else "not started", _clock(self.seconds)]
        return " · ".join(parts if self.remaining is None else [*parts, f"{_clock(self.remaining)} left"])


@dataclass(frozen=True, eq=False)
class Samples:
    """A few pictures, what they are, and what the network takes them for.

    Args:
        pictures: values in [0, 1], "sample 3 y x".
        truth: true class of each.
        chosen: class with the highest score; empty before the first prediction.
        sure: its probability.
    """

    pictures: Tensor
    truth: tuple[str, ...]
    chosen: tuple[str, ...] = ()
    sure: tuple[float, ...] = ()

    @property
    def right(self) -> tuple[bool, ...]:
        """Whether each prediction is the truth; empty before the first."""
        return tuple(truth == chosen for truth, chosen in zip(self.truth, self.chosen, strict=False))

    def words(self) -> list[str]:
        """A caption for each: the truth, and what it is taken for where that differs."""
        if not self.chosen:
            return list(self.truth)
        pairs = zip(self.truth, self.chosen, strict=True)
        return [truth if truth == chosen else f"{chosen}, is {truth}" for truth, chosen in pairs]

    def __repr__(self) -> str:
        return f"Samples({len(self.truth)}, {sum(self.right)} right)" if self.chosen else f"Samples({len(self.truth)})"


@reads("model")
@borrows("model.training")  # who predicts with a task switches it to evaluation mode and back
@final
class EachEpoch(Callback):
    """Hands the task as it is after every epoch to a function, on the training thread."""

    def __init__(self, look: Callable[[Classifier], None]) -> None:
        self._look = look

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Looks once; validation is over by then."""
        self._look(pl_module)


def loss_lines(history: History) -> list[Line]:
    """Loss over steps: of every batch, its running mean, and of the validation after every epoch where there is one."""
    steps = list(history.steps)
    places, losses = [float(step.step) for step in steps], [step.loss for step in steps]
    mean = smooth(losses, over=max(1, min(50, len(losses) // 20)))
    return [
        Line("batch", places, losses, "faint"),
        Line("running mean", places, mean),
        *_by_epoch(history, "val_loss"),
    ]


def accuracy_lines(history: History) -> list[Line]:
    """Share of validation samples that are right, after every epoch, over steps; none without validation."""
    return _by_epoch(history, "val_accuracy")


def some(batch: Any) -> tuple[Tensor, Tensor]:
    """At most twelve images of an (images, labels) batch, evenly spread over it, and their labels, on the CPU.

    Raises:
        PanelError: it is something else.
    """
    if not (isinstance(batch, tuple | list) and len(batch) == 2 and all(isinstance(part, Tensor) for part in batch)):
        raise PanelError(f"examples must be one (images, labels) batch of tensors, given {type(batch).__name__}")
    count = len(batch[0])
    places = [place * count // min(_SHOWN, count) for place in range(min(_SHOWN, count))]
    images, labels = (part[places].detach().cpu() if len(part) == count else part for part in batch)
    if images.ndim != 4 or images.shape[1] not in (1, 3) or labels.shape != images.shape[:1]:
        raise PanelError(
            "examples must be images 'sample channel y x' of 1 or 3 channels and one label each, given shapes "
            f"{tuple(batch[0].shape)} and {tuple(batch[1].shape)}"
        )
    return images, labels


def stretched(image: Tensor) -> Tensor:
    """An image over its own range, 0 to 1."""
    low, high = image.min(), image.max()
    return (image - low) / (high - low).clamp_min(1e-12)


def _by_epoch(history: History, metric: str) -> list[Line]:
    ends = {step.epoch: float(step.step) for step in list(history.steps)}
    rows = [(ends[row.epoch], row.metrics[metric]) for row in list(history.epochs) if metric in row.metrics]
    places, values = [place for place, _ in rows], [value for _, value in rows]
    return [Line("validation", places, values, "points")] if rows else []


def _clock(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return (
        f"{whole // 60} min {whole % 60:02d} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    )
