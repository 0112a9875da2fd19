"""Callbacks looked through: who waits for whom, what is wrong and how to mend it, and what a run makes of it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Literal, TypeAlias, final, get_args

from leyden import plot
from leyden.errors import PanelError
from leyden.train import Callback, CallbackGraph, Event, Fault, Plan, Resolution, RunLog, Table, Total, Write, plan
from leyden.train.show import draw_plan, marks_of, spans_of
from leyden.widget.base.panel import Fact, Panel
from leyden.widget.callback.follower import Follower
from leyden.widget.callback.window import Window

__all__ = ["CallbackPanel", "CallbackSection"]

CallbackSection: TypeAlias = Literal["graph", "table", "timeline", "writes"]
"""What the panel shows: who waits for whom; what each reads and writes; who was at work when; what was written."""

_HOOKS = ("setup", "teardown", *(name for name in dir(Callback) if name.startswith("on_")))
_TOLD = 12  # callbacks named in one line


@final
class CallbackPanel(Panel):
    """Shows callbacks as a graph, what is wrong with them, and their run log while a fit goes on.

    A graph is shown with its log, and followed: where it is fitted in the background, or in another cell, the panel
    shows what has happened so far. A plain list is planned without running anything, and nothing is raised for its
    faults: they stand on top, each with the line of code that would mend it.

    Args:
        callbacks: a `CallbackGraph`, or any callbacks.
        resolutions: for a list, `resolve(A, B, first=A)` for every pair that writes the same state.
        task: for a list, the LightningModule to be trained, to look at what it logs.

    Raises:
        PanelError: no callbacks at all were given, or resolutions or a task beside a graph, which has its own.
        TrainError: something else than callbacks was given.

    Examples:
        >>> from leyden.train import writes
        >>> @writes("optimizer.lr")
        ... class WarmUp(Callback): ...
        >>> @writes("optimizer.lr")
        ... class Plateau(Callback): ...
        >>> panel = CallbackPanel([WarmUp(), Plateau()])
        >>> panel
        CallbackPanel(2 callbacks, 1 fault)
        >>> panel.faults[0].mend
        'resolve(Plateau, WarmUp, first=Plateau)'
        >>> panel.close()
    """

    def __init__(
        self, callbacks: CallbackGraph | Iterable[Callback], *resolutions: Resolution, task: Any = None
    ) -> None:
        super().__init__()
        graph = callbacks if isinstance(callbacks, CallbackGraph) else None
        if graph is not None and (resolutions or task is not None):
            given = ", ".join(map(repr, [*resolutions, *([task] if task is not None else [])]))
            raise PanelError(f"a CallbackGraph has its own resolutions and its own task; given {given} beside it")
        if not isinstance(callbacks, Iterable):
            raise PanelError(f"callbacks must be a CallbackGraph or a list of callbacks; given {callbacks!r}")
        self._graph = graph
        self._planned = graph.plan if graph is not None else plan(callbacks, *resolutions, task=task)
        self._log = graph.log if graph is not None else RunLog(keep=1)
        self._section: CallbackSection = "graph"
        self._window = Window()
        self._seen: tuple[object, ...] = ()
        self._follower: Follower | None = None

    def __repr__(self) -> str:
        faults, calls = len(self.faults), sum(total.calls for total in self._log.totals)
        told = f", {faults} fault{'' if faults == 1 else 's'}" if faults else ""
        count = len(self.plan.nodes)
        return (
            f"CallbackPanel({count} callback{'' if count == 1 else 's'}{told}{f', {calls:,} calls' if calls else ''})"
        )

    @property
    def plan(self) -> Plan:
        """The order and its reasons; of a graph that was run, with the callbacks of that run."""
        return self._planned if self._graph is None else self._graph.plan

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Why the callbacks cannot run together; empty where they can."""
        return self.plan.faults

    @property
    def notices(self) -> tuple[str, ...]:
        """What is worth knowing, but no fault."""
        return self.plan.notices if self._graph is None else self._graph.notices

    @property
    def table(self) -> Table:
        """What each callback reads and writes, and after whom it runs."""
        return Table(self.plan)

    @property
    def log(self) -> RunLog:
        """The graph's run log; an empty one for a list."""
        return self._log

    @property
    def section(self) -> CallbackSection:
        """What the panel shows."""
        return self._section

    @property
    def window(self) -> Window:
        """Which calls are shown."""
        return self._window

    @property
    def events(self) -> list[Event]:
        """The calls in the window, read now."""
        return self._window.events(self._log)

    @property
    def writes(self) -> list[Write]:
        """The writes in the window, oldest first, read now; where values are on an accelerator, it is waited for."""
        return self._window.writes(self._log)

    @property
    def totals(self) -> list[Total]:
        """Exact sums over all runs, of the hook and the callback of the window."""
        hook, callback = self._window.hook, self._window.callback
        return [total for total in self._log.totals if hook in ("", total.hook) and callback in ("", total.callback)]

    @property
    def hooks(self) -> tuple[str, ...]:
        """The hooks that were called so far, in the order of their first call."""
        return tuple(dict.fromkeys(total.hook for total in self._log.totals))

    @property
    def names(self) -> tuple[str, ...]:
        """The callbacks, in running order, and those of earlier runs."""
        return tuple(dict.fromkeys([*(node.name for node in self.plan.nodes), *(t.callback for t in self._log.totals)]))

    @property
    def following(self) -> bool:
        """Whether the panel looks at the log by itself."""
        return self._follower is not None

    def turn_to(self, section: CallbackSection) -> None:
        """Shows another section.

        Raises:
            PanelError: there is no such section.
        """
        if section not in get_args(CallbackSection):
            raise PanelError(f"there is no section {section!r}; there is {', '.join(get_args(CallbackSection))}")
        self._section = section
        self.say("")

    def show(
        self,
        *,
        hook: str | None = None,
        callback: str | None = None,
        steps: tuple[int, int] | None = None,
        newest: int | None = None,
        run: int | None = None,
    ) -> None:
        """Chooses what is shown of the run; what is left out stays.

        Args:
            hook: one hook; an empty string for all.
            callback: one callback, by its name in the graph; an empty string for all.
            steps: the first and the last step to show.
            newest: show that many of the newest steps, and go on with the run; 0 shows all that are kept.
            run: number of a run, from 0; -1 for the last one.

        Raises:
            PanelError: there is no such hook, callback or run, or the steps are not in order; all faults at once.
        """
        faults = self._faults(hook, callback, steps, newest, run)
        if faults:
            raise PanelError("; ".join(faults))
        given = {"hook": hook, "callback": callback, "steps": steps, "newest": newest}
        changed = {name: value for name, value in given.items() if value is not None}
        if newest is not None and steps is None:
            changed["steps"] = None
        if run is not None:
            changed["run"] = None if run < 0 else run
        with self._lock:
            self._window = replace(self._window, **changed)
        self.say("")

    def refresh(self) -> bool:
        """Looks whether the run has gone on, and if so shows it; returns whether it has. Costs a few microseconds."""
        seen = (self.plan, self._log.last(), len(self._log), self._log.dropped)
        new = seen != self._seen
        self._seen = seen
        if new:
            self.changed()
        return new

    def follow(self, seconds: float = 1.0) -> None:
        """Refreshes by itself every so many seconds, in the background; the view does this when it is first shown.

        Raises:
            PanelError: that is no time, or the panel is closed.
        """
        if not seconds > 0:
            raise PanelError(f"a panel looks again after more than 0 seconds; given {seconds}")
        self.leave()
        with self._lock:
            self._open()
            self._follower = Follower(self.refresh, seconds=seconds)

    def leave(self) -> None:
        """Follows no longer; what is shown stays."""
        follower, self._follower = self._follower, None
        if follower is not None:
            follower.stop()

    def close(self) -> None:
        """Follows no longer, then closes the view."""
        self.leave()
        super().close()

    def facts(self) -> list[Fact]:
        """Faults with their mending line, the order, notices, and the run so far."""
        names = [node.name for node in self.plan.nodes]
        rows = [(fault.kind, f"{fault.message}. {fault.mend}".strip()) for fault in self.faults]
        more = f" and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
        rows.append(("callbacks" if self.faults else "order", ", ".join(names[:_TOLD]) + more or "none"))
        rows += [("note", notice) for notice in self.notices]
        last = self._log.last()
        if last is None:
            return rows
        calls, seconds = (sum(values) for values in zip(*((t.calls, t.seconds) for t in self._log.totals), strict=True))
        return [*rows, ("run", f"{calls:,} calls, {1000 * seconds:,.1f} ms in all, step {last.step}")]

    def pictures(self) -> list[tuple[str, bytes]]:
        """The graph, and the timeline of what is shown of a run."""
        drawn = [(self.words(), plot.png(draw_plan(self.plan)))]
        events = self.events
        if events:
            figure = plot.timeline(
                spans_of(events), lanes=self.lanes(events), marks=marks_of(events), title=self.told(events)
            )
            drawn.append((self.told(events), plot.png(figure)))
        return drawn

    def words(self) -> str:
        """The graph in words, for those who do not see it."""
        count = len(self.plan.nodes)
        told = f"Graph of {count} callback{'' if count == 1 else 's'}"
        order = ", ".join(node.name for node in self.plan.nodes[:_TOLD])
        faults = "; ".join(f"{fault.kind}: {fault.message}" for fault in self.faults)
        return f"{told}; {faults}" if faults else f"{told}, in running order: {order}" if order else told

    def told(self, events: Sequence[Event]) -> str:
        """What is shown of the run, in words."""
        if not events:
            return "No calls"
        first, last = min(event.step for event in events), max(event.step for event in events)
        steps = f"step {first}" if first == last else f"steps {first} to {last}"
        chosen = " of ".join(part for part in (self._window.hook, self._window.callback) if part)
        return f"{len(events):,} call{'' if len(events) == 1 else 's'}{f' of {chosen}' if chosen else ''}, {steps}"

    def lanes(self, events: Sequence[Event]) -> list[str]:
        """The callbacks among some calls, in running order."""
        seen = {event.callback for event in events}
        return [name for name in self.names if name in seen]

    def _faults(
        self,
        hook: str | None,
        callback: str | None,
        steps: tuple[int, int] | None,
        newest: int | None,
        run: int | None,
    ) -> list[str]:
        faults = []
        if hook and hook not in _HOOKS:
            faults.append(f"callbacks have no hook {hook!r}; seen so far: {', '.join(self.hooks) or 'none'}")
        if callback and callback not in self.names:
            faults.append(f"there is no callback {callback!r}; there is {', '.join(self.names) or 'none'}")
        if steps is not None and not 0 <= steps[0] <= steps[1]:
            faults.append(f"steps are a first and a last one, from 0 on; given {steps}")
        if newest is not None and newest < 0:
            faults.append(f"newest is a number of steps, 0 for all; given {newest}")
        last = self._log.last()
        if run is not None and run > (last.run if last is not None else -1):
            faults.append(f"there is no run {run}; the last one is {last.run if last is not None else 'still to come'}")
        return faults
