"""Any weights go: `Random`, the baseline."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from leyden.prune.ranking import Scope, check_method
from leyden.prune.scored import Scored
from leyden.prune.subject import Subject

__all__ = ["Random"]


@final
@dataclass(frozen=True)
class Random(Scored):
    """Prune weights at random: the baseline that any method should beat.

    Exactly `round(sparsity * n)` of n weights are pruned, those pruned already included, as in `Magnitude`. Equal
    seeds give equal masks for equal shapes, on any device, whatever the weights are.

    Args:
        sparsity: share of weights to prune, from 0 to below 1.
        seed: where the draw starts, a whole number of 0 or more, below 2^63.
        scope: "global" takes the share of all chosen weights together, "local" of each tensor, of which one
            weight stays in any case.

    Raises:
        PruneError: if `sparsity` lies outside 0 to below 1, or the seed is none.

    Examples:
        >>> Random(0.5, seed=0)({"a": torch.ones(2, 4)})["a"].sum()
        tensor(4)

    Source:
        The baseline of Gale, Elsen and Hooker, The state of sparsity in deep neural networks, arXiv 1902.09574, 2019.
    """

    sparsity: float
    seed: int
    scope: Scope = "global"

    def __post_init__(self) -> None:
        faults = []
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or not 0 <= self.seed < 1 << 63:
            faults.append(f"seed is a whole number from 0 to below 2^63; {self.seed!r} was given")
        check_method(self.sparsity, self.scope, *faults)

    def scores(self, weights: Mapping[str, Tensor], subject: Subject | None = None) -> dict[str, Tensor]:
        """Draw a number from 0 to 1 for each weight; see `Scored`."""
        generator = torch.Generator().manual_seed(self.seed)
        return {
            name: torch.rand(weight.shape, generator=generator).to(weight.device) for name, weight in weights.items()
        }
