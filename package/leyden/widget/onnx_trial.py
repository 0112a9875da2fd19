"""A file tried out: run on made-up input, timed, compared with the network that it came from."""

import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import Tensor, nn

from leyden.errors import PanelError
from leyden.onnx import Latency, Parity, Session, Value, latency, verify
from leyden.widget.base.panel import Fact

__all__ = ["Stage", "Trial", "random_inputs", "reading_seconds", "size_of", "tried"]

_SEED = 0
_SECONDS = 5.0  # that timing may take, about
_LEAST, _MOST = 3, 30  # calls that are timed
_SAMPLE = 2**20
_MORE = 1.2  # what reading takes, in times what deflating takes


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


@dataclass(frozen=True)
class Stage:
    """What is done at present, since when, and how many seconds it will take; None where nobody knows.

    Examples:
        >>> Stage("timing", began=time.monotonic(), expected=60).remaining > 59
        True
    """

    what: str
    began: float
    expected: float | None = None

    @property
    def remaining(self) -> float | None:
        """Seconds left, as far as one can tell."""
        return None if self.expected is None else max(0.0, self.began + self.expected - time.monotonic())

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1; 0 where nobody knows."""
        return min(0.99, (time.monotonic() - self.began) / self.expected) if self.expected else 0.0


def random_inputs(inputs: tuple[Value, ...], *, sizes: Mapping[str, int] | None = None) -> tuple[np.ndarray, ...]:
    """One random array for every input of a file: standard normal numbers, 0 and 1 for integers and truth values.

    Args:
        inputs: what the file takes.
        sizes: length of free axes by name; 1 for one that is not named, and for one of a negative length in the file.

    Raises:
        PanelError: an input is no tensor of numbers, or its number of axes is unknown, or a size is below 0 or of no
            axis; all faults at once.

    Examples:
        >>> [array.shape for array in random_inputs((Value("x", "float32", ("batch", 3, 8, 8)),), sizes={"batch": 2})]
        [(2, 3, 8, 8)]
    """
    sizes = sizes or {}
    faults = [str(value) for value in inputs if value.shape is None or value.dtype not in _KINDS]
    if faults:
        raise PanelError(f"no random input can be made for {'; '.join(faults)}: give the panel an example instead")
    free = {size for value in inputs for size in value.shape or () if isinstance(size, str)}
    wrong = {name: size for name, size in sizes.items() if name not in free or size < 0}
    if wrong:
        raise PanelError(f"sizes are lengths of free axes, 0 or more; given {wrong}, there are {sorted(free)}")
    draw = np.random.default_rng(_SEED)
    made = []
    for value in inputs:
        named = [sizes.get(size or "", 1) if not isinstance(size, int) else size for size in value.shape or ()]
        shape = [1 if size < 0 else size for size in named]
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


def tried(
    path: Path, given: tuple[Tensor, ...], network: nn.Module | None, *, tell: Callable[[str, float | None], None]
) -> Trial:
    """Runs a file, times it and compares it; where one call is slow, fewer are timed.

    Args:
        path: the file.
        given: one tensor an input.
        network: what it was exported from; None compares nothing.
        tell: called with what is done next, and the seconds it will take; None where nobody knows.
    """
    tell("opening the file", None)
    session = Session(path, threads=1)
    tell("running it once", None)
    began = time.perf_counter()
    answers = session(*given)
    seconds = time.perf_counter() - began
    repeats = min(_MOST, max(_LEAST, int(_SECONDS / max(seconds, 1e-6))))
    warmup = 5 if repeats == _MOST else 0
    tell(f"timing {repeats + warmup} calls", seconds * (repeats + warmup))
    timed = latency(path, *given, repeats=repeats, warmup=warmup)
    if network is not None:
        tell("comparing it with the network", None)
    finite = all(bool(np.isfinite(answer).all()) for answer in answers if answer.dtype.kind in "fc")
    ins, outs = (
        zip(ends, arrays, strict=True) for ends, arrays in ((session.inputs, given), (session.outputs, answers))
    )
    return Trial(
        tuple(Value(value.name, value.dtype, tuple(array.shape)) for value, array in ins),
        tuple(Value(value.name, value.dtype, tuple(array.shape)) for value, array in outs),
        finite,
        timed,
        None if network is None else verify(network, path, [given]),
    )


def size_of(path: Path) -> int:
    """Bytes of a file and of the files beside it that may hold its weights; 0 where there is no such file."""
    if not path.is_file():
        return 0
    return sum(
        each.stat().st_size for each in path.parent.iterdir() if each.name.startswith(path.stem) and each.is_file()
    )


def reading_seconds(path: Path) -> float:
    """How long it takes to read a file, about, from how fast a piece of it can be deflated."""
    with path.open("rb") as stream:
        stream.seek(path.stat().st_size // 2)
        sample = stream.read(_SAMPLE)
    began = time.perf_counter()
    zlib.compress(sample, zlib.Z_BEST_SPEED)
    return _MORE * (time.perf_counter() - began) / max(len(sample), 1) * size_of(path)
