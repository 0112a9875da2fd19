"""Pruning, tried out: how much, by which method, where; with a way back from every step."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, TypeAlias, final, get_args

import torch
from torch import nn

from leyden import plot
from leyden.errors import PanelError
from leyden.prune import Magnitude, Random, Selector, Sparsity, depthwise, named, places, prune, sparsity
from leyden.widget.base.job import Job
from leyden.widget.base.panel import Fact, Panel, explain

__all__ = ["Choice", "PruneMethod", "PrunePanel", "where_choices"]

PruneMethod: TypeAlias = Literal["magnitude, global", "magnitude, local", "random"]
"""Smallest weights of all layers together, of each layer by itself, or any (the baseline to beat)."""

_ALL = "every weight"


@dataclass(frozen=True)
class Choice:
    """What is asked for: a share of zeros among the weights that may be pruned, a method, and which weights may be."""

    sparsity: float = 0.0
    method: PruneMethod = "magnitude, global"
    where: str = _ALL

    def __str__(self) -> str:
        return f"{self.sparsity:.0%} of {self.where} by {self.method}"


def where_choices(model: nn.Module, given: Selector | None = None) -> dict[str, Selector | None]:
    """Sensible answers to where a model may be pruned, by name, the one to begin with first.

    Depthwise filters have few weights, each of them needed, and the last layer decides: where a model has more than
    these, they are spared first.

    Args:
        model: what is to be pruned.
        given: an answer of the user's, which then comes first.

    Examples:
        >>> list(where_choices(nn.Sequential(nn.Conv2d(3, 8, 3), nn.Linear(8, 2))))
        ['all but last layer', 'every weight']
    """
    found = places(model)
    if not found:
        raise PanelError(f"{type(model).__name__} holds no weights of two axes or more: there is nothing to prune")
    last, thin = ~named(found[-1].name), [place for place in found if depthwise(place)]
    offered: dict[str, Selector | None] = {} if given is None else {str(given): given}
    if thin and len(thin) + 1 < len(found):
        offered["all but depthwise and last layer"] = ~depthwise & last
    if len(found) > 1:
        offered["all but last layer"] = last
    return {**offered, _ALL: None}


@dataclass(frozen=True, eq=False)
class _Made:
    """A choice, the model pruned so, and its zeros."""

    choice: Choice
    model: Any
    zeros: Sparsity


@final
class PrunePanel(Panel):
    """Prunes a model to see what it costs: per-layer bars, accuracy on demand, undo and redo.

    The model given never changes. What is undone and redone are values (`Choice`), and every one of them is pruned from
    the model given, so the way to a choice does not matter.

    Args:
        model: what to prune.
        evaluate: how good a model is, higher is better; it runs in the background, on a pruned copy, when asked for.
            None where the score is of no interest.
        where: which weights may be pruned, as `leyden.prune.prune` takes it; offered beside the usual answers.
        score: what `evaluate` gives, in a word.

    Raises:
        PanelError: the model has no weights to prune.
        PruneError: `where` selects none.

    Examples:
        >>> model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
        >>> panel = PrunePanel(model, lambda pruned: float((pruned[0].weight != 0).float().mean()))
        >>> panel.prune(0.75); panel.measure(); panel.wait(timeout=30)
        0.25
        >>> panel.undo(); panel.choice.sparsity, int((model[0].weight == 0).sum())
        (0.0, 0)
        >>> panel.close()
    """

    def __init__(
        self,
        model: nn.Module,
        evaluate: Callable[[Any], float] | None = None,
        *,
        where: Selector | None = None,
        score: str = "accuracy",
    ) -> None:
        super().__init__()
        self._given = model
        self._evaluate = evaluate
        self._score = score
        self._offers = where_choices(model, where)
        self._past: tuple[Choice, ...] = ()
        self._choice = Choice(where=next(iter(self._offers)))
        self._future: tuple[Choice, ...] = ()
        self._scores: dict[Choice, float] = {}
        self._dense: float | None = None
        self._job: Job[float] | None = None
        self._threads = torch.get_num_threads()
        self._made = self._make(self._choice)

    def __repr__(self) -> str:
        score = self.accuracy
        return f"PrunePanel({self._choice}{'' if score is None else f', {self._score} {score:.3f}'})"

    @property
    def choice(self) -> Choice:
        """What is asked for now."""
        return self._choice

    @property
    def history(self) -> tuple[Choice, ...]:
        """What was asked for before, the oldest first, and now."""
        return (*self._past, self._choice)

    @property
    def steps(self) -> tuple[int, int]:
        """How many choices can be undone, and how many redone."""
        return len(self._past), len(self._future)

    @property
    def offers(self) -> tuple[str, ...]:
        """What `prune(where=...)` takes."""
        return tuple(self._offers)

    @property
    def model(self) -> Any:
        """The model given, pruned as asked for now; made when first asked for, and a new value for every choice."""
        return self._present().model

    @property
    def sparsity(self) -> Sparsity:
        """The zeros of the pruned model, layer by layer."""
        return self._present().zeros

    @property
    def accuracy(self) -> float | None:
        """What `evaluate` said of the present choice; None where it was not measured."""
        return self._scores.get(self._choice)

    @property
    def dense(self) -> float | None:
        """What `evaluate` said of the model given; measured with the first choice."""
        return self._dense

    @property
    def scores(self) -> dict[Choice, float]:
        """Everything measured so far."""
        return dict(self._scores)

    @property
    def measuring(self) -> bool:
        """Whether `evaluate` is at work."""
        return self._job is not None and self._job.running

    def prune(
        self, sparsity: float | None = None, *, method: PruneMethod | None = None, where: str | None = None
    ) -> None:
        """Asks for another share, method or place; what is not named stays.

        Args:
            sparsity: share of zeros, 0 to 1, among the weights that may be pruned.
            method: how they are chosen.
            where: one of `offers`.

        Raises:
            PanelError: a value is none of those; all faults at once.
        """
        now = self._choice
        wanted = replace(
            now,
            sparsity=now.sparsity if sparsity is None else float(sparsity),
            method=method or now.method,
            where=where or now.where,
        )
        faults = [] if 0 <= wanted.sparsity <= 1 else [f"sparsity is a share from 0 to 1, given {wanted.sparsity}"]
        if wanted.method not in get_args(PruneMethod):
            faults.append(f"method is one of {', '.join(map(repr, get_args(PruneMethod)))}, given {method!r}")
        if wanted.where not in self._offers:
            faults.append(f"where is one of {', '.join(map(repr, self._offers))}, given {where!r}")
        if faults:
            raise PanelError("; ".join(faults))
        with self._lock:
            if wanted != now:
                self._past, self._choice, self._future = (*self._past, now), wanted, ()
        self.say("")

    def undo(self) -> None:
        """Goes back to what was asked for before.

        Raises:
            PanelError: there is nothing before.
        """
        with self._lock:
            if not self._past:
                raise PanelError("nothing to undo: this is where it began")
            self._future = (self._choice, *self._future)
            *past, self._choice = self._past
            self._past = tuple(past)
        self.say("")

    def redo(self) -> None:
        """Goes forward again to what was undone.

        Raises:
            PanelError: nothing was undone, or something else was asked for since.
        """
        with self._lock:
            if not self._future:
                raise PanelError("nothing to redo: nothing was undone since the last change")
            self._past = (*self._past, self._choice)
            self._choice, *future = self._future
            self._future = tuple(future)
        self.say("")

    def measure(self) -> None:
        """Evaluates the present choice in the background, and the model given once before; returns at once.

        Raises:
            PanelError: there is no `evaluate`, it is at work already, or the panel is closed.
        """
        with self._lock:
            self._open()
            if self._evaluate is None:
                raise PanelError("nothing to measure with: make the panel with evaluate=, a function of a model")
            if self.measuring:
                raise PanelError("an evaluation is at work already: wait() for it")
            choice, evaluate = self._choice, self._evaluate
            work = partial(self._measured, choice, evaluate)
            self._job = Job(work, name="evaluate", threads=self._threads, done=self._over).start()
        self.say("")

    def wait(self, timeout: float | None = None) -> float:
        """Waits for the evaluation under way, or the last, and returns its score.

        Raises:
            PanelError: none was asked for, or it is not done in time. What `evaluate` raised is raised again.
        """
        if self._job is None:
            raise PanelError("nothing is being measured: call measure() first")
        return self._job.wait(timeout)

    def close(self) -> None:
        """Waits for an evaluation under way, then closes the view."""
        if self._job is not None:
            self._job.join()
        super().close()

    def facts(self) -> list[Fact]:
        """The choice, the zeros, the score."""
        found = self.sparsity
        left = sum(row.total - row.zeros for row in found.rows)
        total = sum(row.total for row in found.rows)
        rows = [
            ("asked for", str(self._choice)),
            ("zeros", f"{found.zeros:.1%} of what may be pruned, {found.zeros_all:.1%} of all"),
            ("weights left", f"{left:,} of {total:,}"),
        ]
        if self.accuracy is not None:
            rows.append((self._score, f"{self.accuracy:.4f}"))
        return rows if self._dense is None else [*rows, (f"{self._score}, not pruned", f"{self._dense:.4f}")]

    def shares(self) -> dict[str, float]:
        """Share of zeros in every parameter that pruning could reach, in the order of the model."""
        return {row.name: row.zeros / max(1, row.total) for row in self.sparsity.rows if row.touched}

    def curves(self) -> dict[str, tuple[list[float], list[float]]]:
        """What was measured, as (shares pruned, scores) for every method and place."""
        found: dict[str, list[tuple[float, float]]] = {}
        for choice, score in self._scores.items():
            found.setdefault(f"{choice.method}, {choice.where}", []).append((choice.sparsity, score))
        ordered = {name: sorted(points) for name, points in found.items()}
        return {name: ([x for x, _ in points], [y for _, y in points]) for name, points in ordered.items()}

    def pictures(self) -> list[tuple[str, bytes]]:
        """Zeros of every layer; the score over the share pruned, once something is measured."""
        figure = plot.bars(self.shares(), x_label="share of zeros", title=str(self._choice))
        drawn = [(f"Share of zeros in every layer: {self._choice}", plot.png(figure))]
        if self._dense is not None:
            figure = plot.tradeoff(self.curves(), reference=self._dense, y_label=self._score, title="What it costs")
            drawn.append((f"{self._score} over the share pruned", plot.png(figure)))
        return drawn

    def _present(self) -> _Made:
        with self._lock:
            choice, made = self._choice, self._made
        if made.choice != choice:
            made = self._make(choice)
            with self._lock:
                self._made = made
        return made

    def _make(self, choice: Choice) -> _Made:
        model = self._pruned(choice)
        return _Made(choice, model, sparsity(model))

    def _pruned(self, choice: Choice) -> Any:
        scope = "local" if choice.method == "magnitude, local" else "global"
        method = (
            Random(choice.sparsity, seed=0) if choice.method == "random" else Magnitude(choice.sparsity, scope=scope)
        )
        return prune(self._given, method, where=self._offers[choice.where])

    def _measured(self, choice: Choice, evaluate: Callable[[Any], float]) -> float:
        if self._dense is None:
            self._dense = float(evaluate(self._pruned(Choice())))
            self.changed()
        score = float(evaluate(self._pruned(choice)))
        self._scores = {**self._scores, choice: score}
        return score

    def _over(self) -> None:
        if self._job is not None and self._job.error is not None:
            self._message = explain(self._job.error, more="(panel.wait() raises it again, with the place it came from)")
        self.changed()
