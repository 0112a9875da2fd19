"""How to choose: methods that look at weights and say which of them to keep.

A method is a function of {name: weights} that gives {name: mask}, True where a weight is kept. The weights are
detached copies, in the order of the model, tied ones once. So a method of your own takes five lines; this one keeps
the two largest of each four weights in a row:

Examples:
    >>> from leyden.prune import prune
    >>> def two_of_four(weights):
    ...     groups = {name: weight.abs().reshape(-1, 4) for name, weight in weights.items()}
    ...     ranks = {name: group.argsort().argsort() for name, group in groups.items()}
    ...     return {name: (ranks[name] >= 2).view_as(weight) for name, weight in weights.items()}
    >>> sparse = prune(torch.nn.Linear(8, 3), two_of_four)
    >>> (sparse.weight == 0).sum(dim=1)
    tensor([4, 4, 4])
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import torch
from torch import Tensor

from leyden.errors import PruneError

__all__ = ["Keep", "Magnitude", "Method", "Random", "Rule", "Scope", "Threshold"]

Scope: TypeAlias = Literal["global", "local"]
"""Whether a share is taken of all chosen weights together, or of each tensor by itself."""

Keep: TypeAlias = dict[str, Tensor]
"""A boolean tensor for each name, True where a weight is kept."""

Rule: TypeAlias = Callable[[Mapping[str, Tensor]], Mapping[str, Tensor]]
"""Any function of {name: weights} that gives {name: mask}, True = keep."""


class Method(ABC):
    """Abstract: a choice that also wants to know what is pruned already.

    Derive from it only for that; otherwise any function of the weights is a method (see `prune`).
    """

    @abstractmethod
    def __call__(self, weights: Mapping[str, Tensor], standing: Mapping[str, Tensor] | None = None) -> Keep:
        """Say what to keep.

        Args:
            weights: detached copies, in the order of the model; zero where pruned already.
            standing: the masks that weights carry already, for those that do.

        Returns:
            One mask for each of `weights`. What is pruned already stays pruned whatever it says there.
        """


@dataclass(frozen=True)
class Magnitude(Method):
    """Prune the weights that are smallest in absolute value.

    Exactly `round(sparsity * n)` of n weights are pruned. What is pruned already counts towards that number, so 0.8
    after 0.5 gives 0.8, and 0.5 after 0.8 changes nothing. Of equal weights the earlier go first: by order of the
    tensors in the model, then by position in memory order. The cost is linear in n.

    Args:
        sparsity: share of weights to prune, from 0 to 1.
        scope: "global" takes the share of all chosen weights together, "local" of each tensor.

    Raises:
        PruneError: if `sparsity` lies outside 0 to 1.

    Examples:
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
        _check(self)

    def __call__(self, weights: Mapping[str, Tensor], standing: Mapping[str, Tensor] | None = None) -> Keep:
        """Say what to keep; see `Method`."""
        scores = {name: weight.detach().abs() for name, weight in weights.items()}
        return _without_lowest(scores, standing or {}, self)


@dataclass(frozen=True)
class Random(Method):
    """Prune weights at random: the baseline that any method should beat.

    Exactly `round(sparsity * n)` of n weights are pruned, those pruned already included, as in `Magnitude`. Equal
    seeds give equal masks for equal shapes, on any device, whatever the weights are.

    Args:
        sparsity: share of weights to prune, from 0 to 1.
        seed: where the draw starts.
        scope: "global" takes the share of all chosen weights together, "local" of each tensor.

    Raises:
        PruneError: if `sparsity` lies outside 0 to 1.

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
        _check(self)

    def __call__(self, weights: Mapping[str, Tensor], standing: Mapping[str, Tensor] | None = None) -> Keep:
        """Say what to keep; see `Method`."""
        generator = torch.Generator().manual_seed(self.seed)
        sizes = [weight.numel() for weight in weights.values()]
        ranks = torch.randperm(sum(sizes), generator=generator).split(sizes)
        scores = {
            name: rank.view(weight.shape).to(weight.device)
            for (name, weight), rank in zip(weights.items(), ranks, strict=True)
        }
        return _without_lowest(scores, standing or {}, self)


@dataclass(frozen=True)
class Threshold(Method):
    """Prune every weight whose absolute value is below a number.

    Args:
        value: in the unit of the weights, 0 or more; 0 prunes nothing. A weight of just this value is kept.

    Raises:
        PruneError: if `value` is negative or not finite.

    Examples:
        >>> Threshold(1.0)({"a": torch.tensor([[3.0, -1.0, 0.5]])})
        {'a': tensor([[ True,  True, False]])}

    Source:
        Han, Pool, Tran and Dally, NeurIPS 2015, section 3: "all connections with weights below a threshold are
        removed".
    """

    value: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.value) and self.value >= 0):
            raise PruneError(f"a threshold is a finite number of 0 or more; {self.value!r} was given")

    def __call__(self, weights: Mapping[str, Tensor], standing: Mapping[str, Tensor] | None = None) -> Keep:
        """Say what to keep; see `Method`."""
        return {name: weight.detach().abs() >= self.value for name, weight in weights.items()}


def _check(method: Magnitude | Random) -> None:
    faults = []
    if not 0 <= method.sparsity <= 1:
        faults.append(f"sparsity is a share from 0 to 1; {method.sparsity!r} was given")
    if method.scope not in ("global", "local"):
        faults.append(f'scope is "global" or "local"; {method.scope!r} was given')
    if faults:
        raise PruneError("; ".join(faults))


def _without_lowest(scores: dict[str, Tensor], standing: Mapping[str, Tensor], method: Magnitude | Random) -> Keep:
    """Keep all but the lowest scores; what stands pruned counts as lower than any."""
    if not scores:
        return {}
    # One type wide enough for all, so that tensors of several types can be ranked together.
    kind = torch.float64 if any(score.dtype == torch.float64 for score in scores.values()) else torch.float32
    flat = {}
    for name, score in scores.items():
        ranked = score.to(kind) if score.is_floating_point() else score
        flat[name] = ranked.masked_fill(~standing[name], -1).flatten() if name in standing else ranked.flatten()
    if method.scope == "local":
        kept = {name: ~_lowest(score, round(method.sparsity * score.numel())) for name, score in flat.items()}
    else:
        home = next(iter(flat.values())).device
        together = torch.cat([score.to(home) for score in flat.values()])
        parts = (~_lowest(together, round(method.sparsity * together.numel()))).split(
            [s.numel() for s in flat.values()]
        )
        kept = dict(zip(flat, parts, strict=True))
    return {name: kept[name].view(score.shape).to(score.device) for name, score in scores.items()}


def _lowest(scores: Tensor, count: int) -> Tensor:
    """Mark the `count` lowest scores; of equal ones the earlier. Selecting costs less than sorting all."""
    if count == 0:
        return torch.zeros_like(scores, dtype=torch.bool)
    limit = scores.kthvalue(count).values
    chosen = scores < limit
    ties = (scores == limit).nonzero().flatten()
    chosen[ties[: count - int(chosen.sum())]] = True
    return chosen
