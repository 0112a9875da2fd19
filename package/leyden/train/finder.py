"""The learning-rate range test: one short run in which the rate grows until the loss explodes.

Examples:
    >>> from leyden.train import Classifier, Tuning, find_rate
    >>> net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3, 2))
    >>> task = Classifier(net, ["a", "b"], tuning=Tuning(freeze=0))
    >>> images = torch.randn(8, 3, 1, 1, generator=torch.Generator().manual_seed(0))
    >>> 1e-6 < find_rate(task, [(images, (images.sum((1, 2, 3)) > 0).long())]).suggestion < 1
    True
"""

import copy
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import torch

from leyden.errors import TrainError
from leyden.train.task import Task, checked_task

__all__ = ["RateCurve", "find_rate"]


@dataclass(frozen=True)
class RateCurve:
    """Smoothed loss at every tried rate, and the rate at which it fell fastest."""

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    suggestion: float

    def __repr__(self) -> str:
        return f"RateCurve({len(self.rates)} rates, suggestion {self.suggestion:.2e})"


def find_rate(
    task: Task, batches: Iterable[Any], *, low: float = 1e-6, high: float = 1.0, steps: int = 60, seed: int = 0
) -> RateCurve:
    """Tries rates from low to high, one batch each, on a copy of the task, and suggests one.

    Args:
        task: left as it was.
        batches: batches as the task takes them; gone through again when there are fewer than `steps`.
        low: first rate.
        high: last rate; the run ends before it once the loss is four times its lowest, or not a number.
        steps: rates tried, at equal ratios; at least 10.
        seed: seeds dropout; torch's random state is put back afterwards.

    Returns:
        The curve; `suggestion` is where the smoothed loss falls fastest over the logarithm of the rate.

    Raises:
        TrainError: no task, rates out of order, too few steps, no batch, or a loss that is no number at the first rate.

    Source:
        Smith 2017, "Cyclical learning rates for training neural networks" (arXiv:1506.01186), section 3.3.
    """
    checked_task(task)
    if not 0 < low < high or steps < 10:
        raise TrainError(f"find_rate needs 0 < low < high and steps >= 10, given low={low}, high={high}, steps={steps}")
    tried = [low * (high / low) ** (step / (steps - 1)) for step in range(steps)]
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        losses = _until_explosion(_losses(copy.deepcopy(task).train(), _cycle(batches), tried))
    smooth = _smoothed([loss for loss in losses if math.isfinite(loss)])
    if len(smooth) < 3:
        raise TrainError(f"the loss is {losses[:3]} from the first rate on ({low:g}): look at the data or lower `low`")
    slopes = [after - before for before, after in zip(smooth[:-2], smooth[2:], strict=True)]
    return RateCurve(tuple(tried[: len(smooth)]), tuple(smooth), tried[slopes.index(min(slopes)) + 1])


def _until_explosion(losses: Iterator[float]) -> list[float]:
    seen: list[float] = []
    for loss in losses:
        seen.append(loss)
        if not math.isfinite(loss) or loss > 4 * min(seen):
            break
    return seen


def _losses(task: Task, batches: Iterator[Any], rates: list[float]) -> Iterator[float]:
    optimizer = torch.optim.AdamW([p for p in task.parameters() if p.requires_grad], lr=rates[0])
    for rate, (images, labels) in zip(rates, batches, strict=False):
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = task.loss((images.to(task.device), labels.to(task.device)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield float(loss.detach())


def _cycle(batches: Iterable[Any]) -> Iterator[Any]:
    while True:
        count = 0
        for batch in batches:
            count += 1
            yield batch
        if not count:
            raise TrainError("find_rate was given no batch: the loader is empty")


def _smoothed(losses: list[float], keep: float = 0.8) -> list[float]:
    """Exponential mean, corrected for its start."""
    mean, out = 0.0, []
    for count, loss in enumerate(losses, start=1):
        mean = keep * mean + (1 - keep) * loss
        out.append(mean / (1 - keep**count))
    return out
