"""Models made of choices: pruned copies of the model given, and of what was tuned from it."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, final

from torch import Tensor, nn

from leyden.errors import PanelError
from leyden.prune import (
    Keep,
    Method,
    Rule,
    Scored,
    Selector,
    Sparsity,
    Subject,
    keep_highest,
    masks,
    places,
    prune,
    remask,
    remask_,
    sparsity,
)  # fmt: skip
from leyden.widget.prune.choice import Choice
from leyden.widget.prune.drawing.histogram import Histogram, histograms
from leyden.widget.prune.offer import Maker, Measured, check_share

__all__ = ["Made", "Tuned", "Workshop"]


@final
@dataclass(frozen=True, eq=False)
class Made:
    """A choice, the model pruned so, and its zeros.

    Attributes:
        choice: what was asked for.
        model: a copy that nobody else holds.
        source: what it was pruned from; to be read only.
    """

    choice: Choice
    model: Any
    source: Any

    @cached_property
    def zeros(self) -> Sparsity:
        """The zeros of every parameter."""
        return sparsity(self.model)

    @cached_property
    def untouched(self) -> bool:
        """Whether it computes what its source does: some methods prune at a share of 0 too."""
        return self.zeros.zeros_all == sparsity(self.source).zeros_all

    @cached_property
    def histograms(self) -> tuple[Histogram, ...]:
        """The weights of every layer, kept and pruned."""
        return histograms(self.source, self.model)


@final
@dataclass(frozen=True, eq=False)
class Tuned:
    """A network that was tuned in the panel.

    Attributes:
        choice: what it was tuned from, itself pruned from an earlier one.
        model: the network; to be read only.
        returned: whether the function gave a network back, or trained the one it was given.
    """

    choice: Choice
    model: Any
    returned: bool


@final
class Workshop:
    """Makes pruned copies; may be asked from several threads.

    Args:
        model: what is pruned; only read.
        sites: where it may be pruned, by name.
        makers: methods, by name.

    Examples:
        >>> from leyden.prune import Magnitude
        >>> shop = Workshop(nn.Linear(4, 2), {"every weight": None}, {"smallest": Magnitude})
        >>> shop.make(Choice(0.5, "smallest")).zeros.zeros
        0.5
    """

    def __init__(self, model: nn.Module, sites: Mapping[str, Selector | None], makers: Mapping[str, Maker]) -> None:
        self.sites = dict(sites)
        self.makers = dict(makers)
        self.names = tuple(place.name for place in places(model))
        self._given = model
        self._tuned: tuple[Tuned, ...] = ()
        self._lock = threading.RLock()
        self._memory: tuple[object, dict[str, dict[str, Tensor]]] = (None, {})  # of one place, the scores by method
        self._looking = threading.Lock()
        self._seen: tuple[Choice | None, Made | Exception] = (None, PanelError("nothing was made yet"))

    @property
    def tuned(self) -> tuple[Tuned, ...]:
        """What was tuned so far, the first first."""
        return self._tuned

    def dense(self) -> Any:
        """A copy of the model given."""
        return remask(self._given, {})

    def stands(self, choice: Choice) -> bool:
        """Whether a choice is a tuned network just as it was tuned."""
        return 0 < choice.tuned <= len(self._tuned) and self._as_tuned(choice.tuned) == choice

    def floor(self, choice: Choice) -> str:
        """What is to be said where a tuned network has more zeros than are asked for; empty otherwise."""
        if not choice.tuned or self._as_tuned(choice.tuned).sparsity <= choice.sparsity:
            return ""
        return (
            f"what was tuned has {sparsity(self._tuned[choice.tuned - 1].model).zeros:.1%} zeros already, and pruned "
            "weights stay pruned: undo goes back to before it"
        )

    def make(self, choice: Choice) -> Made:
        """A new copy, pruned as chosen.

        Raises:
            PruneError: the method does not suit the weights. What a user's method raises is raised.
        """
        source = self._tuned[choice.tuned - 1].model if choice.tuned else self._given
        if self.stands(choice):
            return Made(choice, remask(source, {}), source)
        with self._lock:
            method = self._method(choice)
            return Made(choice, prune(source, method, where=self.sites[choice.where]), source)

    def seen(self, choice: Choice) -> bool:
        """Whether `look` gives an answer at once."""
        return self._seen[0] == choice

    def look(self, choice: Choice) -> Made | Exception:
        """A choice made, or what was raised instead; kept until another choice is looked at, whoever asks."""
        with self._looking:
            if self._seen[0] != choice:
                try:
                    self._seen = (choice, self.make(choice))
                except Exception as error:  # of a method that does not suit the model, or of the user's own
                    self._seen = (choice, error)
            return self._seen[1]

    def check(self, share: float | None = None, *, method: str | None = None, where: str | None = None) -> None:
        """Refuse a share, a method or a place that is none; all faults at once.

        Raises:
            PanelError: something is not known here; None is nothing.
        """
        faults = self._faults([] if share is None else [share], [] if method is None else [method])
        if where is not None and where not in self.sites:
            faults.append(f"where is one of {', '.join(map(repr, self.sites))}, given {where!r}")
        if faults:
            raise PanelError("; ".join(faults))

    def several(self, choice: Choice, methods: Sequence[str] | None, shares: Sequence[float]) -> list[Choice]:
        """A choice with each of some methods, or all, and each of some shares; share by share.

        Raises:
            PanelError: something is no method or no share, or there are none; all faults at once.
        """
        names = list(self.makers) if methods is None else list(methods)
        faults = self._faults(shares, names)
        if not names or not shares:
            faults.append("a comparison takes a method and a share, one of each at least")
        if faults:
            raise PanelError("; ".join(faults))
        return [replace(choice, sparsity=float(share), method=name) for share in shares for name in names]

    def _faults(self, shares: Sequence[float], methods: Sequence[str]) -> list[str]:
        known = ", ".join(map(repr, self.makers))
        wrong = [name for name in methods if name not in self.makers]
        told = [fault for share in shares for fault in check_share(share)]
        return [*told, *(f"method is one of {known}, given {name!r}" for name in wrong)]

    def keep(self, choice: Choice, trained: Any, *, returned: bool) -> Choice:
        """Take in what was tuned from a choice, by its weights and masks, and give the choice that it is.

        Raises:
            PanelError: it is not a network of the same weights.
        """
        if not isinstance(trained, nn.Module):
            raise PanelError(
                f"tune= trains the network it is given, in place, or gives one back; it gave {type(trained).__name__}"
            )
        twin = self.make(choice).model
        try:
            twin.load_state_dict(trained.state_dict(), strict=True)
        except RuntimeError as error:
            raise PanelError(f"what tune= gave back is not a network of the same weights: {error}") from error
        remask_(twin, masks(trained))
        with self._lock:
            self._tuned = (*self._tuned, Tuned(choice, twin, returned))
            return self._as_tuned(len(self._tuned))

    def _as_tuned(self, number: int) -> Choice:
        before = self._tuned[number - 1].choice
        return Choice(before.sparsity, before.method, before.where, number)

    def _method(self, choice: Choice) -> Method | Rule:
        """The method of a choice; one that measures scores does not measure them again for another share."""
        maker = self.makers[choice.method]
        if not isinstance(maker, Measured):
            return maker(choice.sparsity)
        key = (choice.where, choice.tuned)
        if self._memory[0] != key:
            self._memory = (key, {})
        return _Remembered(maker(choice.sparsity), self._memory[1].setdefault(choice.method, {}))


@final
class _Remembered(Method):
    """A method whose scores do not depend on the share: measured once, then only ranked."""

    def __init__(self, method: Scored, scores: dict[str, Tensor]) -> None:
        self._method = method
        self._scores = scores

    def __call__(self, weights: Mapping[str, Tensor], subject: Subject | None = None) -> Keep:
        if not self._scores:
            self._scores.update(self._method.scores(weights, subject))
        standing = subject.standing if subject else {}
        return keep_highest(self._scores, self._method.sparsity, scope=self._method.scope, standing=standing)
