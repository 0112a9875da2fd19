"""Which calls of a run are looked at: a hook, a callback, a stretch of steps."""

from dataclasses import dataclass

from leyden.train import Event, RunLog, Write

__all__ = ["Window"]


@dataclass(frozen=True)
class Window:
    """What is shown of a run log.

    Attributes:
        hook: one hook; empty for all.
        callback: one callback; empty for all.
        steps: the first and the last step shown; None follows the newest.
        newest: how many steps are shown where none are named; 0 for all that are kept.
        run: number of the run, from 0; None for the last.
    """

    hook: str = ""
    callback: str = ""
    steps: tuple[int, int] | None = None
    newest: int = 5
    run: int | None = None

    def chosen(self, log: RunLog) -> int:
        """The number of the run that is shown; 0 where there is none yet."""
        last = log.last()
        return self.run if self.run is not None else last.run if last is not None else 0

    def span(self, log: RunLog) -> range | None:
        """The steps that are shown; None for all.

        Examples:
            >>> Window(steps=(3, 5)).span(RunLog()), Window(newest=0).span(RunLog())
            (range(3, 6), None)
        """
        if self.steps is not None:
            return range(self.steps[0], self.steps[1] + 1)
        if not self.newest:
            return None
        newest = self._newest(log)
        return range(newest - self.newest + 1, newest + 1)

    def events(self, log: RunLog) -> list[Event]:
        """The calls that are shown, in the order in which they ended."""
        run = self.chosen(log)
        found = log.select(self.hook or None, self.callback or None, steps=self.span(log))
        return [event for event in found if event.run == run]

    def writes(self, log: RunLog) -> list[Write]:
        """The writes that are shown, oldest first."""
        run, span = self.chosen(log), self.span(log)
        return [
            write
            for write in log.writes
            if write.run == run
            and self.hook in ("", write.hook)
            and self.callback in ("", write.callback)
            and (span is None or write.step in span)
        ]

    def _newest(self, log: RunLog) -> int:
        """The last step of the run that is shown."""
        last, run = log.last(), self.chosen(log)
        if last is None or last.run == run:
            return last.step if last is not None else 0
        return max((event.step for event in log.events if event.run == run), default=0)
