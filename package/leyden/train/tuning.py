"""How fast each part of a network learns, as plain numbers: two phases, one cycle each, slower towards the input."""

import math
from dataclasses import dataclass

from leyden.errors import TrainError

__all__ = ["Tuning", "one_cycle"]


def one_cycle(fraction: float, *, warm: float, start: float = 25.0, end: float = 1e4) -> float:
    """Share of the peak rate at a fraction of a cycle: up along a half cosine, down along another.

    Args:
        fraction: how much of the cycle has passed, 0 to 1.
        warm: share of the cycle spent going up, above 0 and below 1.
        start: the cycle starts at 1/start of the peak.
        end: the cycle ends at 1/end of the peak.

    Returns:
        A factor in (0, 1]; 1 at `fraction == warm`.

    Examples:
        >>> [round(one_cycle(f, warm=0.25), 3) for f in (0.0, 0.25, 1.0)]
        [0.04, 1.0, 0.0]

    Source:
        Smith and Topin 2018, "Super-convergence" (arXiv:1708.07120); `start` and `end` are the defaults of
        torch.optim.lr_scheduler.OneCycleLR, the cosine shape too.
    """
    low, part = (1 / start, fraction / warm) if fraction < warm else (1 / end, (1 - fraction) / (1 - warm))
    return low + (1 - low) * (1 - math.cos(math.pi * min(max(part, 0.0), 1.0))) / 2


@dataclass(frozen=True)
class Tuning:
    """What fine-tuning does when: first the head alone, then everything, each in one cycle of the rate.

    Args:
        rate: peak learning rate of the head, in both phases.
        freeze: epochs at the start in which only the head learns; 0 trains everything from the first step.
        discount: the group next to the input learns at `discount` times the head's rate, the groups between at
            geometric steps; 1 gives every group the same rate.
        weight_decay: decoupled decay of weights with two or more axes (not of biases and normalisation).
        warm: share of each cycle in which the rate goes up.

    Raises:
        TrainError: a number is out of range; all faults are named at once.

    Examples:
        >>> tuning = Tuning(rate=0.01, freeze=1, discount=0.25)
        >>> [round(rate, 4) for rate in tuning.rates(0, per_epoch=10, epochs=2, groups=3)]   # the head warms up alone
        [0.0, 0.0, 0.0004]
        >>> [round(rate, 4) for rate in tuning.rates(12, per_epoch=10, epochs=2, groups=3)]  # then all, slower below
        [0.0023, 0.0045, 0.0091]

    Source:
        Howard and Ruder 2018, "Universal language model fine-tuning" (arXiv:1801.06146): gradual unfreezing and
        discriminative rates.
    """

    rate: float = 4e-3
    freeze: int = 1
    discount: float = 0.1
    weight_decay: float = 0.01
    warm: float = 0.25

    def __post_init__(self) -> None:
        rules = (
            ("rate", 0 < self.rate < math.inf, "above 0"),
            ("freeze", self.freeze >= 0, "0 or more epochs"),
            ("discount", 0 < self.discount <= 1, "above 0 and at most 1"),
            ("weight_decay", self.weight_decay >= 0, "0 or more"),
            ("warm", 0 < self.warm < 1, "above 0 and below 1"),
        )
        faults = [f"{name}={getattr(self, name)!r} must be {must}" for name, holds, must in rules if not holds]
        if faults:
            raise TrainError("Tuning: " + "; ".join(faults))

    def rates(self, step: int, *, per_epoch: int, epochs: int, groups: int) -> list[float]:
        """Learning rate of every group, input to head, at one optimiser step.

        Args:
            step: optimiser steps taken so far.
            per_epoch: optimiser steps an epoch.
            epochs: epochs of the whole run, the frozen ones included.
            groups: number of parameter groups, the head the last.

        Returns:
            One rate a group; 0 for a group that is frozen at this step.
        """
        frozen = min(self.freeze, epochs) * per_epoch
        if step < frozen:
            return [0.0] * (groups - 1) + [self.rate * one_cycle(step / frozen, warm=self.warm)]
        share = one_cycle((step - frozen) / max(1, epochs * per_epoch - frozen), warm=self.warm)
        depth = range(groups - 1, -1, -1)
        return [self.rate * share * self.discount ** (below / max(1, groups - 1)) for below in depth]
