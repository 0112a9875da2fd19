"""The data of a Trainer as one value whose state is saved with the checkpoint: `Module`."""

import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from inspect import signature
from typing import Any, Literal, TypeAlias, final

import numpy as np
import pytorch_lightning as pl
from pytorch_lightning.trainer.states import TrainerFn
from pytorch_lightning.utilities import CombinedLoader
from torch import Tensor
from torch.utils.data import DataLoader

from leyden.data.pipe.view import View, describe
from leyden.errors import DataError

__all__ = ["Loaders", "Module"]

Loaders: TypeAlias = Any
"""A view, a torch DataLoader or another iterable of batches; or several in a list, tuple, dict or CombinedLoader."""

_State: TypeAlias = dict[str, int]
_Stage: TypeAlias = Literal["train", "validation"]

# Lightning fetches at most one batch ahead of the one in training; the rest is in reserve
_REMEMBERED = 8


@final
class Module(pl.LightningDataModule):
    """Pipes for training, validation, testing and predicting, with their places saved in Lightning's checkpoint.

    A run that goes on from a checkpoint (`ckpt_path`) sees exactly the batches that the run before it had not trained
    on yet, at any number of workers, where the checkpoint was made at the start or the end of a batch, at an epoch's
    end (also with `limit_train_batches`), or on an exception; before an epoch's first batch Lightning itself counts
    the epoch wrongly. Each process of a run on several devices is given all batches: put `shard()` into the pipe. A
    pipe given to `Trainer.fit` by itself is resumed only from checkpoints made after a batch in mid-epoch, as
    Lightning asks no more of a loader.

    Validation is read from its start every time; Lightning's sanity check before training does not count as one of its
    epochs. With `overfit_batches` every epoch is one and the same.

    Args:
        train: batches to train on; a list, tuple or dict of several are drawn from side by side, as Lightning does it.
        validation: batches to validate on; several are gone through one after the other.
        test: likewise, for `Trainer.test`.
        predict: likewise, for `Trainer.predict`.

    Raises:
        DataError: something else than batches was given, such as a list of elements.

    Examples:
        >>> import leyden as ly
        >>> train, validation = ly.data.split(range(10), 0.8, seed=0)
        >>> module = Module(train | ly.data.shuffle() | ly.data.batch(4), validation | ly.data.batch(4))
        >>> module.state_dict()
        {'train': [{'epoch': 0, 'position': 0}], 'validation': [{'epoch': 0, 'position': 0}]}
    """

    def __init__(
        self, train: Loaders = None, validation: Loaders = None, test: Loaders = None, *, predict: Loaders = None
    ) -> None:
        super().__init__()
        given = {"train": train, "validation": validation, "test": test, "predict": predict}
        faults = [fault for name, loaders in given.items() for fault in _faults(name, loaders)]
        if faults or all(loaders is None for loaders in given.values()):
            raise DataError("Module: " + ("; ".join(faults) or "there are no data; give at least one pipe"))
        self._given = given
        self._feeds: dict[_Stage, list[_Feed]] = {"train": [], "validation": []}
        self._train = self._fed("train", "max_size_cycle")
        self._validation = self._fed("validation", "sequential")
        if self._validation is None:
            self.val_dataloader = super().val_dataloader  # Lightning takes its own method for none, and trains without

    def train_dataloader(self) -> Loaders:
        """What Lightning trains on."""
        return self._train if self._train is not None else self._lacking("train")

    def val_dataloader(self) -> Loaders:
        """What Lightning validates on."""
        return self._validation if self._validation is not None else self._lacking("validation")

    def test_dataloader(self) -> Loaders:
        """What Lightning tests on."""
        return self._given["test"] if self._given["test"] is not None else self._lacking("test")

    def predict_dataloader(self) -> Loaders:
        """What Lightning predicts."""
        return self._given["predict"] if self._given["predict"] is not None else self._lacking("predict")

    def state_dict(self) -> dict[str, Any]:
        """The places of the pipes: where the next batch that was not trained on yet comes from."""
        return {stage: [feed.state_dict() for feed in feeds] for stage, feeds in self._feeds.items() if feeds}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Let the pipes go on where `state_dict` was taken; Lightning calls it, also to test with a checkpoint.

        Args:
            state_dict: what `state_dict` gave.

        Raises:
            DataError: it is of a Module with other pipes.
        """
        if self.trainer is not None and self.trainer.state.fn not in (None, TrainerFn.FITTING):
            return  # a checkpoint that is only tested says nothing about where training goes on
        here = {stage: len(feeds) for stage, feeds in self._feeds.items() if feeds}
        there = {stage: len(states) for stage, states in state_dict.items()}
        if here != there:
            raise DataError(f"Module: the state is of {there} pipes; this module has {here}")
        for stage, feeds in self._feeds.items():
            for feed, state in zip(feeds, state_dict.get(stage, ()), strict=True):
                feed.load_state_dict(state)

    def on_exception(self, exception: BaseException) -> None:
        """End the loops that stand in mid-epoch, and their workers with them; Lightning calls it when a run breaks off.

        It keeps its hold on them otherwise, for as long as there is the Trainer.

        Args:
            exception: what the run broke off with.
        """
        del exception
        for feeds in self._feeds.values():
            for feed in feeds:
                feed.close()

    def _fed(self, stage: _Stage, mode: Literal["max_size_cycle", "sequential"]) -> CombinedLoader | None:
        loaders = self._given[stage]
        if loaders is None:
            return None
        combined = _combined(loaders, mode)
        combined.flattened = [
            _Feed(each, self, stage) if isinstance(each, View) else each for each in combined.flattened
        ]
        self._feeds[stage] = [each for each in combined.flattened if isinstance(each, _Feed)]
        return combined

    def _lacking(self, name: str) -> Loaders:
        raise DataError(f"this Module has no data to {name.replace('validation', 'validate')} on; write {name}=...")

    def __repr__(self) -> str:
        words = [f"{name}={_spelled(loaders)}" for name, loaders in self._given.items() if loaders is not None]
        return f"Module({', '.join(words)})"

    __str__ = __repr__


@final
class _Feed:
    """A view as Lightning reads it: it knows which of the batches that it handed out were trained on."""

    def __init__(self, view: View, module: Module, stage: _Stage) -> None:
        self.view, self._module, self._stage = view, module, stage
        self._from = 0  # the position that the next loop begins at
        self._trail: deque[tuple[int, int, int]] = deque(maxlen=_REMEMBERED)  # batches so far, epoch, position
        # resumed by `max_steps` at an epoch's end, Lightning takes one batch and begins anew: the epoch goes on then
        self._again = False
        self._loop: weakref.ref[Any] | None = None  # the newest; who reads it keeps it alive
        self._during = -1  # the epochs that Lightning had done by the newest batch; its steps, if that is to validate

    def __len__(self) -> int:
        return len(self.view)

    def __iter__(self) -> Iterator[Any]:
        trainer: Any = self._module.trainer  # Any, as pyright sees no overfit_batches in it
        if trainer is not None and (trainer.sanity_checking or trainer.overfit_batches):
            yield from self._begun(self.view[:])  # a view of its own, so that this one does not count it as an epoch
            return
        if self._again:
            _, epoch, position = self._trail[-1]
            self.load_state_dict(self._place(epoch, position))
        for batch in self._begun(self.view):
            if trainer is not None and trainer.state.fn == TrainerFn.FITTING:
                self._note(trainer)
            yield batch

    def state_dict(self) -> _State:
        """The place from which a run goes on that is resumed now."""
        trainer = self._module.trainer
        if trainer is None or not self._trail:
            return self.view.state_dict()
        if self._stage == "validation":
            return self._validated(trainer)
        if "dataloader_iter" in signature(trainer.lightning_module.training_step).parameters:
            return self.view.state_dict()  # the user's own step takes the batches, and only it knows how many
        progress: Any = trainer.fit_loop.epoch_loop.batch_progress
        last = progress.is_last_batch or progress.current.ready >= trainer.num_training_batches
        begins = progress.current.ready == 0 and self._during != _epochs(trainer)
        if begins or (last and progress.current.processed == progress.current.ready):
            return {"epoch": self._trail[-1][1] + 1, "position": 0}
        trained = progress.total.processed
        _, epoch, position = next((mark for mark in self._trail if mark[0] == trained), self._trail[-1])
        return self._place(epoch, position)

    def load_state_dict(self, state: _State) -> None:
        """Let the next loop go on from a place; twice is as once, and Lightning does it twice."""
        self.view.load_state_dict(state)
        self._trail.clear()
        self._from, self._during, self._again = state["position"], -1, False

    def close(self) -> None:
        """End the newest loop, if one runs."""
        loop = None if self._loop is None else self._loop()
        if loop is not None:
            with suppress(ValueError):  # it is at work on a thread, and will end by itself
                loop.close()

    def _begun(self, view: View) -> Iterator[Any]:
        loop = iter(view)
        self._loop = weakref.ref(loop)
        return loop

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_loop": None}

    def _note(self, trainer: pl.Trainer) -> None:
        """Remember which place was reached with how many batches; Lightning counts those that it has trained on."""
        epoch, position = _standing(self.view)
        if self._stage == "validation":
            self._trail.append((0, epoch, position))
            self._during = trainer.global_step
            return
        if self._during != _epochs(trainer):
            progress: Any = trainer.fit_loop.epoch_loop.batch_progress
            self._again = self._during == -1 and progress.current.ready >= trainer.num_training_batches
            self._during = _epochs(trainer)
            self._trail.clear()
            self._trail.append((progress.total.processed, epoch, self._from))
            self._from = 0
        self._trail.append((self._trail[-1][0] + 1, epoch, position))

    def _place(self, epoch: int, position: int) -> _State:
        if position >= len(self):
            return {"epoch": epoch + 1, "position": 0}
        return {"epoch": epoch, "position": position} | ({"length": len(self)} if position else {})

    def _validated(self, trainer: pl.Trainer) -> _State:
        progress: Any = trainer.fit_loop.epoch_loop.val_loop.batch_progress
        done = progress.is_last_batch and progress.current.processed == progress.current.ready
        cut_short = trainer.validating and not done and self._during == trainer.global_step
        return {"epoch": self._trail[-1][1] + (0 if cut_short else 1), "position": 0}


def _epochs(trainer: pl.Trainer) -> int:
    # `trainer.current_epoch` lags behind while hooks at the end of an epoch save checkpoints
    progress: Any = trainer.fit_loop.epoch_progress
    return progress.current.processed


def _standing(view: View) -> tuple[int, int]:
    """The epoch of a loop that runs and the elements it has handed out, also right after the last one."""
    state = view.state_dict()
    return view.epoch, state["position"] if state["epoch"] == view.epoch else len(view)


def _combined(loaders: Loaders, mode: Literal["max_size_cycle", "sequential"]) -> CombinedLoader:
    """The loaders as Lightning combines them; what was given stays as it is."""
    if isinstance(loaders, CombinedLoader):
        how: Any = loaders._mode
        return CombinedLoader(loaders.iterables, how)
    return CombinedLoader(loaders, mode)


def _faults(name: str, loaders: Loaders) -> list[str]:
    if loaders is None:
        return []
    wrong = [each for each in _leaves(loaders) if not _is_loader(each)]
    if not wrong:
        return []
    what = "several loaders, but it holds" if isinstance(loaders, list | tuple | dict) else "batches, but it is"
    advice = "to hand out the elements of a container write data | ly.data.batch(32)"
    return [f"{name} is taken for {what} {describe(wrong[0])}; {advice}"]


def _leaves(loaders: Loaders) -> list[Any]:
    if isinstance(loaders, CombinedLoader):
        loaders = loaders.iterables
    if isinstance(loaders, dict):
        loaders = list(loaders.values())
    if isinstance(loaders, list | tuple):
        return [leaf for part in loaders for leaf in _leaves(part)] or [loaders]
    return [loaders]


def _is_loader(each: object) -> bool:
    if isinstance(each, View | DataLoader):
        return True
    return hasattr(each, "__iter__") and not isinstance(each, Tensor | np.ndarray | str | bytes | list | tuple)


def _spelled(loaders: Loaders) -> str:
    if isinstance(loaders, CombinedLoader):
        return f"CombinedLoader({_spelled(loaders.iterables)}, {loaders._mode!r})"
    if isinstance(loaders, dict):
        return "{" + ", ".join(f"{name!r}: {_spelled(each)}" for name, each in loaders.items()) + "}"
    if isinstance(loaders, list | tuple):
        return "[" + ", ".join(map(_spelled, loaders)) + "]"
    return repr(loaders) if isinstance(loaders, View) else type(loaders).__name__
