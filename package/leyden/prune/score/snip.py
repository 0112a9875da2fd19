"""Weights that do not matter before training go: `Snip`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import final

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
from leyden.prune.score.gradient import mean_gradient
from leyden.prune.scored import Scored
from leyden.prune.subject import Subject

__all__ = ["Snip"]


@final
@dataclass(frozen=True, eq=False)
class Snip(Scored):
    """Prune, before training, the weights whose presence changes the loss least: small mean gradient times weight.

    For networks as they are initialised: one batch with a few samples of each class does. Where training has brought
    the mean gradient to zero, `Taylor` still tells weights apart. The model is run as a private copy in the mode it is
    in; it costs one forward and backward a batch, and the memory of the model three times over.

    Args:
        sparsity: share of weights to prune, from 0 to below 1.
        batches: gone through once, as if they were one large batch; each weighs alike, whatever its size.
        loss: of a model and a batch; the cross-entropy of (inputs, class indices) unless given.
        scope: "global" takes the share of all chosen weights together, "local" of each tensor.

    Raises:
        PruneError: if `sparsity` lies outside 0 to below 1, or the batches or the loss are none.

    Examples:
        >>> import torch
        >>> from torch import nn
        >>> from leyden.prune.pruning import prune
        >>> batches = [(torch.tensor([[1.0, 0.0]]), torch.tensor([0]))]
        >>> prune(nn.Linear(2, 2), Snip(0.5, batches)).weight[:, 1]
        tensor([0., 0.], grad_fn=<SelectBackward0>)

    Source:
        Lee, Ajanthan and Torr, SNIP: single-shot network pruning based on connection sensitivity, ICLR 2019, equations
        4 and 5; without dividing by the sum of all, which ranks alike.
    """

    sparsity: float
    batches: Batches = field(repr=False)
    loss: Loss = field(default=cross_entropy, repr=False)
    scope: Scope = "global"

    def __post_init__(self) -> None:
        check_method(self.sparsity, self.scope, *batch_faults(self.batches), *loss_faults(self.loss))

    def scores(self, weights: Mapping[str, Tensor], subject: Subject | None = None) -> dict[str, Tensor]:
        """Give the absolute value of mean gradient times weight, in the unit of the loss; see `Scored`."""
        model = measured(subject, self).model
        with apart(model):
            plain, copied = dense_copy(model, weights)
            found = mean_gradient(plain, copied, batches=self.batches, loss=self.loss)
            return {name: gradient.mul_(weights[name]).abs_() for name, gradient in found.items()}
