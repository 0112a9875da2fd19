"""Callbacks as a graph: a sequence for any Trainer, in which what they read and write decides the order.

Examples:
    >>> import pytorch_lightning as pl
    >>> from leyden.train.graph import reads, resolve, writes
    >>> @writes("optimizer.lr")
    ... class WarmUp(pl.Callback): ...
    >>> @writes("optimizer.lr")
    ... class Plateau(pl.Callback): ...
    >>> @reads("optimizer.lr")
    ... class Rates(pl.Callback): ...
    >>> CallbackGraph([Rates(), Plateau(), WarmUp()])
    Traceback (most recent call last):
    leyden.errors.GraphError: these callbacks cannot run as they are, for 1 reason:
      1. write conflict: Plateau and WarmUp both write optimizer.lr; say which goes first (the other overwrites)
          resolve(Plateau, WarmUp, first=Plateau)
    >>> CallbackGraph([Rates(), Plateau(), WarmUp()], resolve(Plateau, WarmUp, first=WarmUp))
    CallbackGraph(WarmUp, Plateau, Rates)
"""

import copy
import pickle
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, final, overload

import pytorch_lightning as pl

from leyden.errors import TrainError
from leyden.train.conduct.conductor import Conductor
from leyden.train.graph.fault import raise_for
from leyden.train.graph.planning import Plan, plan
from leyden.train.graph.resolution import Resolution
from leyden.train.log import RunLog
from leyden.train.run import Runner, Serial, Source
from leyden.train.show import Table, draw_log, draw_plan

__all__ = ["CallbackGraph"]


@final
class CallbackGraph(Sequence[pl.Callback]):
    """Callbacks in the order that follows from what they read and write; goes into `Trainer(callbacks=...)`.

    As a sequence it holds what a Trainer needs: a `Conductor`, which takes part in the run, then the callbacks in
    order. Before the first step the conductor plans once more, with the Trainer's own callbacks, the task's, and what
    the task logs. The callbacks themselves stay as they are.

    Args:
        callbacks: in any order; the order makes no difference.
        resolutions: `resolve(A, B, first=A)` for every pair that writes the same state.
        task: what will be trained, to look now at what it logs and not only at the start of the run.
        guard: whether callbacks reach state through views that hold them to what they declared.
        runner: what runs the callbacks of a hook; `Threads()` runs side by side those that only read.
        data: batches to train on; `data` of the graph then fetches them ahead, on a worker of its own.
        keep: rows of the run log to keep; 100,000 take about 4 MB. With 0 there is no log, and, without guard and
            runner, nothing stands between Lightning and the callbacks: the graph costs nothing then.

    Attributes:
        plan: the order, its reasons, and notices; after the start of a run, that of the whole run.
        log: who ran when, for how long, and what it wrote.
        data: the batches, to be given to `Trainer.fit`; None where none were given.

    Raises:
        GraphError: the callbacks cannot run together; every reason is named, with the line that would mend it.
        TrainError: something else than callbacks was given.

    Examples:
        >>> from leyden.train import History
        >>> graph = CallbackGraph([pl.callbacks.EarlyStopping("val_loss"), History()])
        >>> [type(item).__name__ for item in graph]
        ['Conductor', 'History', 'EarlyStopping']
        >>> trainer = pl.Trainer(callbacks=graph, logger=False, enable_progress_bar=False, enable_checkpointing=False)
        >>> trainer.early_stopping_callback in graph
        True

    Source:
        FluxTraining.jl (Lorenz Ohly), whose callbacks declare what they read and write.
    """

    def __init__(
        self,
        callbacks: Iterable[pl.Callback],
        *resolutions: Resolution,
        task: pl.LightningModule | None = None,
        guard: bool = False,
        runner: Runner | None = None,
        data: Iterable[Any] | None = None,
        keep: int = 100_000,
    ) -> None:
        given = [item for item in callbacks if not isinstance(item, Conductor)]
        self._plan = plan(given, *resolutions, task=task)
        raise_for(self._plan.faults)
        self.log = RunLog(keep or 1)
        self.data = None if data is None else Source(data)
        self._conductor = Conductor(resolutions, guard=guard, runner=runner or Serial(), log=self.log if keep else None)
        self._own = [self._conductor, *(node.callback for node in self._plan.nodes)]
        self._added: list[pl.Callback] = []

    @property
    def plan(self) -> Plan:
        """The order, its reasons, and notices; once a run has begun, with all callbacks of that run."""
        return self._conductor.plan or self._plan

    @property
    def notices(self) -> tuple[str, ...]:
        """What is worth knowing, but no fault: of undeclared callbacks, of what the task must log, of the data."""
        return (*self.plan.notices, *([self.data.notice] if self.data is not None and self.data.notice else []))

    def table(self) -> Table:
        """One row a callback, in order: what it reads and writes, whom it runs after and why."""
        return Table(self.plan)

    def draw(self) -> Any:
        """The graph as a matplotlib figure: state that flows from the data and the task through the callbacks."""
        return draw_plan(self.plan)

    def timeline(self, *, hook: str | None = None, callback: str | None = None, steps: range | None = None) -> Any:
        """The run log of the last run as a matplotlib figure: who was at work when.

        Args:
            hook: one hook; None shows all.
            callback: the name of one callback; None shows all.
            steps: a range of steps; None shows all that are kept.
        """
        return draw_log(
            self.log, hook=hook, callback=callback, steps=steps, lanes=[node.name for node in self.plan.nodes]
        )

    def append(self, callback: pl.Callback) -> None:
        """Takes in what a Trainer adds of its own, as a progress bar; forgotten when the next Trainer comes."""
        self._added.append(callback)

    def extend(self, callbacks: Iterable[pl.Callback]) -> None:
        """As `append`, for several."""
        self._added.extend(callbacks)

    def __bool__(self) -> bool:
        self._added = []  # the first thing a Trainer asks of its callbacks; it keeps a list of its own in the end
        return True

    def __len__(self) -> int:
        return len(self._own) + len(self._added)

    def __iter__(self) -> Iterator[pl.Callback]:
        return iter([*self._own, *self._added])

    @overload
    def __getitem__(self, index: int) -> pl.Callback: ...
    @overload
    def __getitem__(self, index: slice) -> list[pl.Callback]: ...
    def __getitem__(self, index: int | slice) -> pl.Callback | list[pl.Callback]:
        return [*self._own, *self._added][index]

    def __repr__(self) -> str:
        return f"CallbackGraph({', '.join(node.name for node in self._plan.nodes)})"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()

    def __deepcopy__(self, memo: dict[int, Any]) -> "CallbackGraph":
        made = object.__new__(CallbackGraph)
        memo[id(self)] = made
        vars(made).update(copy.deepcopy({**vars(self), "_added": []}, memo))
        return made

    def __getstate__(self) -> dict[str, Any]:
        self._conductor.__getstate__()  # says first that it is at work, where it is
        stuck = [node.name for node in self._plan.nodes if not _pickles(node.callback)]
        if stuck:
            raise TrainError(
                f"{', '.join(stuck)} cannot be pickled, so the graph cannot either: keep functions of a cell, open "
                "files and locks out of a callback that goes to another process"
            )
        return {**vars(self), "_added": []}


def _pickles(callback: pl.Callback) -> bool:
    try:
        pickle.dumps(callback)
    except (pickle.PicklingError, AttributeError, TypeError, NotImplementedError):
        return False
    return True
