"""The most replaceable filters go: `GeometricMedian`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import final

import torch
from torch import Tensor

from leyden.prune.method.layout import Side, channels
from leyden.prune.method.structured import Structured
from leyden.prune.ranking import Scope, check_method
from leyden.prune.subject import Subject

__all__ = ["GeometricMedian"]

_ROWS = 256  # filters whose distances are measured at once: at most a few MiB for layers of thousands


@final
@dataclass(frozen=True)
class GeometricMedian(Structured):
    """Prune the filters nearest to the geometric median of their layer: others stand for them best.

    A filter scores the sum of its Euclidean distances to the other filters of its tensor, so that one that is small
    but unlike the rest is kept, and of many alike most go. Filters pruned already are not measured to. The cost is
    quadratic in the number of filters of a tensor, of which it takes a copy in double precision.

    Args:
        sparsity: share of filters to prune of each tensor, from 0 to below 1; one of each stays in any case.

    Raises:
        PruneError: if `sparsity` lies outside 0 to below 1.

    Examples:
        >>> GeometricMedian(0.34)({"a": torch.tensor([[0.0, 0.0], [5.0, 5.0], [9.0, 9.0]])})
        {'a': tensor([[ True,  True], [False, False], [ True,  True]])}

    Source:
        He, Liu, Wang, Hu and Yang, Filter pruning via geometric median for deep convolutional neural networks
        acceleration (FPGM), CVPR 2019, section 3.3: the filters for which the sum of distances is least. Distances of
        different layers do not compare, so the share is of each, as there. Their pruned filters go on being trained
        and measured; ours stay zero.
    """

    sparsity: float
    scope: Scope = field(default="local", init=False, repr=False)
    axis: Side = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        check_method(self.sparsity)

    def filter_scores(self, weights: Mapping[str, Tensor], subject: Subject | None = None) -> dict[str, Tensor]:
        """Give the sum of distances of each filter; see `Structured`."""
        layout = channels(weights, self.axis, subject)
        standing = subject.standing if subject else {}
        found = {}
        for name, weight in weights.items():
            filters = layout[name].matrix(weight.detach())
            mask = standing.get(name)
            alive = None if mask is None else layout[name].matrix(mask).any(1)
            found[name] = _sum_of_distances(filters, filters if alive is None else filters[alive])
        return found


def _sum_of_distances(filters: Tensor, others: Tensor) -> Tensor:
    # torch measures many rows by products, x^2 - 2xy + y^2, which loses half of the digits: hence double precision
    home = torch.device("cpu") if filters.device.type == "mps" else filters.device
    points, towards = filters.to(home, torch.float64), others.to(home, torch.float64)
    sums = [torch.cdist(piece, towards).sum(1) for piece in points.split(_ROWS)]
    return torch.cat(sums).to(filters.device, torch.promote_types(filters.dtype, torch.float32))
