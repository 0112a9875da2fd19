"""Training in the background, with a hand on it: start, pause, resume, stop, wait."""

import math
from collections.abc import Callable, Iterable, Sequence, Sized
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, TypeAlias, final

import torch
from torch import Tensor

from leyden import plot
from leyden.errors import PanelError
from leyden.train import Control, Fitted, History, Task, fit
from leyden.train.fitting import Keep
from leyden.widget.base.job import Job, Stopwatch
from leyden.widget.base.panel import Fact, Panel, explain
from leyden.widget.train_samples import sampler_of
from leyden.widget.train_state import EachEpoch, Progress, Samples, loss_lines, score_lines, score_title

__all__ = ["TrainPanel", "TrainStatus"]

TrainStatus: TypeAlias = Literal[
    "idle", "running", "paused", "stopping", "finished", "stopped", "interrupted", "failed"
]
"""Where a run is: not begun, at work, held, ending as asked; then over by itself, as asked, by Ctrl-C, by an error."""

_GRACE = 60.0
_ADVICE = "(panel.wait() raises it again, with the place it came from)"


@final
class TrainPanel(Panel):
    """Trains a copy of a task in a background thread, and shows it: curves, progress, sample predictions, buttons.

    The task given stays as it was, and the weights learned are bit for bit those of `leyden.train.fit` with the same
    arguments. The kernel stays free: other cells run meanwhile. Once a run is over, `start` begins a new one from the
    task given.

    Args:
        task: what to train.
        pipe: batches of (images, labels), or what else the task takes, with a length.
        validation: likewise; validated after every epoch.
        epochs: epochs of a run, 1 or more.
        folder: where the best checkpoint goes; None keeps none.
        examples: one (images, labels) batch, as the network takes it, to show predictions of, twelve
            at most. Without it the first batch of `validation` is taken when the run starts. A `Segmenter` takes none:
            the worst cases of its last validation are shown.
        show: turns one such image into values in [0, 1], "3 y x", as `Preprocess.invert` does; without it each image is
            stretched to its own range.
        seed: seeds dropout and whatever else draws from torch's global generator.
        keep: "best" gives back the weights of the epoch that did best in validation.
        callbacks: further Lightning callbacks.

    Raises:
        PanelError: fewer than one epoch, batches without a length, no batches to validate on, or examples that are
            not an (images, labels) batch; all faults at once.

    Examples:
        >>> net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3, 2))
        >>> from leyden.train import Classifier, Tuning
        >>> task = Classifier(net, ["dark", "light"], tuning=Tuning(rate=0.1, freeze=0))
        >>> light = torch.tensor([0.1, 0.2, 0.8, 0.9])[:, None, None, None].expand(-1, 3, 1, 1)
        >>> batches = [(light, torch.tensor([0, 0, 1, 1]))]
        >>> panel = TrainPanel(task, batches, validation=batches, epochs=40)
        >>> panel.start(); panel.wait(timeout=60).status
        'finished'
        >>> panel
        TrainPanel(finished, 40 of 40 steps, val_accuracy 1.000)
        >>> panel.close()
    """

    def __init__(
        self,
        task: Task,
        pipe: Iterable[Any],
        *,
        validation: Iterable[Any] | None = None,
        epochs: int = 5,
        folder: Path | str | None = None,
        examples: tuple[Tensor, Tensor] | list[Tensor] | None = None,
        show: Callable[[Tensor], Tensor] | None = None,
        seed: int = 0,
        keep: Keep = "last",
        callbacks: Sequence[Any] = (),
    ) -> None:
        super().__init__()
        faults = [*_faults("pipe", pipe), *([] if validation is None else _faults("validation", validation))]
        if not isinstance(task, Task):
            kind = type(task).__name__
            faults.append(f"task must be a leyden.train.Task, such as Classifier(network, classes); given a {kind}")
        if epochs < 1:
            faults.append(f"epochs must be 1 or more, given {epochs}")
        if faults:
            raise PanelError("; ".join(faults))
        self._task = task
        self._pipe = pipe
        self._validation = validation
        self._settings: dict[str, Any] = {"epochs": epochs, "folder": folder, "seed": seed, "keep": keep}
        self._callbacks = tuple(callbacks)
        self._sampler = sampler_of(task, examples, show)
        self._threads = torch.get_num_threads()  # of the thread that made the panel: results are those of `fit` there
        self._status: TrainStatus = "idle"
        self._history = History()
        self._control, self._watcher = Control(), EachEpoch(self._look, self.changed)
        self._job: Job[Fitted] | None = None
        self._result: Fitted | None = None
        self._interrupted = False
        self._watch = Stopwatch()

    def __repr__(self) -> str:
        best = self._history.best(self._task.monitor)
        told = "" if best is None else f", {self._task.monitor} {best:.3f}"
        return f"TrainPanel({self.status}, {len(self._history.steps)} of {self._history.total} steps{told})"

    @property
    def status(self) -> TrainStatus:
        """Where the run is."""
        return self._status

    @property
    def history(self) -> History:
        """What has happened in the present or last run; it grows while it runs."""
        return self._history

    @property
    def result(self) -> Fitted | None:
        """What the last run gave; None before it is over, and where it failed."""
        return self._result

    @property
    def error(self) -> BaseException | None:
        """What the last run raised; None where all went well."""
        return self._job.error if self._job is not None and self._status == "failed" else None

    @property
    def scores(self) -> tuple[str, ...]:
        """Names of what validation logs between 0 and 1, the one that picks the best epoch first."""
        return self._task.scores

    @property
    def samples(self) -> Samples | None:
        """Sample pictures, with predictions since the last epoch, or the worst cases; None before there are any."""
        return self._sampler.samples

    @property
    def progress(self) -> Progress:
        """How far the run is; the time left is the time a step took so far, pauses apart, times the steps left."""
        step, total, seconds = len(self._history.steps), self._history.total, self._watch.seconds
        known = step > 0 and self._status in ("running", "paused")
        remaining = seconds / step * max(0, total - step) if known else None
        return Progress(step, total, seconds, remaining, self._watcher.validated if self._running else None)

    def start(self) -> None:
        """Begins a run in the background and returns at once.

        Raises:
            PanelError: a run is under way, or the panel is closed.
        """
        with self._lock:
            self._open()
            if self._running:
                raise PanelError(f"a run is {self._status} already: wait() for it, or stop() it, before start()")
            self._history = History(self._stepped)
            self._control, self._watcher = Control(), EachEpoch(self._look, self.changed)
            self._watch = Stopwatch()
            self._result = None
            self._interrupted, self._message = False, ""
            self._status = "running"
            self._watch.go()
            self._job = Job(self._train, name="train", threads=self._threads, done=self._over)
            self._job.start()
        self.changed()

    def pause(self) -> None:
        """Holds the run after the present batch.

        Raises:
            PanelError: nothing runs.
        """
        self._turn("pause", ("running",), "paused")
        self.changed()

    def resume(self) -> None:
        """Lets a held run go on.

        Raises:
            PanelError: nothing is held.
        """
        self._turn("resume", ("paused",), "running")
        self.changed()

    def stop(self) -> None:
        """Ends the run after the present batch, also while it is held; it is validated once more and kept.

        A second call ends that validation too, after its present batch: its scores are then those of a part.

        Raises:
            PanelError: nothing runs.
        """
        with self._lock:
            if self._status == "stopping":
                self._watcher.cut = True
            else:
                self._turn("stop", ("running", "paused"), "stopping")
        self.changed()

    def wait(self, timeout: float | None = None) -> Fitted:
        """Waits until the run is over and returns what it gave; Ctrl-C meanwhile stops it and keeps what it learned.

        Args:
            timeout: seconds; None waits as long as it takes, for ever where the run is held.

        Raises:
            PanelError: no run was started, or it is not over in time (it goes on). What the run raised is raised again.
        """
        job = self._job
        if job is None:
            raise PanelError("there is no run to wait for: call start() first")
        with self.holding():
            try:
                fitted = job.wait(timeout)
            except KeyboardInterrupt:
                self._interrupt()
                fitted = job.wait(_GRACE)
        return self._result or fitted

    def close(self) -> None:
        """Stops a run that is under way, then closes the view.

        Raises:
            PanelError: the run has not ended within a minute, as when one batch takes longer.
        """
        self._control.stop()
        self._watcher.cut = True
        ended = self._job is None or self._job.join(_GRACE)
        super().close()
        if not ended:
            raise PanelError(f"the run has not ended within {_GRACE:g} s: it stops after its present batch")

    def facts(self) -> list[Fact]:
        """Status, progress, last loss, accuracy."""
        history = self._history
        rows = [
            ("status", self._status),
            ("steps", f"{len(history.steps):,} of {history.total:,}"),
            ("epochs", f"{len(history.epochs)} of {self._settings['epochs']}"),
        ]
        if history.epochs:
            rows += [
                (name, f"{value:.4f}")
                for name, value in {"loss": history.epochs[-1].loss, **history.epochs[-1].metrics}.items()
            ]
        best = history.best(self.scores[0])
        if best is not None:
            rows.append((f"best {self.scores[0]}", f"{best:.4f}"))
        rows += self._sampler.facts
        return rows + ([("error", self._message)] if self._status == "failed" else [])

    def pictures(self) -> list[tuple[str, bytes]]:
        """The curves, and the sample predictions where there are any."""
        loss = {line.name: (line.x, line.y) for line in loss_lines(self._history)}
        told = f"Loss over {len(self._history.steps)} steps"
        drawn = [(told, plot.png(plot.curves(loss, x_label="step", y_label="loss", title="Loss")))]
        lines = {line.name: (line.x, line.y) for line in score_lines(self._history, self.scores)}
        if lines:
            title = score_title(self.scores[0])
            figure = plot.curves(lines, x_label="step", y_label=self.scores[0], title=title)
            drawn.append((f"{title} over {len(self._history.epochs)} epochs", plot.png(figure)))
        samples = self.samples
        if samples is not None:
            words = samples.words()
            drawn.append(("Samples: " + ", ".join(words), plot.png(plot.grid(list(samples.pictures), titles=words))))
        return drawn

    def _turn(self, action: Literal["pause", "resume", "stop"], allowed: tuple[str, ...], status: TrainStatus) -> None:
        with self._lock:
            if self._status not in allowed:
                why = f" ({self._message})" if self._status == "failed" and self._message else ""
                must = " or ".join(allowed)
                raise PanelError(f"cannot {action} a run that is {self._status}{why}: it must be {must}")
            self._status = status
            self._message = ""
            {"pause": self._control.pause, "resume": self._control.resume, "stop": self._control.stop}[action]()
            (self._watch.hold if action == "pause" else self._watch.go)()

    def _train(self) -> Fitted:
        """The run, on the thread of the job."""
        self._sampler.begin(self._validation)
        watchers = [self._history, self._control, self._watcher, *self._callbacks]
        return fit(self._task, self._pipe, self._validation, callbacks=watchers, **self._settings)

    @property
    def _running(self) -> bool:
        return self._job is not None and self._job.running

    def _stepped(self, history: History) -> None:
        """Hears of every step and every epoch, on the thread of the job."""
        if not self._message and history.steps and not math.isfinite(history.steps[-1].loss):
            self._message = _broken(history)
        self.changed()

    def _look(self, task: Task) -> None:
        """Looks at the samples, on the thread of the job; the task goes on as if nobody had looked."""
        self._sampler.look(task)
        self.changed()

    def _over(self) -> None:
        """Reads how the run ended, on the thread of the job."""
        with self._lock:
            self._watch.hold()
            job = self._job
            assert job is not None  # it runs this
            if job.result is None:
                self._status = "failed"
                self._message = explain(job.error or PanelError("the run gave nothing"), more=_ADVICE)
            else:
                fitted = job.result
                self._result = replace(fitted, status="interrupted") if self._interrupted else fitted
                self._status = self._result.status
                self._message = _broken(self._history)
        self.changed()

    def _interrupt(self) -> None:
        self._interrupted = True
        if self._status in ("running", "paused"):
            self.stop()


def _faults(name: str, batches: Any) -> list[str]:
    """Why batches cannot be trained on; what only a run can tell is told then."""
    if not isinstance(batches, Sized):
        kind = type(batches).__name__
        return [f"{name} must be batches with a length, as a list, a pipeline or a DataLoader; given a {kind}"]
    return [] if len(batches) else [f"{name} has no batches: give at least one"]


def _broken(history: History) -> str:
    """What to say of a loss that is not a number; empty where all are."""
    first = next((step.step for step in history.steps if not math.isfinite(step.loss)), None)
    return (
        "" if first is None else f"the loss is not a number from step {first} on: lower the rate, or look at the data"
    )
