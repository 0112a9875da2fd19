"""The data as a part of the callback graph: a loader read ahead of time by a worker of its own."""

import copy
import warnings
import weakref
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, final

import torch
from pytorch_lightning.utilities import CombinedLoader
from torch.utils.data import DataLoader, DistributedSampler, IterableDataset

from leyden.errors import TrainError
from leyden.train.run.reading import Heard, Pass, Seen

__all__ = ["Source"]

_OWN = frozenset({"_newest", "_seen", "ahead", "load_state_dict", "loader", "notice", "state_dict"})


@final
class Source:
    """A loader whose batches are fetched on a thread while the step and the callbacks run; the same ones, in order.

    Takes whatever Lightning takes as one loader: a torch DataLoader, a leyden pipe, a list of batches, any iterable.
    What the loader has (a length, `sampler`, `dataset`, `batch_size`, `set_epoch`, ...) the source has, and
    `state_dict` with `load_state_dict` too where the loader has both: they speak of the batch that was handed out last.
    Gradient and inference mode, autocast, and the number of torch's threads are those of the reader.

    The thread ends with the last batch, an error, `break`, Ctrl-C, a new loop over the source, or when the loop is
    dropped. An error comes in its batch's turn. An early end leaves a DataLoader's generators as the reader has seen
    them; what else a dataset counts or draws by itself has moved on by up to `ahead` batches.

    Two kinds of loaders are read on the calling thread as if there were no source, and `notice` says so, as does one
    warning: those that have workers already, and those that draw from a global generator of torch, numpy or Python,
    which would make another run of it. The latter is seen at the second batch of every loop, so the first two batches
    are never fetched ahead, and a loader that draws later only is not found out.

    Args:
        loader: one loader.
        ahead: batches under way or waiting at most, beside the one that the reader has.

    Attributes:
        notice: why nothing is read ahead; empty while nothing speaks against it.

    Raises:
        TrainError: it is no loader, or several, or `ahead` is below 1.

    Examples:
        >>> source = Source([1, 2, 3])
        >>> list(source), len(source), source
        ([1, 2, 3], 3, Source(list of 3, ahead=2))
    """

    def __init__(self, loader: Any, *, ahead: int = 2) -> None:
        _check(loader, ahead)
        self.loader, self.ahead, self.notice = loader, ahead, ""
        self._seen = Seen()
        self._newest: weakref.ref[Pass] | None = None
        if hasattr(loader, "state_dict") and hasattr(loader, "load_state_dict"):
            # on the instance: Lightning takes whatever has these names for a loader that can be resumed
            self.state_dict = self._state_dict
            self.load_state_dict = self._load_state_dict
        reason = _why_not(loader)
        if reason:
            self._tell(reason)

    def __iter__(self) -> Iterator[Any]:
        self._settle()  # first: what it read ahead may have moved the generators that the new loop draws from
        _warn_if_shared(self.loader)
        heard = Heard(self._begins, self._draws)
        return Pass(self.loader, heard, ahead=0 if self.notice else self.ahead, seen=Seen())

    def __len__(self) -> int:
        return len(self.loader)  # a TypeError of the loader's own where it has no length

    def __getattr__(self, name: str) -> Any:
        if name in _OWN or (name.startswith("__") and name.endswith("__")):
            raise AttributeError(f"Source has no attribute {name!r}")
        return getattr(self.loader, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _OWN:
            super().__setattr__(name, value)
        else:
            setattr(self.loader, name, value)  # Lightning sets a DataLoader's worker_init_fn

    def __repr__(self) -> str:
        return f"Source({_described(self.loader)}, ahead={self.ahead})"

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(Source, ahead=self.ahead), (self.loader,)

    def _state_dict(self) -> Any:
        state = self._seen.state
        return self.loader.state_dict() if state is None else copy.deepcopy(state)

    def _load_state_dict(self, state: Any) -> None:
        self._settle()
        self._seen = Seen()
        self.loader.load_state_dict(state)

    def _begins(self, begun: Pass) -> None:
        self._settle()
        self._newest, self._seen = weakref.ref(begun), begun.seen

    def _settle(self) -> None:
        newest = None if self._newest is None else self._newest()
        if newest is not None:
            newest.settle()

    def _draws(self, whose: list[str]) -> None:
        self._tell(
            f"it draws from the global generator of {' and '.join(whose)}, and on another thread it would draw in "
            f"another order; give it a generator of its own"
        )

    def _tell(self, reason: str) -> None:
        self.notice = f"{_described(self.loader)} is not read ahead: {reason}"
        warnings.warn(f"Source: {self.notice}", UserWarning, stacklevel=3)


def _check(loader: object, ahead: object) -> None:
    faults = []
    if isinstance(loader, Source):
        faults.append("it is a Source already")
    elif isinstance(loader, Mapping | CombinedLoader) or (
        isinstance(loader, list | tuple) and any(isinstance(each, DataLoader | Source) for each in loader)
    ):
        faults.append(f"{_described(loader)} is several loaders; make a Source of each of them")
    elif not (hasattr(loader, "__iter__") or hasattr(loader, "__getitem__")):
        faults.append(f"a loader can be looped over; given {_described(loader)}")
    if not isinstance(ahead, int) or isinstance(ahead, bool) or ahead < 1:
        faults.append(f"ahead is a whole number of 1 or more; given {ahead!r}")
    if faults:
        raise TrainError(f"Source(loader, ahead=2): {'; '.join(faults)}")


def _why_not(loader: object) -> str:
    """Why a loader is better read where it is asked for; empty where nothing speaks against reading it ahead."""
    if isinstance(loader, Iterator):
        return "it can be looped over once, and what was read ahead would be lost when a loop is left early"
    workers = getattr(loader, "num_workers", 0)
    if workers:
        return f"it has {workers} worker(s) of its own; num_workers=0 would leave the work to the source"
    step = _parallel_step(loader)
    return (
        f"it has workers of its own already, {step}; without that step the work is left to the source" if step else ""
    )


def _parallel_step(container: object) -> str:
    """The step of a leyden pipe that reads ahead already; empty if there is none."""
    operation = getattr(container, "operation", None)
    if getattr(operation, "workers", 0):
        return f"parallel({getattr(operation, 'workers', 0)})"
    if getattr(operation, "prefetch", 0) and torch.device(getattr(operation, "device", "cpu")).type != "cpu":
        return f"to_device({getattr(operation, 'device', '')!r})"
    sources = getattr(container, "sources", ())
    if not isinstance(sources, tuple):
        return ""
    return next((step for step in map(_parallel_step, sources) if step), "")


def _warn_if_shared(loader: object) -> None:
    """Lightning parts data among processes by another sampler in a DataLoader; inside a source it does not see one."""
    parted = torch.distributed.is_available() and torch.distributed.is_initialized()
    if not parted or torch.distributed.get_world_size() < 2 or not isinstance(loader, DataLoader):
        return
    if not isinstance(loader.sampler, DistributedSampler) and not isinstance(loader.dataset, IterableDataset):
        warnings.warn(
            f"Source: every one of {torch.distributed.get_world_size()} processes reads all of {_described(loader)}: "
            f"Lightning cannot part what is inside a Source; give the DataLoader sampler=DistributedSampler(dataset)",
            UserWarning,
            stacklevel=3,
        )


def _described(loader: object) -> str:
    if isinstance(loader, list | tuple):
        return f"{type(loader).__name__} of {len(loader)}"
    return type(loader).__name__ if type(loader).__repr__ is object.__repr__ else repr(loader)
