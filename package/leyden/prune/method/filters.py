"""The smallest filters go: `Filters`."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from leyden.prune.method.layout import Side, channels
from leyden.prune.method.structured import Structured
from leyden.prune.ranking import Scope, check_method
from leyden.prune.subject import Subject

__all__ = ["Filters"]

_NORMS = (1, 2, math.inf)


@final
@dataclass(frozen=True)
class Filters(Structured):
    """Prune the filters, rows or columns whose weights are smallest in norm.

    A filter of n weights scores `(sum |w|^p / n)^(1/p)`: within a tensor that ranks as the norm does, and it lets
    filters of different sizes be ranked together.

    Args:
        sparsity: share of filters to prune, from 0 to below 1; one of each tensor stays in any case.
        norm: p: 1, 2, or `math.inf` for the largest absolute value.
        axis: 0 for what makes an output (a filter, a row), 1 for what reads an input.
        scope: "local" takes the share of each tensor, "global" of all filters together.

    Raises:
        PruneError: if `sparsity` lies outside 0 to below 1, or `norm`, `axis` or `scope` is none.

    Examples:
        >>> Filters(0.5)({"a": torch.tensor([[3.0, 0.0], [2.0, 2.0]])})
        {'a': tensor([[ True,  True], [False, False]])}
        >>> Filters(0.5, norm=1)({"a": torch.tensor([[3.0, 0.0], [2.0, 2.0]])})
        {'a': tensor([[False, False], [ True,  True]])}

    Source:
        Li, Kadav, Durdanovic, Samet and Graf, Pruning filters for efficient ConvNets, ICLR 2017, section 3.1: the sum
        of absolute weights, layer by layer. The 2-norm as the default: He, Kang, Dong, Fu and Yang, Soft filter
        pruning, IJCAI 2018, equation 2. Division by the number of weights: Molchanov, Tyree, Karras, Aila and Kautz,
        Pruning convolutional neural networks for resource efficient inference, ICLR 2017, section 2.2, "minimum
        weight", of which this is the square root for p = 2; their further division by the norm of a layer's scores is
        left out, for it takes as large a share of layers that matter as of others.
    """

    sparsity: float
    norm: float = 2
    axis: Side = 0
    scope: Scope = "local"

    def __post_init__(self) -> None:
        faults = []
        if self.norm not in _NORMS:
            faults.append(f"norm is 1, 2 or math.inf; {self.norm!r} was given")
        if self.axis not in (0, 1):
            faults.append(f"axis is 0 (outputs) or 1 (inputs); {self.axis!r} was given")
        check_method(self.sparsity, self.scope, *faults)

    def filter_scores(self, weights: Mapping[str, Tensor], subject: Subject | None = None) -> dict[str, Tensor]:
        """Give the size of each filter; see `Structured`."""
        layout = channels(weights, self.axis, subject)
        return {name: self._size(layout[name].matrix(weight.detach())) for name, weight in weights.items()}

    def _size(self, matrix: Tensor) -> Tensor:
        if not matrix.numel():
            return matrix.new_zeros(len(matrix))
        # sums of squares in half precision would overflow
        wide = torch.promote_types(matrix.dtype, torch.float32)
        norms = torch.linalg.vector_norm(matrix, self.norm, dim=1, dtype=wide)
        return norms / matrix.shape[1] ** (1 / self.norm)
