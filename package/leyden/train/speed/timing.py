"""Which precision is fastest for a network: measured on the network itself, at the size it will see."""

import copy
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import final

import torch
from torch import Tensor, nn

from leyden.errors import TrainError
from leyden.train.speed.precision import Precision, bfloat16_pays

__all__ = ["PRECISIONS", "Timed", "Timings", "fastest"]

PRECISIONS = (
    Precision("bfloat16", "channels_last"),
    Precision("bfloat16"),
    Precision("float32", "channels_last"),
    Precision("float32", "onednn"),
    Precision("float32"),
)
"""What `fastest` tries, the one that mostly wins first."""

_PATIENCE = 2.0


@dataclass(frozen=True)
class Timed:
    """Seconds of one step (or one forward pass) in a precision, and how far its answer is from float32's.

    Attributes:
        gap: largest absolute difference of the outputs, over the largest absolute output.
        cosine: between the gradients of all weights and float32's; 1 where none were asked for. Both without dropout.
    """

    precision: Precision
    seconds: float
    gap: float
    cosine: float


@final
@dataclass(frozen=True)
class Timings:
    """What each precision takes, in the order of the trial; plain float32 is the last.

    Attributes:
        rows: one a precision.
        shape: of the batch it was measured on.
        training: whether whole steps were measured, or forward passes.
        threads: of torch, while it was measured.
    """

    rows: tuple[Timed, ...]
    shape: tuple[int, ...]
    training: bool
    threads: int

    @property
    def best(self) -> Precision:
        """The fastest."""
        return min(self.rows, key=lambda row: row.seconds).precision

    @property
    def speedup(self) -> float:
        """How many times as fast as plain float32 the fastest is."""
        return self.rows[-1].seconds / min(row.seconds for row in self.rows)

    def __str__(self) -> str:
        what = "training step" if self.training else "forward pass"
        size = " x ".join(map(str, self.shape))
        head = f"{what} on {size}, {self.threads} thread{'s' * (self.threads != 1)}"
        plain = self.rows[-1].seconds
        lines = [
            f"{row.precision!s:24} {row.seconds * 1e3:8.1f} ms  {plain / row.seconds:5.1f}x  gap {row.gap:.1e}"
            + (f"  gradient cosine {row.cosine:.4f}" if self.training else "")
            for row in self.rows
        ]
        return "\n".join([head, *lines])


def fastest(
    network: nn.Module, example: Tensor, *, training: bool = True, repeats: int = 3,
    precisions: Sequence[Precision] = PRECISIONS,
) -> Timings:  # fmt: skip
    """Time a network in each precision on the CPU.

    A copy is measured, without dropout's draws reaching the caller. Costs about `repeats` + 1 steps of each precision;
    one that takes more than twice as long as the best so far is not repeated.

    Args:
        network: on the CPU, its weights float32.
        example: a batch as it will be given: the choice depends on its shape.
        training: times forward, backward and a plain gradient step, in training mode; otherwise a forward pass without
            gradients, in evaluation mode.
        repeats: timed runs, of which the median counts; 1 or more.
        precisions: what to try; bfloat16 is left out where the processor has no instructions for it. Plain float32 is
            always measured.

    Raises:
        TrainError: a network or an example that is not float32 on the CPU, or fewer than one repeat.

    Examples:
        >>> network = torch.nn.Conv3d(1, 2, 3, padding=1)
        >>> timings = fastest(network, torch.rand(1, 1, 8, 8, 8), training=False)
        >>> timings.rows[-1].precision, timings.best in PRECISIONS
        (Precision(dtype='float32', kernels='torch'), True)
    """
    _check(network, example, repeats)
    network = copy.deepcopy(network).train(training)
    plain = Precision()
    tried = [way for way in precisions if way != plain and (way.dtype == "float32" or bfloat16_pays())]
    with torch.random.fork_rng(devices=[]):
        truth = _answer(network, example, plain, training)
        rows: list[Timed] = []
        for way in (*tried, plain):
            found = truth if way == plain else _answer(network, example, way, training)
            best = min((row.seconds for row in rows), default=float("inf"))
            seconds = _seconds(network, example, way, training=training, repeats=repeats, patience=_PATIENCE * best)
            rows.append(Timed(way, seconds, _gap(found[0], truth[0]), _cosine(found[1], truth[1])))
    return Timings(tuple(rows), tuple(example.shape), training, torch.get_num_threads())


def _check(network: nn.Module, example: Tensor, repeats: int) -> None:
    strange = {f"{part.dtype} on {part.device}" for part in (example, *network.parameters())}
    if repeats < 1 or strange - {"torch.float32 on cpu"}:
        raise TrainError(
            f"fastest compares float32 networks on the CPU with 1 or more repeats; given {sorted(strange)}, {repeats}"
        )


def _answer(network: nn.Module, example: Tensor, way: Precision, training: bool) -> tuple[Tensor, Tensor | None]:
    """Output and gradient of all weights, in evaluation mode: dropout draws other voxels in another layout."""
    network = copy.deepcopy(network).eval()
    with way.on(), torch.set_grad_enabled(training):
        output = network(example)
    if not training:
        return output.float(), None
    _backward(output)
    slopes = [p.grad.flatten().double() for p in network.parameters() if p.grad is not None]
    return output.detach().float(), torch.cat(slopes) if slopes else None


def _seconds(
    network: nn.Module, example: Tensor, way: Precision, *, training: bool, repeats: int, patience: float
) -> float:
    taken: list[float] = []
    learning = [parameter for parameter in network.parameters() if parameter.requires_grad]
    for _ in range(repeats):
        start = time.perf_counter()
        with way.on(), torch.set_grad_enabled(training):
            output = network(example)
        if training:
            _backward(output)
            with torch.no_grad():
                for parameter in learning:
                    if parameter.grad is not None:
                        parameter.sub_(parameter.grad, alpha=0.0)
        network.zero_grad()
        taken.append(time.perf_counter() - start)
        if taken[-1] > patience:
            break
    return median(taken)


def _backward(output: Tensor) -> None:
    output.float().square().mean().backward()


def _gap(found: Tensor, truth: Tensor) -> float:
    return float((found - truth).abs().max() / truth.abs().max().clamp_min(1e-12))


def _cosine(found: Tensor | None, truth: Tensor | None) -> float:
    if found is None or truth is None:
        return 1.0
    return float(nn.functional.cosine_similarity(found, truth, dim=0))
