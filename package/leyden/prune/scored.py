"""Methods that rank: each weight gets a number for its use, and the least useful go."""

from abc import abstractmethod
from collections.abc import Mapping

from torch import Tensor

from leyden.prune.ranking import Scope, keep_highest
from leyden.prune.subject import Keep, Method, Subject

__all__ = ["Scored"]


class Scored(Method):
    """Abstract: a method that gives each weight a score and prunes the share of `sparsity` with the lowest.

    Exactly `round(sparsity * n)` of n weights go, those that are pruned already included; of equal scores the earlier.
    Final classes are frozen dataclasses that name their settings, of which these two are asked for here.

    Attributes:
        sparsity: share of weights to prune, from 0 to below 1.
        scope: "global" ranks all chosen weights together, "local" those of each tensor.

    Examples:
        >>> import torch
        >>> from dataclasses import dataclass
        >>> @dataclass(frozen=True)
        ... class Largest(Scored):
        ...     sparsity: float
        ...     scope: Scope = "global"
        ...
        ...     def scores(self, weights, subject=None):
        ...         return {name: -weight.abs() for name, weight in weights.items()}
        >>> Largest(0.5)({"a": torch.tensor([[3.0, -1.0]])})
        {'a': tensor([[False,  True]])}
    """

    sparsity: float
    scope: Scope

    @abstractmethod
    def scores(self, weights: Mapping[str, Tensor], subject: Subject | None = None) -> dict[str, Tensor]:
        """Say how useful each weight is.

        Args:
            weights: as a method gets them.
            subject: likewise.

        Returns:
            A new tensor for each of `weights`, of its shape; higher is more useful.

        Raises:
            PruneError: if it cannot do without a subject and there is none, or the weights do not suit it.
        """

    def __call__(self, weights: Mapping[str, Tensor], subject: Subject | None = None) -> Keep:
        """Say what to keep; see `Method`."""
        standing = subject.standing if subject else {}
        return keep_highest(self.scores(weights, subject), self.sparsity, scope=self.scope, standing=standing)
