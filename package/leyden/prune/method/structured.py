"""Whole filters go: what the methods that rank filters have in common."""

from abc import abstractmethod
from collections.abc import Mapping

import torch
from torch import Tensor

from leyden.prune.method.layout import Channels, Side, channels
from leyden.prune.ranking import check_method, has_nan, keep_highest
from leyden.prune.scored import Scored
from leyden.prune.subject import Keep, Subject

__all__ = ["Structured"]


class Structured(Scored):
    """Abstract: a method that gives each filter a score and prunes the share of `sparsity` with the lowest.

    Exactly `round(sparsity * n)` of n filters go, but the best of each tensor stays in any case, for a layer without
    filters cuts the network in two. Filters that are pruned already, down to their last weight, count towards that
    number; of equal ones the earlier go. The masks cover weights alone: the bias of a pruned filter stays, and what
    follows the layer receives that constant.

    Attributes:
        sparsity: share of filters to prune, from 0 to below 1.
        scope: "global" ranks all filters together, "local" those of each tensor.
        axis: whether a filter is what makes an output (0, a row) or what reads an input (1, a column); in transposed
            and grouped convolutions, where they lie elsewhere, these are found.

    Examples:
        >>> from dataclasses import dataclass
        >>> from leyden.prune.ranking import Scope
        >>> @dataclass(frozen=True)
        ... class Boldest(Structured):
        ...     sparsity: float
        ...     scope: Scope = "local"
        ...     axis: Side = 0
        ...
        ...     def filter_scores(self, weights, subject=None):
        ...         layout = channels(weights, self.axis, subject)
        ...         return {name: layout[name].matrix(weight).amax(1) for name, weight in weights.items()}
        >>> Boldest(0.5)({"a": torch.tensor([[3.0, -1.0], [2.0, 2.0]])})
        {'a': tensor([[ True,  True], [False, False]])}
    """

    axis: Side

    @abstractmethod
    def filter_scores(self, weights: Mapping[str, Tensor], subject: Subject | None = None) -> dict[str, Tensor]:
        """Say how useful each filter is.

        Args:
            weights: as a method gets them.
            subject: likewise.

        Returns:
            For each of `weights` a vector of floating-point numbers, one for each filter; higher is more useful.

        Raises:
            PruneError: if it cannot do without a subject and there is none, or the weights do not suit it.
        """

    def scores(self, weights: Mapping[str, Tensor], subject: Subject | None = None) -> dict[str, Tensor]:
        """Give each weight the score of its filter; see `Scored`."""
        layout = channels(weights, self.axis, subject)
        scores = self.filter_scores(weights, subject)
        return {name: layout[name].spread(scores[name], weight) for name, weight in weights.items()}

    def __call__(self, weights: Mapping[str, Tensor], subject: Subject | None = None) -> Keep:
        """Say what to keep; see `Method`."""
        layout = channels(weights, self.axis, subject)
        standing = _standing(layout, subject)
        scores = self.filter_scores(weights, subject)
        broken = [f"{name}: a score is NaN, which has no rank" for name, score in scores.items() if has_nan(score)]
        check_method(self.sparsity, self.scope, *broken)
        best = {name: _best(score, standing.get(name)) for name, score in scores.items()}
        ranked = {name: _raised(score, best[name]) for name, score in scores.items()}
        keep = keep_highest(ranked, self.sparsity, scope=self.scope, standing=standing)
        return {name: layout[name].spread(keep[name] | best[name], weight) for name, weight in weights.items()}


def _standing(layout: Mapping[str, Channels], subject: Subject | None) -> dict[str, Tensor]:
    """Say of each filter whether anything is left of it."""
    masks = subject.standing if subject else {}
    return {name: layout[name].matrix(mask).any(1) for name, mask in masks.items() if name in layout}


def _best(scores: Tensor, standing: Tensor | None) -> Tensor:
    """Mark the one filter that stays in any case; the last among equals, for the earlier go first."""
    alive = scores if standing is None else scores.masked_fill(~standing, -torch.inf)
    place = len(scores) - 1 - int(alive.flip(0).argmax()) if len(scores) else -1
    return torch.arange(len(scores), device=scores.device) == place


def _raised(scores: Tensor, best: Tensor) -> Tensor:
    # above all others, those of infinite weights included
    return scores.clamp(max=torch.finfo(scores.dtype).max).masked_fill(best, torch.inf)
