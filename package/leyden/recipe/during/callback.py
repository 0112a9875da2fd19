"""The callback that prunes a task while it trains, in any Trainer."""

import math
import re
import warnings
from collections.abc import Sequence
from typing import Any, final

import torch
from torch import nn

from leyden.errors import PruneError
from leyden.prune import Selector, masks, prune_, remask_
from leyden.prune.optimiser import mask_history_
from leyden.prune.regrowth import Regrowth, regrow_
from leyden.prune.schedule import At, methods_for
from leyden.prune.selection import select
from leyden.recipe.during.packing import Packed, pack, unpack
from leyden.recipe.during.timetable import Timetable, Unit
from leyden.train import Callback, reads, writes

__all__ = ["Pruning"]

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


@reads("checkpoint", "trainer.accumulate_grad_batches", "trainer.current_epoch", "trainer.global_rank")
@reads("trainer.global_step", "trainer.max_epochs", "trainer.max_steps", "trainer.num_training_batches")
@reads("trainer.strategy", "trainer.world_size")
@writes("logged.sparsity", "model", "optimizer.state")
@final
class Pruning(Callback):
    """Prunes a task while it trains, level by level, and keeps what is pruned at zero.

    A level takes effect before an epoch or a step begins, so that no checkpoint and no validation sees a network that
    was pruned and not trained since. The task is pruned in place: the same object with the same parameters, of the same
    class; `leyden.prune.bake(task)` gives a plain one in the end. The history of its optimisers is zeroed where it is
    pruned.

    Checkpoints load strictly into the plain class. The masks go with the state of this callback, a bit a weight; a run
    that resumes, with a plain task too, ends with the very weights of one that was never stopped. So does a checkpoint
    that is validated or tested. One without that state, as of weights only, is read through the masks that the task has
    by then. Where several processes train, the first one chooses and sends its masks to the others.

    Each fit begins anew: one that goes on with the same Trainer makes at once what is due by then, which changes
    nothing for levels, but exchanges once more where there is `regrow`.

    It logs `sparsity`: what is pruned, as a share of all weights that it may prune.

    Args:
        at: gives the method for a level: `Magnitude`, or `lambda share: Taylor(share, batches)`.
        levels: rising shares from 0 to below 1: `gradual(0.9, 10)`, or `(0.9,)` for all at once.
        begin: epochs or steps that are done before the first level.
        every: epochs or steps from one change to the next.
        unit: what `begin` and `every` count: epochs, or steps of the optimisers as `trainer.global_step` counts them.
        where: as for `prune`; paths begin at the task, as `named("model.head")` where it holds its network as `model`.
        regrow: exchanges of weights that follow the last level, at the same pace.

    Attributes:
        done: changes made so far, levels and exchanges together.
        sparsity: the share that is logged.

    Raises:
        PruneError: if the levels are none, or a method for one of them is refused, or a number is not whole.

    Examples:
        >>> import pytorch_lightning as pl
        >>> from leyden.prune import Magnitude
        >>> from leyden.prune.schedule import gradual
        >>> pruning = Pruning(Magnitude, gradual(0.9, 10), begin=2)
        >>> pruning
        Pruning(0 of 10 changes, sparsity 0.000)
        >>> trainer = pl.Trainer(max_epochs=20, callbacks=[pruning], logger=False, enable_checkpointing=False)

    Source:
        Zhu and Gupta, To prune, or not to prune, arXiv 1710.01878, 2017: masks that grow while training goes on.
    """

    def __init__(
        self,
        at: At,
        levels: Sequence[float],
        *,
        begin: int = 0,
        every: int = 1,
        unit: Unit = "epoch",
        where: Selector | None = None,
        regrow: Regrowth | None = None,
    ) -> None:
        self.methods = methods_for(at, levels)
        exchanges = len(regrow.shares) if regrow else 0
        self.timetable = Timetable(len(self.methods) + exchanges, begin=begin, every=every, unit=unit)
        self.where, self.regrow = where, regrow
        self.done, self.sparsity = 0, 0.0
        self._masks: dict[str, Packed] = {}
        self._run: Any = None
        self._untold = True  # whether this run has not logged the share yet

    def __repr__(self) -> str:
        return f"Pruning({self.done} of {self.timetable.changes} changes, sparsity {self.sparsity:.3f})"

    @property
    def state_key(self) -> str:
        """Where a checkpoint has its state: two that prune different places do not share one."""
        return self._generate_state_key(where=_text(self.where))

    def state_dict(self) -> dict[str, Any]:
        """How far it has come, and every mask of the task."""
        standing = pack(masks(self._run[1])) if self._run and not self._masks else dict(self._masks)
        return {"done": self.done, "masks": standing}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Goes on from what a checkpoint kept."""
        self.done, self._masks = state_dict["done"], state_dict["masks"]

    def setup(self, trainer: Any, pl_module: nn.Module, stage: str) -> None:
        """Begins a fit anew; a checkpoint to resume from is read after this."""
        if stage == "fit":
            self.done, self.sparsity = 0, 0.0
        self._masks = {}
        # what a graph's guard hands out later are views, and methods want modules that can be run and copied
        self._run = (trainer, pl_module)

    def on_load_checkpoint(self, trainer: Any, pl_module: nn.Module, checkpoint: dict[str, Any]) -> None:
        """Loads weights once more into a task that is masked otherwise: its masks have just kept some out.

        That is so for a resumed run, and where an earlier checkpoint is validated or tested after a fit.
        """
        state = checkpoint["callbacks"].get(self.state_key)
        standing = masks(self._run[1]) if self._run else {}
        if state is None or not standing:
            return
        # what stands and was not pruned at all then
        whole = {name: torch.ones_like(mask) for name, mask in standing.items()}
        remask_(self._run[1], whole | unpack(state["masks"]))
        self._run[1].load_state_dict(checkpoint["state_dict"], strict=False)  # was strict or not when Lightning did it
        self.sparsity = _share(self._run[1])

    def on_fit_start(self, trainer: Any, pl_module: nn.Module) -> None:
        """Looks whether there is something to prune; masks the task as the checkpoint says.

        Raises:
            PruneError: if `where` selects nothing.
        """
        select(self._run[1], self.where)
        self._put_on()

    def on_train_start(self, trainer: Any, pl_module: nn.Module) -> None:
        """Masks the task where a checkpoint was read only now; looks whether there is time for all changes."""
        task = self._run[1]
        self._put_on()
        self._untold = True
        # each of several optimisers has its steps, and how many a batch takes is up to the task
        known = self.timetable.unit == "epoch" or task.automatic_optimization
        end = _end(trainer, self.timetable.unit) if known else math.inf
        if trainer.global_rank == 0 and self.timetable.last >= end:
            unit = self.timetable.unit
            warnings.warn(
                f"Pruning ends at {unit} {self.timetable.last}, but the run has {end:.0f} {unit}s: the changes after "
                "that will not be made; have more of them, fewer levels, or a smaller begin= or every=",
                stacklevel=2,
            )

    def on_train_epoch_start(self, trainer: Any, pl_module: nn.Module) -> None:
        """Makes what is due, where epochs are counted."""
        if self.timetable.unit == "epoch":
            self._make_due(trainer, trainer.current_epoch)

    def on_train_batch_start(self, trainer: Any, pl_module: Any, batch: Any, batch_idx: int) -> None:
        """Makes what is due, where steps are counted; logs the share, for the names of checkpoints, once an epoch.

        A run that resumes within an epoch has no first batch of it, and logs with the one that it begins with.
        """
        changed = self.timetable.unit == "step" and self._make_due(trainer, trainer.global_step)
        if changed or batch_idx == 0 or self._untold:
            self._untold = False
            pl_module.log("sparsity", self.sparsity, on_step=True, on_epoch=False, batch_size=1)

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Logs the share, for loggers and for those that read at the end of an epoch."""
        pl_module.log("sparsity", self.sparsity, batch_size=1, sync_dist=trainer.world_size > 1)

    def teardown(self, trainer: Any, pl_module: nn.Module, stage: str) -> None:
        """Lets go of the task; its masks are kept for a checkpoint that is saved afterwards."""
        self._leave()

    def on_exception(self, trainer: Any, pl_module: nn.Module, exception: BaseException) -> None:
        """Lets go of the task, as `teardown`."""
        self._leave()

    def _put_on(self) -> None:
        if self._masks:
            remask_(self._run[1], unpack(self._masks))
            self._masks = {}
        self.sparsity = _share(self._run[1])

    def _leave(self) -> None:
        self._masks = self.state_dict()["masks"]
        if self._run and masks(self._run[1]):
            remask_(self._run[1], {})  # an average that was copied in, as by SWA, has no zeros where it began denser
        self._run = None

    def _make_due(self, trainer: Any, now: int) -> bool:
        """Whether something was due."""
        due = self.timetable.due(now)
        if due <= self.done:
            return False
        real, task = self._run
        if trainer.world_size == 1:
            self._change_(task, due)
        else:
            self._change_everywhere_(trainer, task, due=due)
        for optimizer in real.optimizers:
            mask_history_(optimizer, task)
        self.done = due
        self.sparsity = _share(task)
        return True

    def _change_(self, task: nn.Module, due: int) -> None:
        """Makes the last of the changes that are due: those before it are part of it, or were overslept."""
        levels = len(self.methods)
        if self.done < levels:
            prune_(task, self.methods[min(due, levels) - 1], where=self.where)
        if self.regrow and due > levels:
            share = self.regrow.shares[due - levels - 1]
            regrow_(task, share, batches=self.regrow.batches, loss=self.regrow.loss, where=self.where)

    def _change_everywhere_(self, trainer: Any, task: nn.Module, *, due: int) -> None:
        first, error, fault = trainer.global_rank == 0, None, ""
        if first:
            try:
                self._change_(task, due)
            except Exception as found:  # the others wait for masks: they are told, and end as well
                error, fault = found, f"{type(found).__name__}: {found}"
        fault, packed = trainer.strategy.broadcast((fault, pack(masks(task))))
        if fault:
            raise PruneError(f"pruning failed in the first process: {fault}") from error
        if not first:
            remask_(task, unpack(packed))


def _share(task: nn.Module) -> float:
    kept = masks(task).values()
    total = sum(mask.numel() for mask in kept)
    return 1 - sum(int(mask.count_nonzero()) for mask in kept) / total if total else 0.0


def _end(trainer: Any, unit: Unit) -> float:
    """How many epochs, or steps of the optimiser, a run has; infinite where nobody knows."""
    epochs, most = (math.inf if limit in (None, -1) else limit for limit in (trainer.max_epochs, trainer.max_steps))
    if unit == "epoch":
        return epochs
    batches = trainer.num_training_batches
    if math.inf in (epochs, batches):
        return most
    return min(most, epochs * math.ceil(batches / trainer.accumulate_grad_batches))


def _text(where: Selector | None) -> str:
    """A question as text that is the same in every process."""
    if isinstance(where, tuple):
        return ", ".join(map(_text, where))
    return getattr(where, "__name__", None) or _ADDRESS.sub("", str(where))
