"""Pruning, tried out: how much, by which method, where; what it costs; with a way back from every step."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, final

from torch import nn

from leyden import plot
from leyden.errors import PanelError
from leyden.prune import Selector, Sparsity
from leyden.prune.score import Batches, Loss, cross_entropy
from leyden.widget.base.panel import Fact, Panel
from leyden.widget.prune.choice import Choice, History
from leyden.widget.prune.drawing.histogram import Histogram
from leyden.widget.prune.making import Made, Workshop
from leyden.widget.prune.offer import Maker, method_choices
from leyden.widget.prune.script import Recipe, spell
from leyden.widget.prune.telling import facts_of, pictures_of
from leyden.widget.prune.trials import Evaluate, Trials, Tune
from leyden.widget.prune.where import where_choices

__all__ = ["PrunePanel"]

_SHARES = (0.5, 0.8, 0.9, 0.95)


@final
class PrunePanel(Panel):
    """Prunes a model to see what it costs: weights of every layer, scores of every method, undo, redo, tuning.

    The model given never changes. What is undone and redone are values (`Choice`), and each is pruned from the model
    given, or from what was tuned here, so the way to a choice does not matter. `evaluate` and `tune` run in the
    background, one at a time, on copies.

    Args:
        model: what to prune.
        evaluate: how good a model is, higher is better. None where the score is of no interest.
        where: which weights may be pruned, as `leyden.prune.prune` takes it; offered beside the usual answers.
        score: what `evaluate` gives, in a word.
        tune: trains the pruned copy it is given, in place or giving it back; what comes of it is one more step.
        batches: with them, methods are offered that run the model; gone through once a method (Wanda: a share).
        loss: what those methods take the gradient of, a function of a model and a batch.
        methods: more methods, by name: functions of the share to prune.

    Raises:
        PanelError: the model has no weights to prune, or `methods` are no functions.
        PruneError: `where` selects none, or `batches` are none.

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
        evaluate: Evaluate | None = None,
        *,
        where: Selector | None = None,
        score: str = "accuracy",
        tune: Tune | None = None,
        batches: Batches | None = None,
        loss: Loss = cross_entropy,
        methods: Mapping[str, Maker] | None = None,
    ) -> None:
        super().__init__()
        offered = where_choices(model, where)
        self._shop = Workshop(model, offered, method_choices(methods, batches=batches, loss=loss))
        known = {"batches": batches} | ({} if spell(loss, {}) else {"loss": loss})
        self._recipe = Recipe(self._shop, tune, {name: thing for name, thing in known.items() if thing is not None})
        self._measures, self._score = evaluate is not None, score
        self._history = History(Choice(where=next(iter(offered))))
        self.trials = Trials(self._shop, evaluate, tune=tune, changed=self.changed, say=self.say)
        self._following: bool | None = None
        self._wanted = self.choice
        self._layer = max(self._present().histograms, key=lambda layer: layer.total * (not layer.spared)).name

    def __repr__(self) -> str:
        score = self.accuracy
        return f"PrunePanel({self.choice}{'' if score is None else f', {self._score} {score:.3f}'})"

    @property
    def choice(self) -> Choice:
        """What is asked for now."""
        return self._history.now

    @property
    def history(self) -> tuple[Choice, ...]:
        """What was asked for before, the oldest first, and now."""
        history = self._history
        return (*history.past, history.now)

    @property
    def steps(self) -> tuple[int, int]:
        """How many choices can be undone, and how many redone."""
        history = self._history
        return len(history.past), len(history.future)

    @property
    def offers(self) -> tuple[str, ...]:
        """What `prune(where=...)` takes."""
        return tuple(self._shop.sites)

    @property
    def methods(self) -> tuple[str, ...]:
        """What `prune(method=...)` and `compare` take."""
        return tuple(self._shop.makers)

    @property
    def model(self) -> Any:
        """The model, pruned as asked for now; made when first asked for, and a new value for every choice.

        A method that does not suit the model raises here.
        """
        return self._present().model

    @property
    def sparsity(self) -> Sparsity:
        """The zeros of the pruned model, layer by layer."""
        return self._present().zeros

    @property
    def layers(self) -> tuple[Histogram, ...]:
        """The weights of every layer, kept and pruned; empty where the present choice cannot be pruned."""
        made = self._shop.look(self.choice)
        return made.histograms if isinstance(made, Made) else ()

    @property
    def layer(self) -> str:
        """Which layer is shown in large, by the name of its weights."""
        return self._layer

    @property
    def ready(self) -> bool:
        """Whether the present choice is pruned already; methods that run the model take their time."""
        return self._shop.seen(self.choice)

    @property
    def code(self) -> str:
        """The lines that prune a model as asked for now."""
        return self._recipe.code(self.choice)

    @property
    def score(self) -> str:
        """What `evaluate` gives, in a word."""
        return self._score

    @property
    def accuracy(self) -> float | None:
        """What `evaluate` said of the present choice; None where it was not measured."""
        return self.trials.scores.get(self.choice)

    @property
    def dense(self) -> float | None:
        """What `evaluate` said of the model given; measured with the first choice."""
        return self.trials.dense

    @property
    def scores(self) -> dict[Choice, float]:
        """Everything measured so far."""
        return dict(self.trials.scores)

    @property
    def measuring(self) -> bool:
        """Whether a choice is evaluated, or will be."""
        return self.trials.busy("measure")

    @property
    def measures(self) -> bool:
        """Whether there is something to measure with."""
        return self._measures

    @property
    def following(self) -> bool | None:
        """Whether every choice is measured as it is made; None as long as nobody has said."""
        return self._following

    def prune(self, sparsity: float | None = None, *, method: str | None = None, where: str | None = None) -> None:
        """Asks for another share, method or place; what is not named stays.

        Args:
            sparsity: share of zeros, from 0 to below 1, among the weights that may be pruned.
            method: how they are chosen, one of `methods`.
            where: one of `offers`.

        Raises:
            PanelError: a value is none of those; all faults at once.
        """
        self._shop.check(sparsity, method=method, where=where)
        given = {"sparsity": None if sparsity is None else float(sparsity), "method": method, "where": where}
        changed: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        with self._lock:
            self._history = self._history.to(replace(self.choice, **changed))
        self._moved(self._shop.floor(self.choice))

    def undo(self) -> None:
        """Goes back to what was asked for before, a tuning included.

        Raises:
            PanelError: there is nothing before.
        """
        with self._lock:
            self._history = self._history.back()
        self._moved()

    def redo(self) -> None:
        """Goes forward again to what was undone.

        Raises:
            PanelError: nothing was undone, or something else was asked for since.
        """
        with self._lock:
            self._history = self._history.forward()
        self._moved()

    def select(self, layer: str) -> None:
        """Shows a layer in large.

        Raises:
            PanelError: there is no such layer.
        """
        if layer not in self._shop.names:
            raise PanelError(f"there is no layer {layer!r}; there is {', '.join(self._shop.names)}")
        self._layer = layer
        self.say("")

    def measure(self) -> None:
        """Evaluates the present choice in the background, and the model given once before; returns at once.

        While an evaluation is at work only the latest choice waits. What was measured is not measured again.

        Raises:
            PanelError: there is no `evaluate`, or the panel is closed.
        """
        self._open()
        with self._lock:  # else a slower thread could ask for an older choice after a newer one
            self._wanted = self.choice
            self.trials.measure(self._wanted)

    def follow(self) -> None:
        """Measures the present choice, and from now on each as it is made; the view asks for it when first shown.

        Raises:
            PanelError: there is no `evaluate`, or the panel is closed.
        """
        self._open()
        if not self._measures:
            raise PanelError("nothing to measure with: make the panel with evaluate=, a function of a model")
        self._following = True
        self.measure()

    def leave(self) -> None:
        """Measures only what `measure` is called for."""
        self._following = False
        self.changed()

    def compare(self, methods: Sequence[str] | None = None, *, shares: Sequence[float] = _SHARES) -> None:
        """Evaluates methods over a few shares, in the background and in the present place; returns at once.

        What is measured meanwhile by `measure` comes first. A method that does not suit the model is left out;
        `trials.refused` says why.

        Args:
            methods: which of `methods`; left out, all.
            shares: shares to prune, from 0 to below 1.

        Raises:
            PanelError: there is no `evaluate`, something is no method or no share, or the panel is closed.
        """
        self._open()
        self.trials.compare(self._shop.several(self.choice, methods, shares))

    def tune(self) -> None:
        """Trains a copy of the present model with `tune`, in the background; what comes of it is one more step.

        Raises:
            PanelError: there is no `tune`, it is at work already, or the panel is closed.
        """
        self._open()
        self.trials.tune(self.choice, landed=self._landed)

    def stop(self) -> None:
        """Ends what is measured, compared or tuned, at its next line of Python; what was measured is kept.

        Raises:
            PanelError: nothing goes on.
        """
        self.trials.stop()

    def wait(self, timeout: float | None = None) -> float | None:
        """Waits until nothing goes on, and returns the score of what was asked for last, if it has one.

        Raises:
            PanelError: nothing was asked for, or it is not done in time. What was raised meanwhile is raised, once.
        """
        with self.holding():
            self.trials.wait(timeout)
        return self.trials.scores.get(self._wanted)

    def close(self) -> None:
        """Stops what goes on, then closes the view."""
        self.leave()
        self.trials.close()
        super().close()

    def facts(self) -> list[Fact]:
        """The choice, the zeros, the score."""
        rows = facts_of(self.choice, self._shop.look(self.choice))
        scores = ((self._score, self.accuracy), (f"{self._score}, not pruned", self.dense))
        return [*rows, *((name, f"{value:.4f}") for name, value in scores if value is not None)]

    def shares(self) -> dict[str, float]:
        """Share of zeros in every parameter that pruning could reach, in the order of the model."""
        return {layer.name: layer.share for layer in self.layers if not layer.spared}

    def curves(self) -> dict[str, tuple[list[float], list[float]]]:
        """What was measured, as (shares of zeros, scores) for every method."""
        return self.trials.curves()

    def pictures(self) -> list[tuple[str, bytes]]:
        """Zeros of every layer; the weights of the chosen one; the score over the share pruned, once measured."""
        drawn = pictures_of(self.choice, self.layers, layer=self._layer)
        if self.dense is not None:
            figure = plot.tradeoff(self.curves(), reference=self.dense, y_label=self._score, title="What it costs")
            drawn.append((f"{self._score} over the share pruned", plot.png(figure)))
        return drawn

    def _moved(self, message: str = "") -> None:
        self.say(message)
        if self._following:
            self.measure()

    def _landed(self, choice: Choice) -> None:
        """Take a step to what was tuned, on the thread that tuned it."""
        with self._lock:
            self._history = self._history.to(choice)
            self._wanted = choice
        self.say("")

    def _present(self) -> Made:
        made = self._shop.look(self.choice)
        if isinstance(made, Made):
            return made
        raise made
