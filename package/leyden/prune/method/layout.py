"""Where the filters of a layer lie in its weights: rows, but not in transposed and grouped convolutions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, final

from torch import Tensor, nn

from leyden.errors import PruneError
from leyden.prune.subject import Subject

__all__ = ["Channels", "Side", "channels"]

Side: TypeAlias = Literal[0, 1]
"""Whose weights belong together: those of an output (0) or those of an input (1)."""

_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, *_TRANSPOSED)


@final
@dataclass(frozen=True)
class Channels:
    """How the weights of one tensor fall into filters.

    Args:
        groups: how many blocks along the first axis share no inputs; 1 but for grouped convolutions.
        axis: the axis of a block, 0 or 1, along which its filters are counted.

    Examples:
        >>> import torch
        >>> Channels(groups=1, axis=1).matrix(torch.tensor([[1, 2, 3], [4, 5, 6]])).tolist()
        [[1, 4], [2, 5], [3, 6]]
    """

    groups: int
    axis: int

    def matrix(self, weight: Tensor) -> Tensor:
        """Lay out the weights with one row for each filter, in the order of the channels; a view where that can be."""
        blocks = weight.unflatten(0, (self.groups, -1))
        return blocks.movedim(1 + self.axis, 1).flatten(0, 1).flatten(1)

    def spread(self, filters: Tensor, weight: Tensor) -> Tensor:
        """Give each weight the number of its filter, from a vector of one for each filter."""
        blocks = weight.unflatten(0, (self.groups, -1))
        lengths = [1] * blocks.ndim
        lengths[0], lengths[1 + self.axis] = self.groups, -1
        return filters.view(lengths).expand(blocks.shape).reshape(weight.shape)


def channels(weights: Mapping[str, Tensor], side: Side, subject: Subject | None = None) -> dict[str, Channels]:
    """Find how each tensor falls into filters.

    A tensor that several layers share is taken as the first of them uses it. What is not a convolution has its outputs
    along its first axis, as `nn.Linear` does: an embedding one for each word, an LSTM one for each gate of each unit.

    Args:
        weights: as a method gets them.
        side: whether a filter is what makes an output (0) or what reads an input (1).
        subject: as a method gets it; without it no layer is known, and none is taken for a transposed or grouped one.

    Returns:
        An answer for each of `weights`.

    Raises:
        PruneError: if a tensor has fewer than two axes.

    Examples:
        >>> import torch
        >>> from leyden.prune.selection import places
        >>> model = nn.ConvTranspose2d(4, 6, 3, groups=2)
        >>> subject = Subject(model, {place.name: place for place in places(model)})
        >>> found = channels({"weight": model.weight}, 0, subject)["weight"]
        >>> found, tuple(found.matrix(model.weight).shape)
        (Channels(groups=2, axis=1), (6, 18))
    """
    flat = [f"{name} (shape {tuple(weight.shape)})" for name, weight in weights.items() if weight.ndim < 2]
    if flat:
        raise PruneError(f"filters need weights of two axes or more; {', '.join(flat)} has fewer: leave it out")
    found = {}
    for name in weights:
        place = subject.places.get(name) if subject else None
        owner = place.owners[0] if place else None
        groups = owner.groups if isinstance(owner, _CONVOLUTIONS) else 1
        found[name] = Channels(groups, 1 - side if isinstance(owner, _TRANSPOSED) else side)
    return found
