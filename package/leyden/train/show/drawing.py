"""Pictures of a plan and of a run."""

from collections.abc import Sequence

from leyden.plot import Picture, Span, diagram, timeline
from leyden.train.graph.planning import Plan
from leyden.train.log import Event, RunLog
from leyden.train.show.scene import arrows_of, vertices_of

__all__ = ["draw_log", "draw_plan", "marks_of", "spans_of"]


def draw_plan(plan: Plan, *, title: str = "", width: float = 980.0) -> Picture:
    """Draws who waits for whom and for what; faults are red, undeclared callbacks grey and dashed.

    Args:
        plan: of any callbacks, with faults or without.
        title: written over the picture.
        width: pixels, 96 an inch, that boxes side by side fill at most.

    Examples:
        >>> import pytorch_lightning as pl
        >>> from leyden.train.graph.planning import plan
        >>> draw_plan(plan([pl.callbacks.EarlyStopping("val_loss")])).get_size_inches() > 1
        array([ True,  True])
    """
    return diagram(vertices_of(plan), arrows_of(plan), title=title, width=width)


def draw_log(
    log: RunLog,
    *,
    hook: str | None = None,
    callback: str | None = None,
    steps: range | None = None,
    run: int | None = None,
    lanes: Sequence[str] = (),
    title: str = "",
) -> Picture:
    """Draws who was at work when, in one run.

    Args:
        log: of a graph; it may be growing.
        hook: one hook; None draws all.
        callback: one callback; None draws all.
        steps: a range of steps; None draws all that are kept.
        run: number of the run, from 0; None draws the last.
        lanes: names of callbacks, top to bottom; others follow as they come.
        title: written over the picture.

    Examples:
        >>> draw_log(RunLog()).axes[0].texts[0].get_text()
        'nothing to show yet'
    """
    last = log.last()
    chosen = run if run is not None else last.run if last else 0
    events = [event for event in log.select(hook, callback, steps=steps) if event.run == chosen]
    seen = {event.callback for event in events}
    return timeline(
        spans_of(events), lanes=[name for name in lanes if name in seen], marks=marks_of(events), title=title
    )


def spans_of(events: Sequence[Event]) -> list[Span]:
    """Calls of one run as bars; what did not run on the thread of most calls ran beside them.

    Examples:
        >>> spans_of([Event(1, "on_train_batch_end", "Timer", 0.5, 0.001, "MainThread")])
        [Span(lane='Timer', start=0.5, seconds=0.001, kind='on_train_batch_end', beside=False)]
    """
    return [
        Span(event.callback, event.start, event.seconds, event.hook, event.thread.startswith("leyden-reader"))
        for event in events
    ]


def marks_of(events: Sequence[Event]) -> dict[str, float]:
    """The moment at which the first call of every step began, in the order of the steps."""
    first: dict[int, float] = {}
    for event in events:
        first[event.step] = min(event.start, first.get(event.step, event.start))
    return {f"step {step}": first[step] for step in sorted(first)}
