"""Training and pruning of one task: the panels, what came out of them, and which network that makes."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, final

from torch import Tensor, nn

from leyden.errors import PanelError
from leyden.prune.score import cross_entropy
from leyden.train import Callback, Classifier, Fitted, Task, Tuning
from leyden.train.fitting import validate
from leyden.widget.prune.choice import Choice
from leyden.widget.prune.panel import PrunePanel
from leyden.widget.train import TrainPanel
from leyden.widget.workbench.feed import Feed, Stock
from leyden.widget.workbench.record import Ledger, Stage, Training, training_of

__all__ = ["Line", "Orders", "worked"]


@final
@dataclass(frozen=True, eq=False)
class Orders:
    """How runs are to be made.

    Attributes:
        epochs: of a training run.
        retune: epochs of fine-tuning after pruning, at the rates of `retuning`.
        callbacks: of a training run; fine-tuning has none.
        show: turns one input of the network into a picture.
        seed: seeds every run.
    """

    epochs: int
    retune: int
    retuning: Tuning
    callbacks: Sequence[Callback]
    show: Callable[[Tensor], Tensor] | None
    seed: int

    def faults(self) -> list[str]:
        """What is wrong with them."""
        told = {"epochs": self.epochs, "retune": self.retune}
        return [f"{name} must be 1 or more, given {value}" for name, value in told.items() if value < 1]


@final
class Line:
    """Holds the training panel and, for every training that is pruned, a pruning panel; each made when first needed.

    Args:
        task: what is trained; it stays as it was.
        stock: where batches come from.
        orders: how runs are to be made.
        changed: called after every change, on whichever thread made it.

    Attributes:
        ledger: the trainings so far.
        again: the panel of the newest fine-tuning; None before the first.
    """

    def __init__(self, task: Task, stock: Stock, orders: Orders, *, changed: Callable[[], None]) -> None:
        self._task, self._stock, self._orders, self._changed = task, stock, orders, changed
        self._lock = threading.RLock()
        self._train: TrainPanel | None = None
        self._feed = Feed(stock, self._run)
        self._landed: Fitted | None = None
        self._pruning: dict[int, PrunePanel] = {}
        self._tunings: list[TrainPanel] = []
        self._closed = False
        self.ledger = Ledger((Training(0, task),))

    @property
    def made(self) -> list[TrainPanel | PrunePanel]:
        """The panels that were needed so far."""
        with self._lock:
            return [*([self._train] if self._train else []), *self._tunings, *self._pruning.values()]

    @property
    def training(self) -> TrainPanel | None:
        """The training panel, if it was needed already."""
        return self._train

    @property
    def pruned(self) -> PrunePanel | None:
        """The pruning panel of the training that is pruned, if it was needed already."""
        return self._pruning.get(self.ledger.pruning)

    @property
    def again(self) -> TrainPanel | None:
        """The panel of the newest fine-tuning; None before the first."""
        return self._tunings[-1] if self._tunings else None

    @property
    def stage(self) -> Stage:
        """Which network there is now: the pruned one, or where nothing was pruned the trained one."""
        panel = self.pruned
        return Stage(self.ledger.pruning, panel.choice if panel is not None and worked(panel.choice) else None)

    @property
    def stands(self) -> Task:
        """The task with the network as it is now."""
        trained, panel = self.ledger[self.ledger.pruning].task, self.pruned
        return trained.replace(model=panel.model) if panel is not None and self.stage.choice else trained

    def busy(self) -> str:
        """What trains now, in words; empty where nothing does."""
        again = self.again
        if self._train is not None and self._train.status in _ACTIVE:
            return "training"
        tunes = again is not None and again.status in _ACTIVE
        return "fine-tuning" if tunes or any(p.trials.busy("tune") for p in self._panels()) else ""

    def train(self) -> TrainPanel:
        """The training panel."""
        orders = self._orders
        with self._lock:
            if self._train is None:
                self._train = TrainPanel(
                    self._task, self._feed, validation=self._stock.held_out, epochs=orders.epochs, show=orders.show,
                    seed=orders.seed, callbacks=orders.callbacks,
                )  # fmt: skip
                self._train.listen(self._heard)
            return self._train

    def prune(self) -> PrunePanel:
        """The panel that prunes the training that is to be pruned."""
        with self._lock:
            training = self.ledger[self.ledger.pruning]
            if training.number not in self._pruning:
                self._pruning[training.number] = made = self._pruning_panel(training)
                made.listen(self._changed)
            return self._pruning[training.number]

    def use(self, number: int) -> None:
        """Take up another training, pruned as it was left."""
        with self._lock:
            self.ledger = self.ledger.use(number)

    def forget(self, number: int) -> None:
        """Let go of a training and of all that was pruned from it."""
        with self._lock:
            self.ledger = self.ledger.forget(number)
            panel = self._pruning.pop(number, None)
        if panel is not None:
            panel.close()

    def follow(self) -> Choice | None:
        """Prune the training in use as the one before it was; gives the earlier choice, None where there was none."""
        before = self.stage.choice
        self.use(self.ledger.using)
        panel = self.prune()
        if before is not None and panel.steps == (0, 0):
            panel.prune(before.sparsity, method=before.method, where=before.where)
        return before

    def halt(self) -> None:
        """Stop a fine-tuning that is under way; what it has learned so far is kept."""
        again = self.again
        if again is not None and again.status in ("running", "paused"):
            again.stop()

    def close(self) -> None:
        """Stop what trains, and close every panel."""
        self._closed = True
        for panel in self.made:
            panel.close()

    def _panels(self) -> list[PrunePanel]:
        with self._lock:
            return list(self._pruning.values())

    def _run(self) -> object:
        """Another object in every run of the training panel."""
        return None if self._train is None else self._train.history

    def _heard(self) -> None:
        """Take in a run that is over, on its thread; a pruning panel that holds work stays at what it prunes."""
        with self._lock:
            fitted = self._train.result if self._train is not None else None
            if fitted is not None and fitted is not self._landed:
                self._landed = fitted
                panel = self.pruned
                idle = panel is None or (panel.steps == (0, 0) and not panel.trials.busy("tune"))
                new = training_of(fitted, self.ledger.newest + 1, move=self._feed.move)
                self.ledger = self.ledger.add(new, prune=idle)
        self._changed()

    def _pruning_panel(self, training: Training) -> PrunePanel:
        task, held_out = training.task, self._stock.held_out
        loss = cross_entropy if isinstance(task, Classifier) else partial(_loss, task)
        return PrunePanel(
            task.model, None if held_out is None else partial(self._score, task, held_out),
            score=task.monitor.removeprefix("val_"), tune=partial(self._tune, task),
            batches=Feed(self._stock, object), loss=loss,
        )  # fmt: skip

    def _score(self, task: Task, held_out: Any, network: nn.Module) -> float:
        with self._stock.gate:
            return validate(task.replace(model=network), held_out)[task.monitor]

    def _tune(self, task: Task, network: nn.Module) -> nn.Module:
        """Train a pruned network further, with a panel of its own, on the thread of the pruning panel."""
        orders, runs = self._orders, Feed(self._stock, lambda: None)
        panel = TrainPanel(
            task.replace(model=network, tuning=orders.retuning), runs, validation=self._stock.held_out,
            epochs=orders.retune, show=orders.show, seed=orders.seed,
        )  # fmt: skip
        with self._lock:
            if self._closed:
                raise PanelError("the workbench is closed")
            self._tunings.append(panel)
        over = threading.Event()
        panel.listen(self._changed)
        panel.listen(lambda: over.set() if panel.status not in _ACTIVE else None)
        panel.start()
        try:
            while not over.wait(_GLANCE):  # in short waits: a thread is not ended from outside while it waits in C
                pass
        finally:
            self.halt()
        return panel.wait().task.model


_ACTIVE = ("running", "paused", "stopping")
_GLANCE = 0.05  # seconds


def worked(choice: Choice) -> bool:
    """Whether a choice is another network than the one it begins with."""
    return choice.sparsity > 0 or choice.tuned > 0


def _loss(task: Task, network: nn.Module, batch: Any) -> Tensor:
    return task.replace(model=network).loss(batch)
