"""The smallest weights go: `Magnitude`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from torch import Tensor

from leyden.prune.ranking import Scope, check_method, keep_highest
from leyden.prune.scored import Scored
from leyden.prune.subject import Keep, Subject

__all__ = ["Magnitude"]


@final
@dataclass(frozen=True)
class Magnitude(Scored):
    """Prune the weights that are smallest in absolute value.

    Exactly `round(sparsity * n)` of n weights are pruned. What is pruned already counts towards that number, so 0.8
    after 0.5 gives 0.8, and 0.5 after 0.8 changes nothing. Of equal weights the earlier go first: by order of the
    tensors in the model, then by position in memory order. The cost is linear in n.

    Args:
        sparsity: share of weights to prune, from 0 to below 1.
        scope: "global" takes the share of all chosen weights together, "local" of each tensor, of which one
            weight stays in any case.

    Raises:
        PruneError: if `sparsity` lies outside 0 to below 1.

    Examples:
        >>> import torch
        >>> Magnitude(0.5)({"a": torch.tensor([[3.0, -1.0]]), "b": torch.tensor([[0.5, -2.0]])})
        {'a': tensor([[ True, False]]), 'b': tensor([[False,  True]])}

    Source:
        Han, Pool, Tran and Dally, Learning both weights and connections for efficient neural networks, NeurIPS 2015,
        section 3; compared with second derivatives as early as LeCun, Denker and Solla, Optimal brain damage, NeurIPS
        1989. Global rather than local ranking: Frankle and Carbin, The lottery ticket hypothesis, ICLR 2019, section
        4.
    """

    sparsity: float
    scope: Scope = "global"

    def __post_init__(self) -> None:
        check_method(self.sparsity, self.scope)

    def scores(self, weights: Mapping[str, Tensor], subject: Subject | None = None) -> dict[str, Tensor]:
        """Give the absolute values; see `Scored`."""
        return {name: weight.detach().abs() for name, weight in weights.items()}

    def __call__(self, weights: Mapping[str, Tensor], subject: Subject | None = None) -> Keep:
        """Say what to keep; see `Method`."""
        # ranked as they are read, without a tensor of absolute values: half the memory of a large model
        standing = subject.standing if subject else {}
        return keep_highest(weights, self.sparsity, scope=self.scope, standing=standing, absolute=True)
