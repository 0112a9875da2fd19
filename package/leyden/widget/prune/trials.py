"""What pruned models are worth: measured one at a time in the background, and remembered; and tuned there."""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias, final

from torch import Tensor

from leyden.errors import PanelError, PruneError
from leyden.widget.base.job import Stopped, Stopwatch
from leyden.widget.base.panel import explain
from leyden.widget.prune.choice import Choice
from leyden.widget.prune.desk import Desk
from leyden.widget.prune.making import Made, Workshop

__all__ = ["Evaluate", "Trials", "Tune"]

Evaluate: TypeAlias = Callable[[Any], float]
"""How good a model is; higher is better."""

Tune: TypeAlias = Callable[[Any], Any]
"""Trains the model it is given: in place, giving None, or giving back the trained one."""

_DOING = {"measure": "measuring", "tune": "tuning", "compare": "comparing"}
_MORE = "(panel.wait() raises it again, with the place it came from)"


@final
class Trials:
    """Runs the user's functions on copies, one at a time, and keeps what they said.

    Args:
        shop: where copies come from.
        evaluate: how good a model is; None where that is of no interest.
        tune: what trains a model; None where there is nothing to do it.
        changed: called after every change.
        say: told, in one line, what went wrong.

    Examples:
        >>> from torch import nn
        >>> from leyden.prune import Magnitude
        >>> shop = Workshop(nn.Linear(4, 2), {"every weight": None}, {"smallest": Magnitude})
        >>> trials = Trials(shop, lambda model: float((model.weight != 0).float().mean()))
        >>> trials.measure(Choice(0.5, "smallest")); trials.wait(30)
        >>> trials.scores, trials.dense
        ({Choice(sparsity=0.5, method='smallest', where='every weight', tuned=0): 0.5}, 1.0)
    """

    def __init__(
        self,
        shop: Workshop,
        evaluate: Evaluate | None,
        *,
        tune: Tune | None = None,
        changed: Callable[[], None] = lambda: None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        for name, given in (("evaluate", evaluate), ("tune", tune)):
            if given is not None and not callable(given):
                raise PanelError(f"{name} is a function of a network; given {given!r}")
        self._shop = shop
        self._evaluate = evaluate
        self._tune = tune
        self._changed = changed
        self._say = say
        self._lock = threading.RLock()
        self._desk = Desk(("measure", "tune", "compare"), changed)
        self._comparing: object = None
        self._compared_for = Stopwatch()
        self.progress = (0, 0)
        self.refused: dict[str, str] = {}
        self.dense: float | None = None
        self.scores: dict[Choice, float] = {}
        self.zeros: dict[Choice, float] = {}

    @property
    def status(self) -> str:
        """What is done in the background, in words; empty where nothing is."""
        done, total = self.progress
        words = {**_DOING, "compare": f"comparing, {done} of {total}"}
        here = [words[kind] for kind in (self._desk.under_way,) if kind]
        return ", then ".join([*here, *(words[kind] for kind in self._desk.waiting if kind != self._desk.under_way)])

    @property
    def under_way(self) -> str:
        """Which of "measure", "tune" and "compare" is at work; empty where nothing is."""
        return self._desk.under_way

    @property
    def stopping(self) -> bool:
        """Whether what is at work was told to end, and has not ended yet."""
        return self._desk.stopping

    @property
    def times(self) -> tuple[float, float | None]:
        """Seconds that what is at work took so far, and seconds left; None where that is not known."""
        done, total = self.progress
        if self._desk.under_way == "compare":
            seconds = self._compared_for.seconds
            return seconds, seconds / done * (total - done) if done else None
        return self._desk.times

    def busy(self, kind: str) -> bool:
        """Whether "measure", "tune" or "compare" is at work or waits."""
        return self._desk.busy(kind)

    def measure(self, choice: Choice) -> None:
        """Have a choice evaluated, and the model given once before; what was measured is not measured again.

        Raises:
            PanelError: there is nothing to evaluate with.
        """
        evaluate = self._evaluating()
        if self.dense is not None and choice in self.scores:
            self._desk.drop("measure")
        else:
            self._desk.ask("measure", partial(self._reported, "measure", lambda: self._score(evaluate, choice)))

    def compare(self, choices: Sequence[Choice]) -> None:
        """Have many choices evaluated; a comparison under way is given up for it.

        Raises:
            PanelError: there is nothing to evaluate with.
        """
        evaluate = self._evaluating()
        token = object()
        with self._lock:
            self._comparing, self.progress, self.refused = token, (0, len(choices)), {}
            self._compared_for = Stopwatch()
            self._compared_for.go()
            work = partial(self._compared, evaluate, tuple(choices), token)
            self._desk.ask("compare", partial(self._reported, "compare", work))

    def tune(self, choice: Choice, *, landed: Callable[[Choice], None]) -> None:
        """Have a choice trained further; `landed` is told the choice that it became.

        Raises:
            PanelError: there is nothing to tune with, or it is at work already.
        """
        if self._tune is None:
            raise PanelError("nothing to tune with: make the panel with tune=, a function that trains a model")
        if self.busy("tune"):
            raise PanelError("tuning is under way already: wait() for it")
        self._desk.ask("tune", partial(self._reported, "tune", partial(self._tuned, self._tune, choice, landed)))

    def stop(self) -> None:
        """End the function at work at its next line of Python, and drop what waits; what was measured is kept.

        A network that was being tuned is given up: it would not be what `tune` makes of it.

        Raises:
            PanelError: nothing goes on.
        """
        if not self.status:
            raise PanelError("there is nothing to stop")
        with self._lock:
            self._comparing = None
        self._desk.stop()

    def wait(self, timeout: float | None = None) -> None:
        """Wait until nothing goes on; Ctrl-C meanwhile stops it.

        Raises:
            PanelError: nothing was begun, or it is not over in time. What a function raised is raised again, once.
        """
        if not self._desk.begun:
            raise PanelError("nothing is being measured: call measure() first")
        try:
            over = self._desk.wait(timeout)
        except KeyboardInterrupt:
            if self.status:
                self.stop()
            raise
        if not over:
            raise PanelError(f"{self.status} after {timeout:g} s still: wait longer, or stop()")
        error = self._desk.take_error()
        if error is not None:
            raise error

    def close(self) -> None:
        """Stop what goes on, and return when it has ended.

        Raises:
            PanelError: it takes longer than a minute.
        """
        with self._lock:
            self._comparing = None
        self._desk.close()

    def curves(self) -> dict[str, tuple[list[float], list[float]]]:
        """What was measured, a curve for every method: (shares of zeros, scores), ascending.

        Where models were pruned in several places, or tuned, a curve is of one place and one tuning.
        """
        with self._lock:
            scores, zeros = self.scores, self.zeros
        places = {choice.where for choice in scores}
        found: dict[str, list[tuple[float, float]]] = {}
        for choice, score in scores.items():
            place = f", {choice.where}" if len(places) > 1 else ""
            tuning = f", tuned {choice.tuned}" if choice.tuned else ""
            found.setdefault(f"{choice.method}{place}{tuning}", []).append((zeros[choice], score))
        ordered = {name: sorted(points) for name, points in found.items()}
        return {name: ([x for x, _ in points], [y for _, y in points]) for name, points in ordered.items()}

    def _evaluating(self) -> Evaluate:
        if self._evaluate is None:
            raise PanelError("nothing to measure with: make the panel with evaluate=, a function of a model")
        return self._evaluate

    def _reported(self, kind: str, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            if not isinstance(error, PruneError | Stopped):  # what cannot be pruned says so wherever it is shown
                self._say(f"{_DOING[kind]} ended: {explain(error, more=_MORE)}")
            raise

    def _score(self, evaluate: Evaluate, choice: Choice, made: Made | None = None) -> None:
        if self.dense is None:
            self.dense = _number(evaluate(self._shop.dense()))
            self._changed()
        if choice in self.scores:
            return
        made = made or self._shop.make(choice)
        zeros = made.zeros.zeros
        dense = not choice.tuned and made.untouched
        self._note(choice, self.dense if dense else _number(evaluate(made.model)), zeros)

    def _note(self, choice: Choice, score: float, zeros: float) -> None:
        with self._lock:
            self.zeros = {**self.zeros, choice: zeros}  # first: a score without its zeros would have no place
            self.scores = {**self.scores, choice: score}

    def _compared(self, evaluate: Evaluate, choices: tuple[Choice, ...], token: object) -> None:
        """Evaluate the first of the choices, and ask for the others: what is more urgent comes in between."""
        if self._comparing is not token:
            return
        choice, *rest = choices
        try:
            self._one(evaluate, choice)
        except BaseException:
            with self._lock:
                self._comparing = None if self._comparing is token else self._comparing
            raise
        with self._lock:  # a comparison asked for meanwhile has taken the place of this one
            if self._comparing is not token:
                return
            self.progress = (self.progress[0] + 1, self.progress[1])
            if rest:
                again = partial(self._compared, evaluate, tuple(rest), token)
                self._desk.ask("compare", partial(self._reported, "compare", again))
            else:
                self._comparing = None

    def _one(self, evaluate: Evaluate, choice: Choice) -> None:
        """Evaluate one choice of a comparison, unless its method does not suit this model."""
        if choice.method in self.refused:
            return
        try:
            made = None if choice in self.scores else self._shop.make(choice)
        except Exception as error:
            self.refused = {**self.refused, choice.method: explain(error)}
        else:
            self._score(evaluate, choice, made)

    def _tuned(self, tune: Tune, choice: Choice, landed: Callable[[Choice], None]) -> None:
        model = self._shop.make(choice).model
        answer = tune(model)
        became = self._shop.keep(choice, model if answer is None else answer, returned=answer is not None)
        landed(became)
        if self._evaluate is not None and not self._desk.closed:
            self.measure(became)


def _number(answer: Any) -> float:
    """What `evaluate` gave, as a number.

    Raises:
        PanelError: it is none.
    """
    value = answer.detach() if isinstance(answer, Tensor) else answer
    try:
        if not isinstance(value, str | bytes):
            return float(value)
    except (TypeError, ValueError, RuntimeError):
        pass
    told = f"a tensor of {answer.numel()} values" if isinstance(answer, Tensor) else repr(answer)
    raise PanelError(f"evaluate= gives a number, higher is better; it gave {told}")
