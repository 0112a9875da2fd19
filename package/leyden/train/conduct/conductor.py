"""The callback through which a graph takes part in a run: it orders all callbacks and puts stand-ins on their hooks."""

from typing import Any, final

import pytorch_lightning as pl

from leyden.errors import TrainError
from leyden.train.conduct.gathering import Gathering
from leyden.train.conduct.presence import absent_in_model, absent_in_optimizers
from leyden.train.conduct.seat import CONDUCTED, Seat
from leyden.train.graph.fault import raise_for
from leyden.train.graph.node import overrides
from leyden.train.graph.planning import Plan, plan
from leyden.train.graph.resolution import Resolution
from leyden.train.guard import Guard
from leyden.train.log import RunLog
from leyden.train.run import Runner, Serial

__all__ = ["Conductor"]

_ALWAYS_CALLED = ("on_save_checkpoint", "on_load_checkpoint")


@final
class Conductor(pl.Callback):
    """Goes first in a Trainer's list; before the first step it plans the whole list anew, and ends with the run.

    `CallbackGraph` makes one; it is of no use by itself.

    Args:
        resolutions: which of two writers goes first.
        guard: whether callbacks are held to what they declared.
        runner: what runs the callbacks of a hook.
        log: where calls and writes are kept; None keeps none.
    """

    def __init__(self, resolutions: tuple[Resolution, ...], *, guard: bool, runner: Runner, log: RunLog | None) -> None:
        self._resolutions, self._strict, self._runner, self._log = resolutions, guard, runner, log
        self._seats: list[Seat] = []
        self._gathering: Gathering | None = None
        self._trainer: pl.Trainer | None = None  # while at work
        self.plan: Plan | None = None
        for name in CONDUCTED:
            if not overrides(self, name) and name not in _ALWAYS_CALLED:
                vars(self)[name] = None  # Lightning calls what can be called: an empty hook costs 2 us

    def __repr__(self) -> str:
        return (
            "Conductor(at rest)"
            if self._trainer is None or self.plan is None
            else f"Conductor(of {len(self.plan.nodes)} callbacks)"
        )

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        """Plans all callbacks of the Trainer, its own and the task's included, and takes them over.

        Raises:
            GraphError: they cannot run together, now that the task is known; nothing was trained.
            TrainError: two graphs are in one Trainer, or this one is at work in another.
        """
        if self._trainer is not None:
            raise TrainError("this callback graph is at work in another run: make a second one for a second run")
        running: Any = trainer  # whose `callbacks` Lightning declares nowhere
        others = [item for item in running.callbacks if not isinstance(item, Conductor)]
        if len(running.callbacks) - len(others) != 1:
            raise TrainError("two callback graphs in one Trainer: put all callbacks into one CallbackGraph")
        self.plan = plan(others, *self._resolutions, task=pl_module)
        raise_for([*self.plan.faults, *absent_in_model(self.plan.nodes, pl_module)])
        # Lightning's own order holds still: tuners, the others, checkpoints
        tuners = [node.callback for node in self.plan.nodes if node.phase == 0]
        running.callbacks = [*tuners, self, *(node.callback for node in self.plan.nodes if node.phase != 0)]
        self._take(self.plan)
        self._trainer = trainer

    def on_fit_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Looks whether the optimisers have what callbacks declare.

        Raises:
            GraphError: they do not.
        """
        if self.plan is not None:
            raise_for(absent_in_optimizers(self.plan.nodes, trainer.optimizers))

    def teardown(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        """Gives the callbacks back as they were."""
        if self._gathering is not None and trainer is self._trainer:
            self._gathering.finish()
        self._leave(trainer)

    def on_exception(self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException) -> None:
        """Gives the callbacks back as they were; what they do about the error is not conducted."""
        self._leave(trainer)

    def __getstate__(self) -> dict[str, Any]:
        if self._trainer is not None:
            raise TrainError("a callback graph at work cannot be copied or pickled: wait for the end of the run")
        return dict(vars(self))

    def _take(self, plan: Plan) -> None:
        alone = isinstance(self._runner, Serial)
        if self._log is None and alone and not self._strict:
            return  # the order is all there is to it
        log = RunLog(1) if self._log is None else self._log
        log.start([node.name for node in plan.nodes], [node.access for node in plan.nodes])
        self._seats = [
            Seat(
                node,
                number,
                log=log,
                guard=Guard(node.name, node.access, callback=node.callback),
                strict=self._strict,
            )
            for number, node in enumerate(plan.nodes)
        ]
        if not alone:
            self._gathering = Gathering(self._seats, plan.edges, runner=self._runner)
        for seat in self._seats:
            seat.take(None if self._gathering is None else self._gathering.through)

    def _leave(self, trainer: pl.Trainer) -> None:
        if trainer is not self._trainer:
            return  # a second run that was refused
        for seat in self._seats:
            seat.leave()
        self._seats, self._gathering, self._trainer = [], None, None
        self._runner.close()
