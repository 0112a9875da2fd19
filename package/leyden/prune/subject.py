"""What a method is asked about: weights by name, and for those that want to know more, the model around them.

A method is a function of {name: weights} that gives {name: mask}, True where a weight is kept. Any function will do
(`Rule`); a `Method` is also told of the `Subject`: what is pruned already, where each weight sits, and the model.
"""

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from torch import Tensor, nn

from leyden.prune.selection import Place

__all__ = ["Keep", "Method", "Rule", "Subject"]

Keep: TypeAlias = dict[str, Tensor]
"""A boolean tensor for each name, True where a weight is kept."""

Rule: TypeAlias = Callable[[Mapping[str, Tensor]], Mapping[str, Tensor]]
"""Any function of {name: weights} that gives {name: mask}, True = keep."""


@dataclass(frozen=True, eq=False)
class Subject:
    """What surrounds the weights that a method is asked about.

    Args:
        model: the model they are part of, pruned as far as it is; to be read only.
        places: where each weight sits in `model`, by name, for all that is asked about.
        standing: the masks that weights carry already, by name, for those that do.

    Examples:
        >>> from leyden.prune.selection import places
        >>> model = nn.Linear(2, 3)
        >>> subject = Subject(model, {place.name: place for place in places(model)})
        >>> type(subject.places["weight"].owners[0]).__name__
        'Linear'
    """

    model: nn.Module
    places: Mapping[str, Place]
    standing: Mapping[str, Tensor] = field(default_factory=dict)

    def copy(self) -> nn.Module:
        """Copy the model, to be run and changed at will: its statistics and gradients are nobody else's."""
        return copy.deepcopy(self.model)


class Method(ABC):
    """Abstract: a choice that also wants to know what is around the weights.

    Derive from it only for that; otherwise any function of the weights is a method (see `prune`).
    """

    @abstractmethod
    def __call__(self, weights: Mapping[str, Tensor], subject: Subject | None = None) -> Keep:
        """Say what to keep.

        Args:
            weights: in the order of the model, tied ones once; zero where pruned already. To be read only: they are
                the very weights of the model, not copies.
            subject: what is around them; None where a method is called by itself.

        Returns:
            One new mask for each of `weights`. What is pruned already stays pruned whatever it says there.

        Raises:
            PruneError: if the method cannot do without a subject and there is none, or the weights do not suit it.
        """
