"""Where networks leave: written as files, one at a time, in the background; and brought up to date before that."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import final

from leyden.data.look.reading import Progress
from leyden.errors import PanelError
from leyden.prune import bake
from leyden.vision import Preprocess
from leyden.widget.base.errand import Errand, LookStatus
from leyden.widget.onnx import OnnxPanel
from leyden.widget.prune.panel import PrunePanel
from leyden.widget.workbench.feed import Stock
from leyden.widget.workbench.line import Line
from leyden.widget.workbench.record import Exported
from leyden.widget.workbench.writing import admitted, write

__all__ = ["Dock"]

_Step = tuple[str, Callable[[Callable[[], bool]], None]]


@final
class Dock:
    """Writes the network of a line as it stands, and follows what was trained since.

    Args:
        line: what is trained and pruned.
        stock: batches to take an example from; its gate is held while a network is traced.
        prep: the preprocessing bound to the network.
        changed: called after every change, on whichever thread made it.
        say: told, in one line, what went wrong.

    Attributes:
        exported: what was written last.
        panels: one for every file written, the newest last.
        doing: what is done now, in words; empty where nothing is.
    """

    def __init__(
        self,
        line: Line,
        stock: Stock,
        *,
        prep: Preprocess | None,
        changed: Callable[[], None],
        say: Callable[[str], None],
    ) -> None:
        self._line, self._stock, self._prep = line, stock, prep
        self._changed, self._say = changed, say
        self._errand = Errand(self._ran)
        self.exported: Exported | None = None
        self.panels: list[OnnxPanel] = []
        self.doing = ""

    @property
    def status(self) -> LookStatus:
        """Where the newest work is."""
        return self._errand.status

    @property
    def times(self) -> tuple[float, float | None]:
        """Seconds so far, and seconds left as the last export took; None where there was none."""
        seconds, last = self._errand.seconds, self.exported
        return seconds, None if last is None else max(0.0, last.took - seconds)

    @property
    def progress(self) -> tuple[int, int]:
        """(steps done, steps in all) of the newest work."""
        return self._errand.progress

    def export(self, path: Path | str, *, replace: bool) -> None:
        """Begin to write the network as it stands.

        Raises:
            PanelError: something is under way, what is pruned is not what is in use, or the file is there already.
            ExportError: no such file can be written.
        """
        ledger = self._line.ledger
        self._free()
        if ledger.using != ledger.pruning:
            raise PanelError(
                f"{ledger[ledger.using].name} came after {ledger[ledger.pruning].name}, which is what is pruned: "
                f"update() prunes it the same way, use({ledger.pruning}) goes back"
            )
        place = admitted(path, self._line.ledger[ledger.using].task, replace=replace)
        self._begin([self._writing(place)], f"an export of {place.name}")

    def update(self) -> bool:
        """Begin to bring what was left behind up to date; returns whether anything was.

        Raises:
            PanelError: something is under way, or the file is no longer the one that was written.
        """
        self._free()
        ledger, last = self._line.ledger, self.exported
        behind = ledger.using != ledger.pruning
        steps = self._catching_up() if behind else []
        if last is not None and (behind or last.stage != self._line.stage):
            if last.path.exists() and not last.untouched:
                raise PanelError(
                    f"{last.path.name} is no longer the file that was written here: export(path, replace=True) "
                    "replaces it, another name leaves it alone"
                )
            steps.append(self._writing(last.path))
        if steps:
            self._begin(steps, "bringing up to date")
        return bool(steps)

    def stop(self) -> None:
        """End the work at once; no file is put in its place, and fine-tuning keeps what it learned.

        Raises:
            PanelError: nothing is under way.
        """
        self._errand.stop()
        self._line.halt()

    def wait(self, timeout: float | None = None) -> Exported | None:
        """Wait until the work is over, and give what was written last.

        Raises:
            PanelError: nothing was begun, or it is not over in time. What the work raised is raised again.
        """
        self._errand.wait(timeout)
        return self.exported

    def close(self) -> None:
        """End the work, and close the panels."""
        self._errand.close()
        for panel in self.panels:
            panel.close()

    def _free(self) -> None:
        told = self._errand.what if self._errand.busy else self._line.busy()
        if told:
            raise PanelError(f"{told} is under way: wait for it, or stop it first")

    def _catching_up(self) -> list[_Step]:
        """What it takes until the training in use is pruned as the one before it."""
        before = self._line.pruned
        steps: list[_Step] = [("pruning in the same way", lambda _: self._line.follow() and None)]
        if before is not None and before.choice.tuned:
            steps.append(("fine-tuning again", lambda _: _waited(self._line.prune(), tune=True)))
        elif before is not None and before.accuracy is not None:
            steps.append(("measuring", lambda _: _waited(self._line.prune(), tune=False)))
        return steps

    def _writing(self, path: Path) -> _Step:
        return (f"writing and verifying {path.name}", partial(self._write, path))

    def _begin(self, steps: list[_Step], what: str) -> None:
        self._say("")
        self._errand.start(partial(self._work, steps), what, at_once=True)

    def _work(self, steps: list[_Step], progress: Progress) -> None:
        for number, (words, step) in enumerate(steps):
            self.doing = words
            if not progress(number, len(steps)):
                return
            step(lambda number=number: progress(number, len(steps)))
        progress(len(steps), len(steps))

    def _write(self, path: Path, wanted: Callable[[], bool]) -> None:
        """Write the network as it stands now; nothing may learn or be measured meanwhile."""
        with self._stock.gate:
            stage, task = self._line.stage, self._line.stands
            _, made = self._stock.take()
            done = write(task, path, stage=stage, prep=self._prep, batches=made.train, wanted=wanted)
        if done is not None:
            self.exported = done
            panel = OnnxPanel(path, network=bake(task.model))
            self.panels.append(panel)

    def _ran(self) -> None:
        if not self._errand.busy:
            self.doing = ""
            if self._errand.status == "failed":
                self._say(self._errand.problem)
        self._changed()


def _waited(panel: PrunePanel, *, tune: bool) -> None:
    (panel.tune if tune else panel.measure)()
    panel.wait()
