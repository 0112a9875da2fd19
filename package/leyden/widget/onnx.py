"""An ONNX file, looked at: what it holds, node by node, and whether it runs."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import final

from torch import Tensor, from_numpy, nn

from leyden import plot
from leyden.data.look.reading import Progress
from leyden.errors import PanelError
from leyden.onnx import Node, Summary, summary
from leyden.widget.base.errand import Errand, LookStatus
from leyden.widget.base.panel import Fact, Panel
from leyden.widget.callback.follower import Follower
from leyden.widget.onnx_trial import Stage, Trial, random_inputs, reading_seconds, size_of, tried

__all__ = ["OnnxPanel"]

_LARGE = 16 * 2**20  # bytes that are read in about half a second
_TICK = 0.5


@final
class OnnxPanel(Panel):
    """Shows an ONNX file: facts, how often each operator occurs, a node list to search, one node in full, a trial run.

    The file is read when the panel is made, one of more than 16 MB in the background; nothing in it is executed until
    `verify`. What goes on in the background can be stopped.

    Args:
        path: the file.
        network: what it was exported from, to compare with; left as it was.
        example: arrays or tensors to run it on, one an input; random ones without it.
        sizes: lengths of free axes of random input, by name; 1 for one that is not named.

    Raises:
        OnnxError: there is no such file, or it is not ONNX; of a large file `summary` raises it.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        network: nn.Module | None = None,
        example: Tensor | tuple[Tensor, ...] | None = None,
        sizes: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__()
        if not isinstance(path, str | os.PathLike):
            raise PanelError(f"an ONNX panel wants the path of a file; given {type(path).__name__}: write it to one")
        self._path = Path(path)
        self._network = network
        self._example = (example,) if isinstance(example, Tensor) else example
        self._sizes = dict(sizes or {})
        self._text, self._op = "", ""
        self._node: Node | None = None
        self._trial: Trial | None = None
        self._stage: Stage | None = None
        self._ticker: Follower | None = None
        self._asked = False
        self._errand = Errand(self._heard)
        large = size_of(self._path) > _LARGE
        self._summary = None if large else summary(self._path)
        if large:
            self.read()

    def __repr__(self) -> str:
        told = "not read" if self._summary is None else f"{len(self._summary.nodes)} nodes"
        return f"OnnxPanel({self._path.name!r}, {told})"

    @property
    def summary(self) -> Summary:
        """What the file holds; waits until it is read.

        Raises:
            PanelError: reading it was stopped. What reading it raised is raised again.
        """
        if self._summary is None and not self._asked:
            self._errand.wait()
        if self._summary is None:
            raise PanelError(f"{self._path.name} is not read: call read() first")
        return self._summary

    @property
    def status(self) -> LookStatus:
        """Where the work in the background is: reading the file, or running it."""
        return self._errand.status

    @property
    def stage(self) -> Stage | None:
        """What is done at present; None where nothing is under way."""
        return self._stage if self._errand.busy else None

    @property
    def times(self) -> tuple[float, float | None]:
        """Seconds that the present or last work in the background took so far, and those left; None: not known."""
        stage = self.stage
        return self._errand.seconds, None if stage is None else stage.remaining

    @property
    def is_read(self) -> bool:
        """Whether the file has been read, so that `summary` is there at once."""
        return self._summary is not None

    @property
    def text(self) -> str:
        """What is searched for."""
        return self._text

    @property
    def op(self) -> str:
        """The operator that is listed; empty for all."""
        return self._op

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes that match the search, in the order in which they run; none before the file is read."""
        words = self._text.lower().split()
        return tuple(
            node
            for node in (self._summary.nodes if self._summary is not None else ())
            if self._op in ("", node.op)
            and all(word in f"{node.name} {node.op} {node.scope}".lower() for word in words)
        )

    @property
    def node(self) -> Node | None:
        """The node shown in full."""
        return self._node

    @property
    def trial(self) -> Trial | None:
        """What the last run showed; None before it is over, and where it failed or was stopped."""
        return self._trial

    @property
    def verifying(self) -> bool:
        """Whether a run is under way."""
        return self._asked and self._errand.busy

    def search(self, text: str | None = None, *, op: str | None = None) -> None:
        """Lists the nodes whose name, operator and module hold all words of a text, of one operator or all.

        Args:
            text: words, in any order, whatever their case; None leaves it.
            op: an operator of the file; empty for all, None leaves it.

        Raises:
            PanelError: the file has no such operator.
        """
        if op and op not in self.summary.ops:
            raise PanelError(f"no operator {op!r} in {self._path.name}; there is {', '.join(self.summary.ops)}")
        with self._lock:
            self._text = self._text if text is None else text
            self._op = self._op if op is None else op
        self.say("")

    def select(self, name: str) -> None:
        """Shows one node in full; an empty name shows none.

        Raises:
            OnnxError: there is no node of that name.
        """
        self._node = self.summary.node(name) if name else None
        self.say("")

    def read(self) -> None:
        """Reads the file in the background, again where it was read before; some 5 s per 100 MB.

        Raises:
            PanelError: something is under way already, or the panel is closed.
        """
        self._begin(self._reading, f"reading {self._path.name}", asked=False)

    def verify(self) -> None:
        """Runs the file in the background, times it, and compares it with the network where there is one.

        Raises:
            PanelError: something is under way already, no input can be made up, or the panel is closed.
        """
        self._open()
        made = self._example or tuple(
            from_numpy(array) for array in random_inputs(self.summary.inputs, sizes=self._sizes)
        )
        self._begin(lambda _: self._trying(made), f"a run of {self._path.name}", asked=True)

    def stop(self) -> None:
        """Ends what is under way in the background, after the operator at work: reading the file, or running it.

        Raises:
            PanelError: nothing is under way.
        """
        self._errand.stop()

    def wait(self, timeout: float | None = None) -> Trial:
        """Waits for the run under way, or the last, and returns what it showed; Ctrl-C meanwhile stops it.

        Raises:
            PanelError: none was asked for, it was stopped, or it is not done in time. What it raised is raised again.
        """
        if not self._asked:
            raise PanelError("nothing runs: call verify() first")
        with self.holding():
            self._errand.wait(timeout)
        if self._trial is None:
            raise PanelError("the run was stopped: call verify() to begin another")
        return self._trial

    def close(self) -> None:
        """Stops what is under way, then closes the view.

        Raises:
            PanelError: an operator takes longer than a minute.
        """
        super().close()
        self._errand.close()

    def facts(self) -> list[Fact]:
        """What the file holds, in a few rows."""
        if self._summary is None:
            return [("file", self._path.name), ("size", f"{size_of(self._path):,} bytes"), ("read", "not yet")]
        rows = [("file", self._path.name), *self._summary.rows()[1:]]
        return [row for row in rows if not row[0].startswith("metadata")]

    def details(self) -> list[Fact]:
        """The node shown, in full; empty where none is."""
        node = self._node
        if node is None:
            return []
        rows = [
            ("name", node.name),
            ("operator", node.op),
            ("module", node.scope or "not said"),
            ("inside", node.inside),
        ]
        rows += [("takes", str(value)) for value in node.inputs if value.name]
        rows += [("gives", str(value)) for value in node.outputs]
        rows += [(name, str(value)) for name, value in node.attributes.items()]
        for weight in node.weights:
            figures = f"mean {weight.mean:.3g}, std {weight.std:.3g}, {weight.zeros:.1%} zeros"
            rows.append(("holds", f"{weight.name}: {weight.size:,} numbers, {figures}"))
        return [row for row in rows if row[1]]

    def pictures(self) -> list[tuple[str, bytes]]:
        """How often each operator occurs; of a file that is not read yet, nothing."""
        found = self._summary.ops if self._summary is not None else {}
        counts = ", ".join(f"{op} {count}" for op, count in found.items()) or "not read yet"
        title = f"Operators of {self._path.name}"
        figure = plot.bars({op: float(n) for op, n in found.items()}, x_label="nodes", title=title, limit=None)
        return [(f"{title}: {counts}", plot.png(figure))]

    def _begin(self, work: Callable[[Progress], object], what: str, *, asked: bool) -> None:
        with self._lock:
            self._open()
            if not self._errand.busy:
                self._asked, self._trial, self._message, self._stage = asked, None, "", None
                self._ticker = Follower(self.changed, seconds=_TICK)  # the time left goes down by itself
            self._errand.start(work, what, at_once=True)

    def _reading(self, _: Progress) -> None:
        self._stage = Stage("reading the file", time.monotonic(), reading_seconds(self._path))
        found = summary(self._path)
        names = {node.name: node for node in found.nodes}
        with self._lock:
            self._summary = found
            self._op = self._op if self._op in found.ops else ""
            self._node = names.get(self._node.name) if self._node is not None else None

    def _trying(self, made: tuple[Tensor, ...]) -> None:
        self._trial = tried(self._path, made, self._network, tell=self._tell)

    def _tell(self, what: str, seconds: float | None) -> None:
        self._stage = Stage(what, time.monotonic(), seconds)
        self.changed()

    def _heard(self) -> None:
        """Hears of what goes on in the background, on its thread."""
        if not self._errand.busy:
            ticker, self._ticker = self._ticker, None
            if ticker is not None:
                ticker.stop()
            self._message = self._errand.problem
        self.changed()
