"""Running an ONNX file with onnxruntime, and timing it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import onnxruntime
from torch import Tensor

from leyden.errors import OnnxError
from leyden.onnx.provider import CPU, Provider, requested, started
from leyden.onnx.reader import LIMIT, Source
from leyden.onnx.value import Value, axis_name

__all__ = ["Array", "Latency", "Session", "latency", "run"]

Array: TypeAlias = np.ndarray | Tensor
"""What a file is run on; tensors are read on the CPU, without their gradients."""

_NUMPY = {"float": "float32", "double": "float64"}
_FATAL = 4


@dataclass(frozen=True)
class Latency:
    """How long one call of an ONNX file takes; `float()` of it is the median.

    Args:
        median: Seconds.
        p10: Seconds that one call in ten stays under.
        p90: Seconds that nine calls in ten stay under.
        repeats: Calls that were timed.
        threads: Threads that onnxruntime used inside an operator.
        provider: What ran it, or as much of it as it can.
    """

    median: float
    p10: float
    p90: float
    repeats: int
    threads: int
    provider: str = CPU

    def __float__(self) -> float:
        return self.median

    def __str__(self) -> str:
        spread = f"{self.p10 * 1e3:.3g} to {self.p90 * 1e3:.3g}"
        where = "" if self.provider == CPU else f", {self.provider}"
        return f"{self.median * 1e3:.3g} ms ({spread} ms; {self.repeats} calls, threads: {self.threads}{where})"


class Session:
    """An ONNX file opened for running; it is called with arrays and gives a list of arrays. Final.

    The file is read when the session is made; a later change of the file changes nothing here.

    Args:
        source: Path of a file, or its content.
        threads: Threads that onnxruntime, and OpenVINO in it, may use inside an operator; None leaves the choice to
            them.
        providers: What runs the file, in order of preference: onnxruntime's names of its execution providers, or pairs
            of a name and its options. What one cannot run the next does, and the CPU's provider is behind them all.
            None is the CPU's alone.

    Attributes:
        inputs: What the file takes.
        outputs: What it gives.
        providers: Names of what runs it, in order of preference.

    Raises:
        OnnxError: The file is missing, is not ONNX, or has operators that onnxruntime cannot run; or a provider is not
            one, is not in this onnxruntime, or does not start, where onnxruntime itself would go on with the CPU's.
    """

    def __init__(
        self, source: Source, *, threads: int | None = None, providers: Sequence[Provider] | None = None
    ) -> None:
        if threads is not None and threads < 1:
            raise OnnxError(f"threads must be 1 or more, or None for onnxruntime's choice; given: {threads}")
        wanted = requested(providers, threads=threads)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = _FATAL  # what goes wrong is raised; the log would say it again on stderr
        options.intra_op_num_threads = threads or 0
        self._name = "the bytes given" if isinstance(source, bytes) else str(source)
        path = _checked(source)
        try:  # without its fallback, which takes another provider and tells it on stdout
            self._session = onnxruntime.InferenceSession(path, options, providers=wanted, enable_fallback=0)
        except Exception as error:  # onnxruntime's errors share no base but this one
            raise OnnxError(f"{self._name}: onnxruntime cannot open it: {_reason(error)}") from error
        self.providers = started([name for name, _ in wanted], self._session.get_providers())
        self.inputs = tuple(_value(node) for node in self._session.get_inputs())
        self.outputs = tuple(_value(node) for node in self._session.get_outputs())

    def __call__(self, *arrays: Array) -> list[np.ndarray]:
        """Run the file on one array an input, in the order of `inputs`.

        Raises:
            OnnxError: The arrays differ from the inputs in number, element type or shape, or the run fails.
        """
        given = [_numpy(array) for array in arrays]
        faults = _faults(self.inputs, given)
        if faults:
            takes = "; ".join(map(str, self.inputs))
            got = "; ".join(f"{array.dtype}[{', '.join(map(str, array.shape))}]" for array in given)
            raise OnnxError(f"{self._name} takes {takes}; given: {got or 'nothing'}. {'; '.join(faults)}")
        try:
            answers = self._session.run(None, dict(zip((value.name for value in self.inputs), given, strict=True)))
        except Exception as error:  # onnxruntime's errors share no base but this one
            raise OnnxError(f"{self._name}: onnxruntime failed while running it: {_reason(error)}") from error
        return [np.asarray(answer) for answer in answers]


def run(
    source: Source, *arrays: Array, threads: int | None = None, providers: Sequence[Provider] | None = None
) -> list[np.ndarray]:
    """Run an ONNX file once.

    The file is opened at each call, so what it holds now is what runs; for many calls keep a `Session`.

    Args:
        source: Path of a file, or its content.
        arrays: One array an input, in the order of the file's inputs.
        threads: Threads that onnxruntime may use inside an operator; None leaves the choice to onnxruntime.
        providers: What runs the file, as in `Session`; None is the CPU's alone.

    Returns:
        One array an output, in the order of the file's outputs.

    Raises:
        OnnxError: The file cannot be opened, or not by these providers, or the arrays are not what it takes.
    """
    return Session(source, threads=threads, providers=providers)(*arrays)


def latency(
    source: Source,
    *arrays: Array,
    repeats: int = 30,
    warmup: int = 5,
    threads: int = 1,
    providers: Sequence[Provider] | None = None,
) -> Latency:
    """Time one call of an ONNX file; opening the file is not counted.

    Args:
        source: Path of a file, or its content.
        arrays: One array an input, in the order of the file's inputs.
        repeats: Calls that are timed, at least 1.
        warmup: Calls before them that are not.
        threads: Threads that onnxruntime may use inside an operator; one gives the steadiest figures.
        providers: What runs the file, as in `Session`; None is the CPU's alone.

    Raises:
        OnnxError: The file cannot be opened, or not by these providers, or the arrays are not what it takes.
    """
    if repeats < 1 or warmup < 0:
        raise OnnxError(f"repeats must be 1 or more and warmup 0 or more; given: {repeats} and {warmup}")
    session = Session(source, threads=threads, providers=providers)
    given = [_numpy(array) for array in arrays]
    for _ in range(warmup):
        session(*given)
    seconds = [_timed(session, given) for _ in range(repeats)]
    p10, median, p90 = (float(value) for value in np.percentile(seconds, (10, 50, 90)))
    return Latency(median, p10, p90, repeats, threads, session.providers[0])


def _checked(source: Source) -> str | bytes:
    if isinstance(source, bytes):
        return source
    path = Path(source)
    if not path.is_file():
        raise OnnxError(f"{path}: {'a folder, not a file' if path.is_dir() else 'no such file'}")
    if path.stat().st_size > LIMIT:
        raise OnnxError(f"{path}: {path.stat().st_size} bytes; an ONNX file holds {LIMIT} at most")
    return str(path)


def _value(node: onnxruntime.NodeArg) -> Value:
    kind = str(node.type)
    if not kind.startswith("tensor("):
        return Value(node.name, kind)
    dtype = kind.removeprefix("tensor(").removesuffix(")")
    shape = tuple(axis_name(size) if isinstance(size, str) else size for size in node.shape)
    return Value(node.name, _NUMPY.get(dtype, dtype), shape)


def _faults(inputs: Sequence[Value], given: Sequence[np.ndarray]) -> list[str]:
    if len(inputs) != len(given):
        return [f"{len(inputs)} arrays are needed and {len(given)} were given"]
    faults, seen = [], {}
    for value, array in zip(inputs, given, strict=True):
        if str(array.dtype) != value.dtype and (value.dtype, array.dtype.kind) not in {
            ("string", "U"),
            ("string", "O"),
        }:
            faults.append(f"{value.name} must be {value.dtype}, not {array.dtype}: convert it with .astype")
        shape = array.shape if value.shape is None else value.shape
        if len(shape) != array.ndim:
            faults.append(f"{value.name} must have {len(shape)} axes, not {array.ndim}")
            continue
        for axis, (wanted, size) in enumerate(zip(shape, array.shape, strict=True)):
            expected = seen.setdefault(wanted, size) if isinstance(wanted, str) else wanted
            if expected not in (None, size):
                faults.append(f"axis {axis} of {value.name} must be {expected}, not {size}")
    return faults


def _numpy(array: Array) -> np.ndarray:
    return array.detach().cpu().numpy() if isinstance(array, Tensor) else array


def _timed(session: Session, given: Sequence[np.ndarray]) -> float:
    started = time.perf_counter()
    session(*given)
    return time.perf_counter() - started


def _reason(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
