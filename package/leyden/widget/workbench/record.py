"""What a workbench remembers: every training, which of them is in use, which is pruned, what was written."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, final

from leyden.augment import Transform
from leyden.errors import PanelError
from leyden.train import Fitted, Task
from leyden.widget.prune.choice import Choice

__all__ = ["Exported", "Ledger", "Stage", "Training", "stamp_of", "training_of"]


@final
@dataclass(frozen=True, eq=False)
class Training:
    """A task as it came out of a run, or as it was given.

    Attributes:
        number: 0 for the task as given, then 1, 2, ... in the order in which the runs ended.
        task: the trained copy.
        move: the augmentation of the run; None where there was none.
        fitted: the run; None for the task as given.
        score: what validation said of these very weights, by the task's `monitor`; None where it was not measured.
    """

    number: int
    task: Task
    move: Transform | None = None
    fitted: Fitted | None = None
    score: float | None = None

    @property
    def name(self) -> str:
        """What it is called: training 2, or the task as given."""
        return f"training {self.number}" if self.number else "the task as given"

    def __str__(self) -> str:
        scored = "" if self.score is None else f", {self.task.monitor} {self.score:.3f}"
        ended = "" if self.fitted is None or self.fitted.status == "finished" else f", {self.fitted.status}"
        return f"{self.name}{scored}{ended}"


def training_of(fitted: Fitted, number: int, *, move: Transform | None) -> Training:
    """A run that is over, as it is remembered."""
    monitor, epochs = fitted.task.monitor, fitted.history.epochs
    place = -1 if fitted.epoch is None else fitted.epoch
    score = epochs[place].metrics.get(monitor) if epochs else None
    return Training(number, fitted.task, move, fitted, score)


@final
@dataclass(frozen=True)
class Ledger:
    """Which trainings there are, which one is in use, and which one the pruning panel prunes.

    Attributes:
        trainings: in the order of their numbers; the task as given is the first.
        using: number of the one in use: the newest, unless another was asked for.
        pruning: number of the one that is pruned; another than `using` where that one came later.
        newest: the highest number so far; none is given twice.

    Raises:
        PanelError: on asking for a training that is not there.
    """

    trainings: tuple[Training, ...]
    using: int = 0
    pruning: int = 0
    newest: int = 0

    def __getitem__(self, number: int) -> Training:
        for training in self.trainings:
            if training.number == number:
                return training
        known = ", ".join(str(training.number) for training in self.trainings)
        raise PanelError(f"there is no training {number}: there is {known} (0 is the task as given)")

    def add(self, training: Training, *, prune: bool) -> "Ledger":
        """With one more training, which is then in use; `prune` says whether it is also pruned from now on."""
        number = training.number
        return Ledger((*self.trainings, training), number, number if prune else self.pruning, number)

    def use(self, number: int) -> "Ledger":
        """With another training in use, and pruned."""
        return replace(self, using=self[number].number, pruning=number)

    def forget(self, number: int) -> "Ledger":
        """Without a training.

        Raises:
            PanelError: it is in use or pruned, or it is the task as given.
        """
        if number in (0, self.using, self.pruning):
            raise PanelError(f"{self[number].name} is needed still: use() another one before this one is forgotten")
        lost = self[number]
        return replace(self, trainings=tuple(training for training in self.trainings if training is not lost))


class Stage(NamedTuple):
    """Which network: of which training, pruned and tuned how; no choice where nothing was pruned."""

    training: int
    choice: Choice | None


@final
@dataclass(frozen=True)
class Exported:
    """A file that was written, and found to compute what the network computes.

    Attributes:
        path: absolute.
        stage: the network in it.
        bytes: its size; `zipped` that of its zipped content.
        max_abs: largest difference between file and network.
        tolerance: largest relative difference that would have passed.
        seconds: median of one call in onnxruntime.
        took: seconds that writing and verifying took.
        stamp: size and time of the file as it was written (bytes, ns).
    """

    path: Path
    stage: Stage
    bytes: int
    zipped: int
    max_abs: float
    tolerance: float
    seconds: float
    took: float
    stamp: tuple[int, int]

    @property
    def untouched(self) -> bool:
        """Whether the file is still the one that was written."""
        return self.path.exists() and stamp_of(self.path) == self.stamp

    def __str__(self) -> str:
        equal = f"differs from the network by {self.max_abs:.1e} at most"
        return f"{self.path.name}, {self.bytes:,} bytes ({self.zipped:,} zipped), {equal}"


def stamp_of(path: Path) -> tuple[int, int]:
    """Size and time of change of a file, in bytes and nanoseconds."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns
