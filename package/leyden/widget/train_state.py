"""What a training panel shows: how far a run is, its curves, what a few samples are taken for."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, final

from torch import Tensor

from leyden.errors import PanelError
from leyden.train import Callback, History, Task, borrows, reads
from leyden.widget.base.curve import Line, smooth
from leyden.widget.base.telling import clock, told_progress

__all__ = ["EachEpoch", "Progress", "Samples", "loss_lines", "score_lines", "score_title", "some", "stretched"]

_SHOWN = 12


@dataclass(frozen=True)
class Progress:
    """How far a run is: steps taken, steps of the whole run (0: not known yet), seconds at work, seconds left.

    `validated` is how many batches of how many a validation has seen; None while none is under way.
    """

    step: int
    total: int
    seconds: float
    remaining: float | None
    validated: tuple[int, int] | None = None

    @property
    def share(self) -> float:
        """Share of the steps taken, 0 to 1."""
        return self.step / self.total if self.total else 0.0

    def __str__(self) -> str:
        if not self.total:
            return f"not started · {clock(self.seconds)}"
        told = told_progress(self.step, self.total, "steps", seconds=self.seconds, remaining=self.remaining)
        if self.validated is None:
            return told
        done, total = self.validated
        return f"{told} · validating, {done:,}{f' of {total:,}' if total else ''} batches"


@dataclass(frozen=True, eq=False)
class Samples:
    """A few pictures, what they are, and what the network takes them for.

    Args:
        pictures: values in [0, 1], "sample 3 y x".
        truth: true class of each.
        chosen: class with the highest score; empty before the first prediction.
        sure: its probability.
        title: what the samples are, where that is not a matter of right and wrong.
    """

    pictures: Tensor
    truth: tuple[str, ...]
    chosen: tuple[str, ...] = ()
    sure: tuple[float, ...] = ()
    title: str = ""

    @property
    def headline(self) -> str:
        """The title, or how many are right."""
        known = f"{sum(self.right)} of {len(self.truth)} right" if self.chosen else "true classes"
        return self.title or known

    @property
    def told(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[float, ...]]:
        """All that is said of the pictures: where it is the same, they are."""
        return (self.truth, self.chosen, self.sure)

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
    """Hands the task as it is after every epoch to a function, on the training thread, and tells of validations.

    Args:
        look: called with the task after every epoch; validation is over by then.
        changed: called after every batch of a validation.

    Attributes:
        validated: batches of the validation under way, and of how many; None between validations.
        cut: whether a validation ends after its present batch.
    """

    def __init__(self, look: Callable[[Task], None], changed: Callable[[], None] = lambda: None) -> None:
        self._look = look
        self._changed = changed
        self.validated: tuple[int, int] | None = None
        self.cut = False

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Looks once."""
        self._look(pl_module)

    def on_validation_start(self, trainer: Any, pl_module: Any) -> None:
        """Begins to count."""
        total = sum(trainer.num_val_batches)
        self.validated = (0, int(total) if math.isfinite(total) else 0)
        self._changed()

    def on_validation_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int, dataloader_idx: int = 0
    ) -> None:
        """Counts, and ends the validation where that was asked for; Lightning takes it for the last batch then."""
        assert self.validated is not None  # it has begun
        self.validated = (self.validated[0] + 1, self.validated[1])
        self._changed()
        if self.cut:
            raise StopIteration

    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
        """Counts no longer."""
        self.validated = None
        self._changed()


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


def score_lines(history: History, scores: Sequence[str]) -> list[Line]:
    """What validation logged under each name, after every epoch, over steps; none without validation.

    Args:
        history: of the run.
        scores: names; a single one, or the mean first and then its parts, as in `val_dice` and `val_dice_WT`.
    """
    first = [replace(line, name="mean") if scores[1:] else line for line in _by_epoch(history, scores[0])]
    parts = [
        replace(line, name=part.removeprefix(f"{scores[0]}_"))
        for part in scores[1:]
        for line in _by_epoch(history, part)
    ]
    return first + parts


def score_title(monitor: str) -> str:
    """What a curve of scores is called: "Validation accuracy" of `val_accuracy`.

    Examples:
        >>> score_title("val_dice")
        'Validation dice'
    """
    return f"Validation {monitor.removeprefix('val_')}"


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
