"""Sees a logged value change without asking Lightning to compute all metrics, which is what its own properties do."""

from collections.abc import Sequence
from typing import Any, final
from weakref import ref

import pytorch_lightning as pl
from pytorch_lightning.trainer.states import RunningStage, TrainerFn
from torch import Tensor

from leyden.train.log.probe import Change, Probe
from leyden.train.log.value import LARGE, UNCOUNTED, Glance, Later, alike, held, near

__all__ = ["Metric", "collected"]

_LOADER = "/dataloader_idx_"  # Lightning's mark of a metric that is kept for each of several loaders

_STEPS = {
    "on_train_batch_start", "on_train_batch_end", "on_before_zero_grad", "on_before_backward", "on_after_backward",
    "on_before_optimizer_step",
}  # fmt: skip
"""Hooks that are called in training alone: in them one name is one metric all the run."""

_NOTHING = (None, None, None)

_State = tuple[Any, Any, Any]
"""A metric: something that is another one after every call of `log`, its last value, its number of samples."""


@final
class Metric(Probe):
    """A name that is logged: by `log` and `log_dict`, or put into one of the Trainer's dictionaries of metrics.

    The value is the one that was logged last; of a metric that is only kept for the epoch, its mean (sum, least,
    greatest) so far. Logging the same value again is a change.

    Args:
        name: as it is given to `log`; with `_step` or `_epoch` behind it where Lightning makes two of it.
    """

    def __init__(self, name: str) -> None:
        self._path = f"logged.{name}"
        self._name = name
        self._base, _, loader = name.partition(_LOADER)
        self._loader = loader or None
        stem, _, suffix = self._base.rpartition("_")
        self._stem = stem if suffix in ("step", "epoch") else ""
        self._epoch = suffix == "epoch"
        self._known: dict[str | None, tuple[ref[Any], bool]] = {}  # hook -> metric, whether its last value is shown
        self._glances = Glance(), Glance()
        self._keys: dict[str | None, str] = {}  # hook -> Lightning's key of what is logged in it

    def look(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> tuple[_State | None, tuple[Any, Any, Any]]:
        """The metric's tensors, by reference, and the dictionaries' values."""
        fx = pl_module._current_fx_name
        known = self._known.get(fx)
        metric = self._metric(collected(trainer), fx) if known is None else known[0]()
        return None if metric is None else _state(metric), self._listed(trainer)

    def changes(
        self, seen: tuple[_State | None, tuple[Any, Any, Any]], trainer: pl.Trainer, pl_module: pl.LightningModule
    ) -> Sequence[Change]:
        """One row where the hook logged the name, or put another value into a dictionary."""
        before, listed = seen
        known = self._known.get(pl_module._current_fx_name)
        if known is not None and before is not None and (metric := known[0]()) is not None:
            state = _state(metric)
            if state is not None and state[0] is not before[0]:
                return ((self._path, _number(before, known[1]), _number(state, known[1])),)
        return self._compared(before, listed, trainer=trainer, pl_module=pl_module)

    def _compared(
        self,
        before: _State | None,
        listed: tuple[Any, Any, Any],
        *,
        trainer: pl.Trainer,
        pl_module: pl.LightningModule,
    ) -> Sequence[Change]:
        """The same, whatever the kind of metric."""
        results, fx = collected(trainer), pl_module._current_fx_name
        metric = self._metric(results, fx)
        state = None if metric is None else _state(metric)
        if metric is not None and state is not None:
            stepwise = metric.meta.on_step and not (self._epoch and metric.meta.forked)
            if fx in _STEPS and metric.is_tensor:
                self._known[fx] = ref(metric), stepwise
            if before is None:
                old = next((value for value in listed if value is not None), None)
                return ((self._label(results), old, _number(state, stepwise)),)
            if state[0] is not before[0] and (metric.is_tensor or state[0] != before[0]):
                return ((self._label(results), _number(before, stepwise), _number(state, stepwise)),)
        now = self._listed(trainer)
        if now == listed:
            return ()
        pairs = enumerate(zip(listed, now, strict=True))
        changed = (place for place, pair in pairs if not alike(*pair) and not self._mirrored(trainer, place))
        place = next(changed, None)
        return () if place is None else ((self._path, listed[place], now[place]),)

    def _metric(self, results: Any, hook: str | None) -> Any:
        """What a hook logged under the name since the last reset."""
        if results is None:
            return None
        key = self._keys.get(hook)
        if key is None:
            key = self._keys[hook] = f"{hook}.{self._base}"
        loader = results.dataloader_idx
        metric = results.get(key if loader is None else f"{key}.{self._loader or loader}")
        if metric is None and (self._stem or loader is not None):
            metric = self._other(results, hook, loader)
        return metric

    def _other(self, results: Any, hook: str | None, loader: int | None) -> Any:
        """The same for the two names of one metric, and for one that does not tell loaders apart."""
        metric = None if self._loader else results.get(f"{hook}.{self._base}")
        if metric is None and self._stem:
            metric = results.get(f"{hook}.{self._stem}" + ("" if loader is None else f".{loader}"))
            metric = metric if metric is not None and metric.meta.forked else None
        return metric

    def _listed(self, trainer: pl.Trainer) -> tuple[Any, Any, Any]:
        """What the Trainer's three dictionaries hold under the name."""
        kept, name = trainer._logger_connector, self._name
        called = kept._callback_metrics.get(name)
        logged = kept._logged_metrics.get(name)
        shown = kept._progress_bar_metrics.get(name)
        if called is logged is shown is None:
            return _NOTHING
        first = self._glances[0].held(called)
        second = first if logged is called else self._glances[1].held(logged)
        return first, second, held(shown, copy=False)

    def _label(self, results: Any) -> str:
        several = self._loader is None and results.dataloader_idx is not None
        return f"{self._path}{_LOADER}{results.dataloader_idx}" if several else self._path

    def _mirrored(self, trainer: pl.Trainer, place: int) -> bool:
        """Whether it was Lightning that put a metric of this name into a dictionary, because somebody asked for it."""
        kept = trainer._logger_connector
        value = (kept._callback_metrics, kept._logged_metrics, kept._progress_bar_metrics)[place].get(self._name)
        results = collected(trainer) or {}
        metrics = [one for one in results.values() if one.meta.name in (self._base, self._stem)]
        if not isinstance(value, Tensor):
            return any(one.meta.prog_bar for one in metrics)
        parts = (part for one in metrics for part in (one._forward_cache, one._computed))
        return any(part.data_ptr() == value.data_ptr() for part in parts if isinstance(part, Tensor))


def _state(metric: Any) -> _State | None:
    parts = metric.__dict__  # past the slow attribute search of modules
    if parts["has_reset"]:
        return None
    value = parts["value"]
    if parts["is_tensor"]:
        return value, parts["_forward_cache"], parts.get("cumulated_batch_size")
    return (value._update_count, id(parts["_forward_cache"])), parts["_forward_cache"], None


def _number(state: _State, stepwise: bool) -> Any:
    """A state's number, to be read later: Lightning never changes these tensors, it puts others in their place."""
    mark, latest, samples = state
    if type(mark) is tuple:  # a torchmetrics object: when it is computed is the Trainer's business
        return held(latest, copy=False) if stepwise else LARGE
    number = Later(latest) if stepwise else Later(mark, count=samples)
    return near(number) if number.version is UNCOUNTED else number


def collected(trainer: pl.Trainer) -> Any:
    """What the Trainer's property `_results` gives, in a tenth of its time."""
    state = trainer.state
    stage = state.stage
    if stage is RunningStage.TRAINING:
        return trainer.fit_loop.epoch_loop._results
    if stage is RunningStage.VALIDATING or stage is RunningStage.SANITY_CHECKING:
        fitting = state.fn is TrainerFn.FITTING
        return (trainer.fit_loop.epoch_loop.val_loop if fitting else trainer.validate_loop)._results
    return trainer.test_loop._results if stage is RunningStage.TESTING else None
