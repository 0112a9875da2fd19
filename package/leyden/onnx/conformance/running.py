"""Cases of ONNX's test suite, run in processes of their own and compared in this one."""

import contextlib
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, final

from onnx.backend.test.runner import Runner

from leyden.errors import OnnxError
from leyden.onnx.conformance.case import Case
from leyden.onnx.conformance.outcome import Outcome, Status
from leyden.onnx.conformance.serving import READY

__all__ = ["COMMAND", "Child", "conform"]

COMMAND = (sys.executable, "-m", "leyden.onnx.conformance.child")
"""What answers by way of leyden."""

_START = 300.0  # seconds to import torch on a machine that has much else to do


@final
class Child:
    """A process that loads and runs models; where it dies it is started again at the next case.

    Args:
        command: Starts a process that answers as `leyden.onnx.conformance.serving` does.
        limit: Seconds that a case may take.

    Raises:
        OnnxError: The process does not start.
    """

    def __init__(self, command: Sequence[str] = COMMAND, *, limit: float = 60.0) -> None:
        self._command = list(command)
        self._limit = limit
        self._process: subprocess.Popen[bytes] | None = None
        self._late = False

    def run(self, case: Case) -> Outcome:
        """Load and run a case, and compare what it gives by ONNX's own rule."""
        if self._process is None:
            self._start()
        reply = self._ask((case.model, case.inputs), self._limit)
        if reply is None:
            status: Status = "timeout" if self._late else "crash"
            return _outcome(case, status, f"more than {self._limit:g} s" if self._late else self._stop())
        fault, outputs, seconds = reply
        fault = fault or _difference(case, outputs)
        return _outcome(case, "fail" if fault else "pass", fault or "", seconds)

    def close(self) -> None:
        """End the process; another case would start it again."""
        self._stop()

    def _start(self) -> None:
        with tempfile.TemporaryFile() as said:
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(self._command, stdin=pipe, stdout=pipe, stderr=said)
            if self._ask(None, _START) != READY:
                self._stop()
                said.seek(0)
                last = said.read().decode(errors="replace").strip().splitlines()[-1:]
                raise OnnxError(f"{' '.join(self._command)} does not start: {''.join(last) or 'it says nothing'}")

    def _ask(self, question: Any, limit: float) -> Any:
        """Put a question, if it is one, and give the answer; None if the process dies over it, or is too slow."""
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        self._late = False
        timer = threading.Timer(limit, self._expire)
        timer.start()
        try:
            if question is not None:
                pickle.dump(question, process.stdin)
                process.stdin.flush()
            return pickle.load(process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError):  # the pipe is broken, maybe in the midst of an answer
            if self._late:
                self._stop()
            return None
        finally:
            timer.cancel()

    def _expire(self) -> None:
        self._late = True
        if self._process is not None:
            self._process.kill()

    def _stop(self) -> str:
        """End the process, and say how it ended."""
        process, self._process = self._process, None
        if process is None:
            return ""
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(BrokenPipeError):  # it is gone, and what was not yet written to it, too
            process.stdin.close()
        process.stdout.close()
        try:
            code = process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        return f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


def conform(
    cases: Iterable[Case], *, command: Sequence[str] = COMMAND, processes: int = 2, limit: float = 60.0,
    tell: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:  # fmt: skip
    """Run cases, each in one of a few processes, and say what came of them, in their order.

    Args:
        cases: Those to run.
        command: Starts a process that answers; leyden's own, or that of another importer.
        processes: How many run beside each other.
        limit: Seconds that a case may take; the process that takes longer is killed.
        tell: Called with each outcome as it comes, from any thread.

    Raises:
        OnnxError: A process does not start.
    """
    free: queue.SimpleQueue[Child] = queue.SimpleQueue()
    children = [Child(command, limit=limit) for _ in range(processes)]
    for child in children:
        free.put(child)

    def one(case: Case) -> Outcome:
        child = free.get()
        try:
            outcome = child.run(case)
        finally:
            free.put(child)
        tell(outcome)
        return outcome

    with warnings.catch_warnings(), ThreadPoolExecutor(processes) as pool:
        warnings.simplefilter("ignore")  # NumPy's, of infinities that are compared
        try:
            return list(pool.map(one, cases))
        finally:
            for child in children:
                child.close()


def _difference(case: Case, outputs: Sequence[Sequence[Any]]) -> str:
    try:
        for expected, given in zip(case.outputs, outputs, strict=True):
            Runner.assert_similar_outputs(expected, given, rtol=case.rtol, atol=case.atol)
    except Exception as error:  # the rule trips over some values that are no arrays, too
        return f"{type(error).__name__}: {error}"
    return ""


def _outcome(case: Case, status: Status, reason: str, seconds: float = 0.0) -> Outcome:
    line = " ".join(reason.split())[:300]
    return Outcome(case.name, case.kind, case.operator, case.plain, status, line, round(seconds, 3))
