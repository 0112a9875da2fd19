"""Everything around one task: data, augmentation, callbacks, training, pruning and the exported file, in one state."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar, cast, final, get_args

from torch import nn

from leyden.augment import Transform
from leyden.errors import PanelError
from leyden.recipe.compression import RETUNE
from leyden.train import Callback, CallbackGraph, Classifier, Task, Tuning
from leyden.vision import Preprocess
from leyden.widget.augment.panel import AugmentPanel
from leyden.widget.base.errand import LookStatus
from leyden.widget.base.panel import Fact, Panel
from leyden.widget.callback.panel import CallbackPanel
from leyden.widget.data.panel import DataPanel
from leyden.widget.onnx import OnnxPanel
from leyden.widget.prune.panel import PrunePanel
from leyden.widget.train import TrainPanel
from leyden.widget.workbench.dock import Dock
from leyden.widget.workbench.feed import Stock
from leyden.widget.workbench.line import Line, Orders
from leyden.widget.workbench.record import Exported, Training
from leyden.widget.workbench.source import source_of
from leyden.widget.workbench.telling import facts_of, pictures_of, stale_of, summary_of, titles_of, told

__all__ = ["Workbench", "WorkbenchSection"]

WorkbenchSection: TypeAlias = Literal["data", "augment", "callbacks", "train", "prune", "onnx"]
"""The panels of a workbench, in the order of the work."""

_Kind = TypeVar("_Kind", bound=Panel)


@final
class Workbench(Panel):
    """All panels around one task, sharing one state: train, prune and export without typing anything again.

    Each panel is the class that it is alone, made when it is first asked for. Training learns from what the
    augmentation panel is set to when the run begins. A run that is over is in use from then on, and is what the pruning
    panel prunes; fine-tuning there is one more step of it. `export` writes the network as it stands.

    Nothing is lost: every training is kept with its own pruning panel until `forget`, and `use` goes back to it. What
    a step leaves behind is said in `stale`, and `update` brings it up to date: pruned in the same way, fine-tuned
    again if it was, exported again to the same file. The task given stays as it was, and no file is replaced unasked.

    Args:
        task: any task; classification, segmentation, or a kind of your own.
        data: labelled pictures; batches, or `Pipes` of them, as the task takes them; or a function of a transform that
            makes those, so that the augmentation panel has a say.
        held_out: batches to measure on, where `data` has none; without them nothing is measured.
        prep: the preprocessing bound to the network: sizes labelled pictures, and goes into a classifier's file.
        move: the augmentation to begin with; None trains on the data as they are.
        sample: what augmentation is tried on; of labelled pictures the first is taken.
        callbacks: further callbacks of training, or a `CallbackGraph`.
        epochs: epochs of a training run, 1 or more.
        retune: epochs of fine-tuning after pruning, 1 or more.
        retuning: its rates.
        seed: draws order, augmentation and dropout of every run.

    Raises:
        PanelError: parts are missing or do not go together; all faults at once.
        GraphError: the callbacks cannot run together.

    Examples:
        >>> import torch
        >>> net = nn.Sequential(nn.Flatten(), nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2))
        >>> task = Classifier(net, ["dark", "light"], tuning=Tuning(rate=0.1, freeze=0))
        >>> light = torch.tensor([0.1, 0.2, 0.8, 0.9])[:, None, None, None].expand(-1, 3, 1, 1)
        >>> batches = [(light, torch.tensor([0, 0, 1, 1]))]
        >>> bench = Workbench(task, batches, held_out=batches, epochs=40)
        >>> bench.train.start(); bench.train.wait(timeout=60).status
        'finished'
        >>> bench.prune.prune(0.5)
        >>> bench
        Workbench(training 1, 50% pruned)
        >>> bench.close()
    """

    def __init__(
        self, task: Task, data: Any, *, held_out: Iterable[Any] | None = None, prep: Preprocess | None = None,
        move: Transform | None = None, sample: Any = None, callbacks: CallbackGraph | Sequence[Callback] = (),
        epochs: int = 5, retune: int = 1, retuning: Tuning = RETUNE, seed: int = 0,
    ) -> None:  # fmt: skip
        super().__init__()
        self._given, self._prep = move, prep
        self._source = source_of(data, held_out=held_out, prep=prep, move=move, sample=sample, seed=seed)
        self._graph = callbacks if isinstance(callbacks, CallbackGraph) else CallbackGraph(callbacks)
        self._stock = Stock(self._source, lambda: self.move)
        orders = Orders(epochs, retune, retuning, tuple(self._graph), None if prep is None else prep.invert, seed)
        if not isinstance(task, Task) or orders.faults():
            kind = [] if isinstance(task, Task) else [f"task must be a leyden.train.Task, given {type(task).__name__}"]
            raise PanelError("; ".join([*kind, *orders.faults()]))
        self._task, self._panels = task, dict[str, Panel]()
        self._line = Line(task, self._stock, orders, changed=self.changed)
        self._dock = Dock(self._line, self._stock, prep=prep, changed=self.changed, say=self.say)
        self._section: WorkbenchSection = "data"

    def __repr__(self) -> str:
        left = f", {len(self.stale)} left behind" if self.stale else ""
        return f"Workbench({told(self._line, self._line.stage)}{left})"

    @property
    def data(self) -> DataPanel:
        """The data, looked through."""
        classes = tuple(self._task.classes) if isinstance(self._task, Classifier) else ()
        return self._panel("data", lambda: self._source.panel(classes))

    @property
    def augment(self) -> AugmentPanel:
        """The augmentation, tried out; the next training run learns from what it is set to.

        Raises:
            PanelError: the workbench was made without one.
        """
        move = self._given
        if move is None:
            raise PanelError("this workbench trains on the data as they are: make it with move=, a transform")
        return self._panel("augment", lambda: AugmentPanel(move, self._source.sample))

    @property
    def callbacks(self) -> CallbackPanel:
        """What watches training, and what it makes of the run."""
        return self._panel("callbacks", lambda: CallbackPanel(self._graph))

    @property
    def train(self) -> TrainPanel:
        """Training of the task given; each run that is over becomes one of `trainings`, and the one in use."""
        self._open()
        return self._line.train()

    @property
    def prune(self) -> PrunePanel:
        """Pruning of the training in use, or of an earlier one that was pruned already: `stale` says so then."""
        self._open()
        return self._line.prune()

    @property
    def again(self) -> TrainPanel:
        """The newest fine-tuning: its curves, and a way to stop it; the pruning panel begins it.

        Raises:
            PanelError: nothing was fine-tuned yet.
        """
        if self._line.again is None:
            raise PanelError("nothing was fine-tuned yet: call prune.tune(), or press Fine-tune in the pruning panel")
        return self._line.again

    @property
    def onnx(self) -> OnnxPanel:
        """The file that was written last.

        Raises:
            PanelError: nothing was written yet.
        """
        if not self._dock.panels:
            raise PanelError("nothing was exported yet: call export(path)")
        return self._dock.panels[-1]

    @property
    def tuned(self) -> bool:
        """Whether anything was fine-tuned yet."""
        return self._line.again is not None

    @property
    def move(self) -> Transform | None:
        """The augmentation as it is set now."""
        panel = self._panels.get("augment")
        return panel.move if isinstance(panel, AugmentPanel) else self._given

    @property
    def task(self) -> Task:
        """The task as trained in the run that is in use; before the first run, as given."""
        return self._line.ledger[self._line.ledger.using].task

    @property
    def model(self) -> nn.Module:
        """The network as it stands, which is what `export` writes: trained, and pruned as chosen."""
        return self._line.stands.model

    @property
    def trainings(self) -> tuple[Training, ...]:
        """The task as given, and every run that is over."""
        return self._line.ledger.trainings

    @property
    def using(self) -> int:
        """The number of the training that is in use."""
        return self._line.ledger.using

    @property
    def exported(self) -> Exported | None:
        """What was written last, and of which network; None before that."""
        return self._dock.exported

    @property
    def stale(self) -> tuple[str, ...]:
        """What an earlier step has left behind, a sentence each; empty where all belongs together."""
        return stale_of(self._line, move=self.move, exported=self._dock.exported)

    @property
    def summary(self) -> str:
        """All of it in one line: trained, pruned, written."""
        return summary_of(self._line, exported=self._dock.exported)

    @property
    def titles(self) -> dict[str, str]:
        """What each panel is called, and how it stands, in a few words."""
        return titles_of(self._line, exported=self._dock.exported, writing=self.status == "running")

    @property
    def status(self) -> LookStatus:
        """Where the newest export or update is."""
        return self._dock.status

    @property
    def doing(self) -> str:
        """What an export or an update does now, in words; empty where none is under way."""
        return self._dock.doing

    @property
    def times(self) -> tuple[float, float | None]:
        """Seconds that it took so far, and seconds left, as far as that is known."""
        return self._dock.times

    @property
    def progress(self) -> tuple[int, int]:
        """(steps done, steps in all) of the newest export or update."""
        return self._dock.progress

    @property
    def section(self) -> WorkbenchSection:
        """The panel that the view shows."""
        return self._section

    def export(self, path: Path | str, *, replace: bool = False, wait: bool = True) -> Exported | None:
        """Writes the network as it stands as an ONNX file, verified against onnxruntime, and opens it in `onnx`.

        Of a classifier with `prep` the file is that of `leyden.recipe.ship`. While it is written nothing else runs the
        network: what is measured waits, and a run that is started begins afterwards.

        Args:
            path: the file, in a folder that exists.
            replace: replace a file that is there already, once the new one is verified.
            wait: return when done; False writes in the background.

        Returns:
            What was written; None in the background, and where it was stopped.

        Raises:
            PanelError: the file is there already, something is under way, or what is pruned is not what is in use.
            ExportError: no such file can be written, or it does not compute what the network computes.
        """
        self._open()
        self._dock.export(path, replace=replace)
        if not wait:
            return None
        done = self._dock.wait()
        return done if self.status == "finished" else None

    def update(self, *, wait: bool = True) -> None:
        """Brings up to date what was left behind: pruning, fine-tuning if there was some, the file; not the training.

        The training in use is pruned as the one before it, which stays as it is: `use` goes back to it. The file that
        was written last is written anew. Where nothing was left behind, nothing is done.

        Args:
            wait: return when done; False works in the background.

        Raises:
            PanelError: something is under way, or the file is no longer the one that was written.
        """
        self._open()
        if self._dock.update() and wait:
            self._dock.wait()

    def stop(self) -> None:
        """Ends an export or an update at once; no file is put in its place, and fine-tuning keeps what it learned.

        Raises:
            PanelError: nothing is under way.
        """
        self._dock.stop()

    def wait(self, timeout: float | None = None) -> Exported | None:
        """Waits until an export or an update is over, and returns what was written last; Ctrl-C meanwhile stops it.

        Raises:
            PanelError: none was begun, or it is not over in time. What it raised is raised again.
        """
        with self.holding():
            return self._dock.wait(timeout)

    def use(self, number: int) -> None:
        """Takes up another training, pruned as it was left; 0 is the task as given.

        Raises:
            PanelError: there is no such training.
        """
        self._line.use(number)
        self.say("")

    def forget(self, number: int) -> None:
        """Lets go of a training and of all that was pruned from it, which frees their memory.

        Raises:
            PanelError: it is in use or pruned, or it is the task as given.
        """
        self._line.forget(number)
        self.say("")

    def turn_to(self, section: WorkbenchSection) -> None:
        """Shows another panel.

        Raises:
            PanelError: there is no such section.
        """
        if section not in get_args(WorkbenchSection):
            raise PanelError(f"there is no section {section!r}; there is {', '.join(get_args(WorkbenchSection))}")
        self._section = section
        self.say("")

    def close(self) -> None:
        """Ends everything that goes on, closes every panel, and then the view."""
        self._closed = True
        self._line.halt()
        self._dock.close()
        self._line.close()
        for panel in self._panels.values():
            panel.close()
        super().close()

    def facts(self) -> list[Fact]:
        """What is trained, what is pruned, what was written, and what was left behind."""
        return facts_of(self._line, move=self.move, exported=self._dock.exported)

    def pictures(self) -> list[tuple[str, bytes]]:
        """The scores along the way, once there are some, else the curves; and what is pruned, layer by layer."""
        return pictures_of(self._line)

    def _panel(self, name: WorkbenchSection, make: Callable[[], _Kind]) -> _Kind:
        """A panel, made when it is first needed."""
        with self._lock:
            if name not in self._panels:
                self._open()
                self._panels[name] = made = make()
                made.listen(self.changed)
            return cast("_Kind", self._panels[name])
