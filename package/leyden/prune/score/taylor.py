"""Weights whose removal would hardly change the loss go: `Taylor`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import final

import torch
from torch import Tensor

from leyden.prune.ranking import Scope, check_method
from leyden.prune.score.feeding import (
    Batches,
    Loss,
    apart,
    batch_faults,
    cross_entropy,
    dense_copy,
    loss_faults,
    measured,
)
from leyden.prune.score.gradient import each_gradient
from leyden.prune.scored import Scored
from leyden.prune.subject import Subject

__all__ = ["Taylor"]


@final
@dataclass(frozen=True, eq=False)
class Taylor(Scored):
    """Prune the weights whose removal changes the loss least, to first order: those of small gradient times weight.

    For trained networks. The product is squared for each batch and averaged over all, so changes that cancel out
    between batches still count; many small batches tell more than a large one. The model is run as a private copy in
    the mode it is in; it costs one forward and backward a batch, and the memory of the model three times over.

    Args:
        sparsity: share of weights to prune, from 0 to below 1.
        batches: gone through once.
        loss: of a model and a batch; the cross-entropy of (inputs, class indices) unless given.
        scope: "global" takes the share of all chosen weights together, "local" of each tensor.

    Raises:
        PruneError: if `sparsity` lies outside 0 to below 1, or the batches or the loss are none.

    Examples:
        >>> from torch import nn
        >>> from leyden.prune.pruning import prune
        >>> batches = [(torch.tensor([[1.0, 0.0]]), torch.tensor([0])), (torch.tensor([[2.0, 0.0]]), torch.tensor([1]))]
        >>> prune(nn.Linear(2, 2), Taylor(0.5, batches)).weight[:, 1]
        tensor([0., 0.], grad_fn=<SelectBackward0>)

    Source:
        Molchanov, Mallya, Tyree, Frosio and Kautz, Importance estimation for neural network pruning, CVPR 2019,
        equation 8, averaged over batches as in their section 3.2; here for single weights, and as the root of the mean,
        which ranks alike. The first such criterion: Molchanov, Tyree, Karras, Aila and Kautz, Pruning convolutional
        neural networks for resource efficient inference, ICLR 2017.
    """

    sparsity: float
    batches: Batches = field(repr=False)
    loss: Loss = field(default=cross_entropy, repr=False)
    scope: Scope = "global"

    def __post_init__(self) -> None:
        check_method(self.sparsity, self.scope, *batch_faults(self.batches), *loss_faults(self.loss))

    def scores(self, weights: Mapping[str, Tensor], subject: Subject | None = None) -> dict[str, Tensor]:
        """Give the root of the mean square of gradient times weight, in the unit of the loss; see `Scored`."""
        model = measured(subject, self).model
        with apart(model):
            plain, copied = dense_copy(model, weights)
            total = {name: torch.zeros_like(weight, dtype=_wide(weight)) for name, weight in weights.items()}
            count = 0
            for found in each_gradient(plain, copied, batches=self.batches, loss=self.loss):
                for name, gradient in found.items():
                    # adds squares without squaring, which would underflow
                    torch.hypot(total[name], gradient * weights[name], out=total[name])
                count += 1
            return {name: score.div_(count**0.5) for name, score in total.items()}


def _wide(weight: Tensor) -> torch.dtype:
    return torch.promote_types(weight.dtype, torch.float32)
