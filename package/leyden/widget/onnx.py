"""An ONNX file, looked at: what it holds, node by node, and whether it runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import final

import numpy as np
from torch import Tensor, from_numpy, get_num_threads, nn

from leyden import plot
from leyden.errors import PanelError
from leyden.onnx import Latency, Node, Parity, Session, Summary, Value, latency, summary, verify
from leyden.widget.base.job import Job
from leyden.widget.base.panel import Fact, Panel, explain

__all__ = ["OnnxPanel", "Trial", "random_inputs"]

_SEED = 0


@dataclass(frozen=True)
class Trial:
    """A file run on random input: what came out, how fast, and how close to the network.

    Args:
        inputs: what went in.
        outputs: what came out, shapes as they were.
        finite: whether every number that came out is one.
        latency: how long one call takes, on one thread.
        parity: the comparison with the network; None without a network.
    """

    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    finite: bool
    latency: Latency
    parity: Parity | None

    def rows(self) -> list[Fact]:
        """The trial as rows of a table."""
        rows = [("given", str(value)) for value in self.inputs] + [("came out", str(value)) for value in self.outputs]
        rows += [("all finite", "yes" if self.finite else "NO"), ("one call", str(self.latency))]
        if self.parity is not None:
            verdict = "equal" if self.parity.passed else "DIFFERENT"
            rows.append(
                ("network and file", f"{verdict} within {self.parity.tolerance:g}: {self.parity.max_abs:.1e} apart")
            )
        return rows


def random_inputs(inputs: tuple[Value, ...], *, sizes: Mapping[str, int] | None = None) -> tuple[np.ndarray, ...]:
    """One random array for every input of a file: standard normal numbers, 0 and 1 for integers and truth values.

    Args:
        inputs: what the file takes.
        sizes: length of free axes by name; 1 for one that is not named.

    Raises:
        PanelError: an input is no tensor of numbers, or its number of axes is unknown; all faults at once.

    Examples:
        >>> [array.shape for array in random_inputs((Value("x", "float32", ("batch", 3, 8, 8)),), sizes={"batch": 2})]
        [(2, 3, 8, 8)]
    """
    faults = [str(value) for value in inputs if value.shape is None or value.dtype not in _KINDS]
    if faults:
        raise PanelError(f"no random input can be made for {'; '.join(faults)}: give the panel an example instead")
    draw = np.random.default_rng(_SEED)
    made = []
    for value in inputs:
        shape = [size if isinstance(size, int) else (sizes or {}).get(size or "", 1) for size in value.shape or ()]
        real = value.dtype.startswith("float")
        made.append((draw.standard_normal(shape) if real else draw.integers(0, 2, shape)).astype(value.dtype))
    return tuple(made)


_KINDS = (
    "float16",
    "float32",
    "float64",
    "bool",
    *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
)


@final
class OnnxPanel(Panel):
    """Shows an ONNX file: facts, how often each operator occurs, a node list to search, one node in full, a trial run.

    The file is read once, when the panel is made; nothing in it is executed until `verify`.

    Args:
        path: the file.
        network: what it was exported from, to compare with; left as it was.
        example: arrays or tensors to run it on, one an input; random ones without it.
        sizes: lengths of free axes of random input, by name; 1 for one that is not named.

    Raises:
        OnnxError: there is no such file, or it is not ONNX.
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
        self._path = Path(path)
        self._summary = summary(self._path)
        self._network = network
        self._example = (example,) if isinstance(example, Tensor) else example
        self._sizes = dict(sizes or {})
        self._text, self._op = "", ""
        self._node: Node | None = None
        self._job: Job[Trial] | None = None
        self._threads = get_num_threads()

    def __repr__(self) -> str:
        return f"OnnxPanel({self._path.name!r}, {len(self._summary.nodes)} nodes)"

    @property
    def summary(self) -> Summary:
        """What the file holds."""
        return self._summary

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
        """The nodes that match the search, in the order in which they run."""
        words = self._text.lower().split()
        return tuple(
            node
            for node in self._summary.nodes
            if self._op in ("", node.op)
            and all(word in f"{node.name} {node.op} {node.scope}".lower() for word in words)
        )

    @property
    def node(self) -> Node | None:
        """The node shown in full."""
        return self._node

    @property
    def trial(self) -> Trial | None:
        """What the last run showed; None before it is over, and where it failed."""
        return self._job.result if self._job is not None else None

    @property
    def verifying(self) -> bool:
        """Whether a run is under way."""
        return self._job is not None and self._job.running

    def search(self, text: str | None = None, *, op: str | None = None) -> None:
        """Lists the nodes whose name, operator and module hold all words of a text, of one operator or all.

        Args:
            text: words, in any order, whatever their case; None leaves it.
            op: an operator of the file; empty for all, None leaves it.

        Raises:
            PanelError: the file has no such operator.
        """
        if op and op not in self._summary.ops:
            raise PanelError(f"no operator {op!r} in {self._path.name}; there is {', '.join(self._summary.ops)}")
        with self._lock:
            self._text = self._text if text is None else text
            self._op = self._op if op is None else op
        self.say("")

    def select(self, name: str) -> None:
        """Shows one node in full; an empty name shows none.

        Raises:
            OnnxError: there is no node of that name.
        """
        self._node = self._summary.node(name) if name else None
        self.say("")

    def verify(self) -> None:
        """Runs the file in the background, times it, and compares it with the network where there is one.

        Raises:
            PanelError: a run is under way already, no input can be made up, or the panel is closed.
        """
        with self._lock:
            self._open()
            if self.verifying:
                raise PanelError("a run is under way already: wait() for it")
            made = self._example or tuple(
                from_numpy(array) for array in random_inputs(self._summary.inputs, sizes=self._sizes)
            )
            work = partial(_tried, self._path, made, self._network)
            self._job = Job(work, name="verify", threads=self._threads, done=self._over).start()
        self.say("")

    def wait(self, timeout: float | None = None) -> Trial:
        """Waits for the run under way, or the last, and returns what it showed.

        Raises:
            PanelError: none was asked for, or it is not done in time. What the run raised is raised again.
        """
        if self._job is None:
            raise PanelError("nothing runs: call verify() first")
        return self._job.wait(timeout)

    def close(self) -> None:
        """Waits for a run under way, then closes the view."""
        if self._job is not None:
            self._job.join()
        super().close()

    def facts(self) -> list[Fact]:
        """What the file holds, in a few rows."""
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
        """How often each operator occurs."""
        ops = {op: float(count) for op, count in self._summary.ops.items()}
        figure = plot.bars(ops, x_label="nodes", title=f"Operators of {self._path.name}", limit=None)
        return [
            (
                f"Operators of {self._path.name}: " + ", ".join(f"{op} {count:g}" for op, count in ops.items()),
                plot.png(figure),
            )
        ]

    def _over(self) -> None:
        if self._job is not None and self._job.error is not None:
            self._message = explain(self._job.error, more="(panel.wait() raises it again, with the place it came from)")
        self.changed()


def _tried(path: Path, given: tuple[Tensor, ...], network: nn.Module | None) -> Trial:
    session = Session(path, threads=1)
    answers = session(*given)
    finite = all(bool(np.isfinite(answer).all()) for answer in answers if answer.dtype.kind in "fc")
    ins = zip(session.inputs, given, strict=True)
    outs = zip(session.outputs, answers, strict=True)
    return Trial(
        tuple(Value(value.name, value.dtype, tuple(array.shape)) for value, array in ins),
        tuple(Value(value.name, value.dtype, tuple(array.shape)) for value, array in outs),
        finite,
        latency(path, *given),
        None if network is None else verify(network, path, [given]),
    )
