"""Weights whose removal before training lets the gradient flow go: `Grasp`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import final

import torch
from torch import Tensor, nn

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
    numbered,
)
from leyden.prune.score.gradient import checked, loss_of, mean_gradient
from leyden.prune.score.kernels import unfused
from leyden.prune.scored import Scored
from leyden.prune.subject import Subject

__all__ = ["Grasp"]

_TEMPERATURE = 200.0  # the authors' own, in their code
_soft = partial(cross_entropy, temperature=_TEMPERATURE)


@final
@dataclass(frozen=True, eq=False)
class Grasp(Scored):
    """Prune, before training, the weights without which the gradient keeps its size: gradient signal preservation.

    For networks as they are initialised. The score of a weight is the change that it makes to the squared norm of the
    gradient, to first order; weights that hold the gradient back go first, even large ones. The model is run as a
    private copy in the mode it is in; it costs three forwards and four backwards a batch, and the memory of the model
    four times over. What is differentiated twice are attention and recurrent layers in their plain, slower forms.

    Args:
        sparsity: share of weights to prune, from 0 to below 1.
        batches: gone through twice, in whatever order; a few samples of each class do.
        loss: of a model and a batch; unless given the cross-entropy of (inputs, class indices) with logits divided by
            200, as the authors do, so that it hardly depends on what the network happens to predict.
        scope: "global" takes the share of all chosen weights together, "local" of each tensor.

    Raises:
        PruneError: if `sparsity` lies outside 0 to below 1, or the batches or the loss are none.

    Examples:
        >>> from leyden.prune.pruning import prune
        >>> batches = [(torch.tensor([[1.0, 0.0]]), torch.tensor([0]))]
        >>> net = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False))
        >>> prune(net, Grasp(0.5, batches), where="0")[0].weight.shape
        torch.Size([2, 2])

    Source:
        Wang, Zhang and Grosse, Picking winning tickets before training by preserving gradient flow, ICLR 2020, equation
        8 and algorithm 1. They remove what scores highest on -w * Hg; scores here are w * Hg, higher for what is kept.
    """

    sparsity: float
    batches: Batches = field(repr=False)
    loss: Loss = field(default=_soft, repr=False)
    scope: Scope = "global"

    def __post_init__(self) -> None:
        check_method(self.sparsity, self.scope, *batch_faults(self.batches), *loss_faults(self.loss))

    def scores(self, weights: Mapping[str, Tensor], subject: Subject | None = None) -> dict[str, Tensor]:
        """Give weight times curvature times mean gradient; see `Scored`."""
        model = measured(subject, self).model
        with apart(model):
            plain, copied = dense_copy(model, weights)
            first = mean_gradient(plain, copied, batches=self.batches, loss=self.loss)
            with unfused(plain):
                curved = self._curved(plain, copied, first)
            return {name: curve.mul_(weights[name]) for name, curve in curved.items()}

    def _curved(
        self, model: nn.Module, weights: Mapping[str, Tensor], first: Mapping[str, Tensor]
    ) -> dict[str, Tensor]:
        """Give the product of the Hessian and the mean gradient, by name, in the mean over the batches."""
        total = {name: torch.zeros_like(gradient) for name, gradient in first.items()}
        given, count = list(weights.values()), 0
        for number, batch in numbered(self.batches, given[0].device):
            value = loss_of(model, batch, number=number, loss=self.loss)
            slopes = torch.autograd.grad(value, given, create_graph=True, allow_unused=True)
            flows = [
                (slope * first[name]).sum()
                for name, slope in zip(weights, slopes, strict=True)
                if slope is not None and slope.requires_grad
            ]
            if flows:  # otherwise the loss is linear in every weight
                flow = torch.stack(flows).sum()
                found = torch.autograd.grad(flow, given, allow_unused=True)
                for name, curve in checked(dict(zip(weights, found, strict=True)), weights, number=number).items():
                    total[name] += curve
            count += 1
        return {name: curve.div_(count) for name, curve in total.items()}
