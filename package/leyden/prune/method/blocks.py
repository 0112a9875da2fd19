"""A few of each block of neighbours stay: `SemiStructured`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from leyden.errors import PruneError
from leyden.prune.method.layout import Channels, Side, channels
from leyden.prune.ranking import has_nan
from leyden.prune.scored import Scored
from leyden.prune.subject import Keep, Method, Subject

__all__ = ["SemiStructured"]


@final
@dataclass(frozen=True)
class SemiStructured(Method):
    """Keep the N largest of every M weights that lie side by side: N:M sparsity, which tensor cores speed up as 2:4.

    The M weights of a block belong to one output and follow each other along the inputs: along a row of a linear
    layer, along the input channels of a convolution at one place of its kernel, within a group of a grouped one.
    Weights pruned already go first; of equal ones the earlier.

    Args:
        keep: N, from 1 to M - 1.
        of: M.
        axis: 1 for blocks along the inputs, which is what hardware takes; 0 along the outputs.
        by: whose scores decide which are largest, in place of absolute values; its own sparsity and scope do not
            count.

    Raises:
        PruneError: if `keep` is not from 1 to `of` - 1, or `axis` is none; when called, if M does not divide the
            inputs of a layer.

    Examples:
        >>> SemiStructured(2, 4)({"a": torch.tensor([[3.0, -1.0, 0.5, 2.0]])})
        {'a': tensor([[ True, False, False,  True]])}

    Source:
        2:4 by magnitude: Mishra et al., Accelerating sparse deep neural networks, arXiv 2104.08378, 2021, sections 3
        and 4. N:M: Zhou et al., Learning N:M fine-grained structured sparse neural networks from scratch, ICLR 2021,
        equation 4. NVIDIA's tool passes over the layers that M does not divide; here they are a fault, to be left out
        by name.
    """

    keep: int = 2
    of: int = 4
    axis: Side = 1
    by: Scored | None = None

    def __post_init__(self) -> None:
        faults = []
        whole = all(type(number) is int for number in (self.keep, self.of))
        if not whole or not 1 <= self.keep < self.of:
            faults.append(f"keep is a whole number from 1 to of - 1; keep={self.keep!r}, of={self.of!r} was given")
        if self.axis not in (0, 1):
            faults.append(f"axis is 0 (outputs) or 1 (inputs); {self.axis!r} was given")
        if self.by is not None and not isinstance(self.by, Scored):
            faults.append(f"by is a method that scores, as Magnitude(0.5) does; {self.by!r} was given")
        if faults:
            raise PruneError("; ".join(faults))

    def __call__(self, weights: Mapping[str, Tensor], subject: Subject | None = None) -> Keep:
        """Say what to keep; see `Method`."""
        layout = channels(weights, self.axis, subject)
        self._check_blocks(weights, layout)
        scores = self.by.scores(weights, subject) if self.by else weights
        broken = [f"{name}: a score is NaN, which has no rank" for name, score in scores.items() if has_nan(score)]
        if broken:
            raise PruneError("; ".join(broken))
        standing = subject.standing if subject else {}
        found = {}
        for name, score in scores.items():
            ranked = score.detach() if self.by else score.detach().abs()
            if name in standing:
                ranked = torch.where(standing[name], ranked, -torch.inf)
            found[name] = self._largest(ranked, layout[name])
        return found

    def _largest(self, scores: Tensor, layout: Channels) -> Tensor:
        axis = 2 + layout.axis
        blocks = scores.unflatten(0, (layout.groups, -1)).unflatten(axis - 1, (-1, self.of))
        # a weight goes if too many of its block are larger, or equal and later; sorting would take far more memory
        ahead = torch.zeros(blocks.shape, dtype=torch.int16, device=scores.device)
        for place, entry in enumerate(blocks.split(1, axis)):
            after = self.of - place - 1
            ahead.narrow(axis, 0, place).add_(entry >= blocks.narrow(axis, 0, place))
            ahead.narrow(axis, place + 1, after).add_(entry > blocks.narrow(axis, place + 1, after))
        return (ahead < self.keep).reshape(scores.shape)

    def _check_blocks(self, weights: Mapping[str, Tensor], layout: Mapping[str, Channels]) -> None:
        lengths = {
            name: weight.unflatten(0, (layout[name].groups, -1)).shape[1 + layout[name].axis]
            for name, weight in weights.items()
        }
        uneven = {name: f"{name} ({length})" for name, length in lengths.items() if length % self.of}
        if uneven:
            side = "outputs" if self.axis == 0 else "inputs"
            raise PruneError(
                f"{self.keep}:{self.of} takes {side} in blocks of {self.of}, which does not divide those of "
                f"{', '.join(uneven.values())}; leave these out by where=~named({', '.join(map(repr, uneven))})"
            )
