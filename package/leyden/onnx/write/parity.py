"""Whether an ONNX file computes what a network computes, as measured."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from leyden.errors import ExportError
from leyden.onnx.provider import Provider
from leyden.onnx.reader import Source
from leyden.onnx.session import Session
from leyden.onnx.table import html_table, text_table
from leyden.onnx.write.call import Call, Example, bind
from leyden.onnx.write.network import evaluation_copy, parameters_of

__all__ = ["FLOOR", "Case", "Parity", "Run", "answers", "compare", "verify"]

FLOOR = 0.1
"""Outputs smaller than this are compared as if they were this large, so that rounding near zero does not count."""


@dataclass(frozen=True)
class Run:
    """One run of a network.

    Args:
        name: What was run, as in `example` or `batch=7 time=3`.
        call: What the network was given.
        wanted: What it gave, output by output with its name.
    """

    name: str
    call: Call
    wanted: tuple[tuple[str, Tensor], ...]


@dataclass(frozen=True)
class Case:
    """One output of one run, compared.

    Args:
        run: Name of the run.
        output: Name of the output in the file.
        absolute: Largest absolute difference; infinite where the shape or element type differs, or where one side
            is not a number and the other is.
        relative: `absolute` over the largest absolute value of the network's output, or over `FLOOR` if that is larger.
        note: What differs besides numbers; empty when nothing does.
    """

    run: str
    output: str
    absolute: float
    relative: float
    note: str = ""


@dataclass(frozen=True)
class Parity:
    """A network and a file side by side on the same inputs.

    Args:
        cases: One entry a run and output.
        tolerance: Largest `relative` that passes; integers and booleans must be equal.
    """

    cases: tuple[Case, ...]
    tolerance: float

    @property
    def passed(self) -> bool:
        """Whether every case is within the tolerance."""
        return not self.failures

    @property
    def failures(self) -> tuple[Case, ...]:
        """The cases beyond the tolerance."""
        return tuple(case for case in self.cases if not case.relative <= self.tolerance)

    @property
    def max_abs(self) -> float:
        """The largest absolute difference of all cases."""
        return max(case.absolute for case in self.cases)

    @property
    def max_rel(self) -> float:
        """The largest relative difference of all cases."""
        return max(case.relative for case in self.cases)

    def rows(self) -> list[tuple[str, ...]]:
        """Give the table: a header, then one row a case."""
        header = ("run", "output", "max abs", "max rel", "")
        return [header, *((c.run, c.output, f"{c.absolute:.2e}", f"{c.relative:.2e}", c.note) for c in self.cases)]

    def __str__(self) -> str:
        verdict = "equal" if self.passed else "DIFFERENT"
        return f"{verdict} within {self.tolerance:g}\n{text_table(self.rows())}"

    def _repr_html_(self) -> str:
        return html_table(self.rows())


def verify(
    net: nn.Module,
    source: Source,
    examples: Sequence[Example],
    *,
    tolerance: float = 1e-4,
    providers: Sequence[Provider] | None = None,
) -> Parity:
    """Run a network (a copy, in evaluation mode) and an ONNX file on the same examples and compare.

    Args:
        net: The network; it stays as it is.
        source: Path of a file, or its content.
        examples: What both are called with, at least one.
        tolerance: Largest relative difference that passes.
        providers: What runs the file, as in `leyden.onnx.Session`; None is the CPU's alone.

    Returns:
        The comparison; it is returned, not raised, when they differ.

    Raises:
        ExportError: There is no example, or one does not fit the network.
        OnnxError: The file cannot be opened, or not by these providers, or an example does not fit it.
    """
    if not examples:
        raise ExportError("there is nothing to compare: give at least one example")
    twin = evaluation_copy(net)
    calls = {f"example {i}": bind(parameters_of(twin), example) for i, example in enumerate(examples)}
    return compare(answers(twin, calls), Session(source, providers=providers), tolerance=tolerance)


def answers(net: nn.Module, calls: Mapping[str, Call]) -> list[Run]:
    """Run a network, which must be in evaluation mode, on named calls; the state of torch's generator is kept.

    Raises:
        ExportError: The network itself fails on one of them.
    """
    runs = []
    with torch.random.fork_rng(devices=[]):
        for name, call in calls.items():
            try:
                runs.append(Run(name, call, tuple(call.on(net))))
            except ExportError:
                raise
            except Exception as error:  # the user's own code
                hint = "; choose sizes that it takes with batch_sizes and sizes" if "=" in name else ""
                raise ExportError(
                    f"the network itself fails on {name}: {type(error).__name__}: {error}{hint}"
                ) from error
    return runs


def compare(runs: Iterable[Run], session: Session, *, tolerance: float) -> Parity:
    """Run an opened file on what a network was run on and compare the answers."""
    cases: list[Case] = []
    for run in runs:
        given = session(*run.call.tensors)
        if len(given) != len(run.wanted):
            raise ExportError(f"the network gives {len(run.wanted)} outputs and the file {len(given)}")
        for value, (_, reference), answer in zip(session.outputs, run.wanted, given, strict=True):
            cases.append(_case(run.name, value.name, reference, answer))
    return Parity(tuple(cases), tolerance)


def _case(run: str, output: str, reference: Tensor, answer: np.ndarray) -> Case:
    wanted = reference.detach().cpu().numpy()
    if wanted.shape != answer.shape or wanted.dtype != answer.dtype:
        note = f"{wanted.dtype}{list(wanted.shape)} in torch, {answer.dtype}{list(answer.shape)} in the file"
        return Case(run, output, np.inf, np.inf, note)
    if wanted.dtype.kind not in "fc":
        unequal = int(np.count_nonzero(wanted != answer))
        apart = np.abs(wanted.astype(np.float64) - answer.astype(np.float64)).max(initial=0.0)
        return Case(run, output, float(apart), np.inf if unequal else 0.0, f"{unequal} unequal" if unequal else "")
    finite = np.isfinite(wanted)
    odd = ~finite | ~np.isfinite(answer)
    if not np.array_equal(wanted[odd], answer[odd], equal_nan=True):
        return Case(run, output, np.inf, np.inf, "not finite in different places")
    left, right = wanted[finite].astype(np.float64), answer[finite].astype(np.float64)
    absolute = float(np.abs(left - right).max(initial=0.0))
    return Case(run, output, absolute, absolute / max(float(np.abs(left).max(initial=0.0)), FLOOR))
