"""Weights that fine-tuning drives towards zero go: `Movement`."""

import math
import numbers
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import final

import torch
from torch import Tensor

from leyden.prune.ranking import Scope, check_method
from leyden.prune.score.feeding import Batches, Loss, apart, batch_faults, cross_entropy, leaves, loss_faults, measured
from leyden.prune.score.gradient import each_gradient
from leyden.prune.scored import Scored
from leyden.prune.subject import Subject

__all__ = ["Movement"]


@final
@dataclass(frozen=True, eq=False)
class Movement(Scored):
    """Prune the weights that fine-tuning moves towards zero, however large they are.

    For transfer: a pretrained network on new data, where size tells what mattered for the old. A private copy is
    fine-tuned by plain gradient descent in the mode the model is in (`model.train()` first for dropout and batch
    statistics), and thrown away; the model that is pruned keeps its weights. It costs one training step a batch and
    epoch, and the memory of the model four times over. Frozen parameters are scored, but not moved.

    Args:
        sparsity: share of weights to prune, from 0 to below 1.
        batches: gone through once an epoch.
        loss: of a model and a batch; the cross-entropy of (inputs, class indices) unless given.
        rate: learning rate of the descent, above 0.
        epochs: how often the batches are gone through, 1 or more.
        scope: "global" takes the share of all chosen weights together, "local" of each tensor.

    Raises:
        PruneError: if `sparsity` lies outside 0 to below 1, or the batches, the loss, the rate or the epochs are none.

    Examples:
        >>> from torch import nn
        >>> from leyden.prune.pruning import prune
        >>> layer = nn.Linear(1, 2, bias=False)
        >>> _ = layer.load_state_dict({"weight": torch.tensor([[1.0], [-3.0]])})
        >>> batches = [(torch.tensor([[1.0]]), torch.tensor([1]))]  # wants the first smaller and the second larger
        >>> prune(layer, Movement(0.5, batches, rate=0.1)).weight.tolist()
        [[1.0], [0.0]]

    Source:
        Sanh, Wolf and Rush, Movement pruning: adaptive sparsity by fine-tuning, NeurIPS 2020, equation 3: the negative
        sum of weight times gradient. They prune while they fine-tune, by scores learnt through the mask; here the
        scores are summed over a fine-tuning of all weights that stand, and pruned by at its end. To come nearer to
        theirs prune a little more again and again, with fine-tuning in between.
    """

    sparsity: float
    batches: Batches = field(repr=False)
    loss: Loss = field(default=cross_entropy, repr=False)
    rate: float = 0.01
    epochs: int = 1
    scope: Scope = "global"

    def __post_init__(self) -> None:
        faults = batch_faults(self.batches) + loss_faults(self.loss)
        number = isinstance(self.rate, numbers.Real) and not isinstance(self.rate, bool)
        if not (number and math.isfinite(self.rate) and self.rate > 0):
            faults.append(f"rate is a learning rate above 0; {self.rate!r} was given")
        if isinstance(self.epochs, bool) or not isinstance(self.epochs, int) or self.epochs < 1:
            faults.append(f"epochs is a whole number of 1 or more; {self.epochs!r} was given")
        check_method(self.sparsity, self.scope, *faults)

    def scores(self, weights: Mapping[str, Tensor], subject: Subject | None = None) -> dict[str, Tensor]:
        """Give the negative sum of weight times gradient over the descent, in the unit of the loss; see `Scored`."""
        around = measured(subject, self)
        with apart(around.model):
            tuned = around.copy()
            moving = {name: parameter for name, parameter in tuned.named_parameters() if parameter.requires_grad}
            asked = leaves(tuned, weights) | moving
            total = {name: torch.zeros_like(weight, dtype=torch.float32) for name, weight in weights.items()}
            for _ in range(self.epochs):
                for found in each_gradient(tuned, asked, batches=self.batches, loss=self.loss):
                    for name, score in total.items():
                        score -= found[name] * asked[name].detach()
                    with torch.no_grad():
                        for name, parameter in moving.items():
                            parameter -= self.rate * found[name]
            return total
