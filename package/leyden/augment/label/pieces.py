"""Connected pieces of labels."""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, final, get_args

import numpy as np
import torch
from scipy import ndimage

from leyden.augment.chain.chance import check
from leyden.augment.fusing.step import Numbers, register
from leyden.augment.label.base import Labelling
from leyden.items import Mask

__all__ = ["Connectivity", "KeepLargest"]

Connectivity: TypeAlias = Literal["faces", "corners"]
"""What joins pixels: `faces` (4 neighbours in a picture, 6 in a volume), or `corners` too (8 and 26)."""


@final
@register
@dataclass(frozen=True, repr=False)
class KeepLargest(Labelling):
    """Keep the largest connected piece of each label and make background of its others.

    Of pieces of one size the first in memory stays. Inverting leaves what was dropped background.

    Args:
        labels: which labels, each for itself; all above 0 if left out.
        connectivity: what joins pixels, `faces` or `corners`.

    Source:
        The default of connectivity is that of monai.transforms.KeepLargestConnectedComponent.

    Examples:
        >>> mask = Mask(torch.tensor([[1, 0, 1, 1], [0, 2, 0, 1]]))
        >>> KeepLargest()(torch.Generator(), mask).data
        tensor([[0, 0, 1, 1],
                [0, 2, 0, 1]])
    """

    labels: tuple[int, ...] = ()
    connectivity: Connectivity = "corners"

    def __post_init__(self) -> None:
        known = get_args(Connectivity)
        tall = isinstance(self.labels, tuple) and all(label > 0 for label in self.labels)
        check(self, {"a tuple of labels above 0": tall, f"connectivity one of {known}": self.connectivity in known})

    def relabel(self, numbers: Numbers, mask: Mask) -> Mask:
        """Find the pieces of each label and drop all but one."""
        del numbers
        data = mask.data.cpu().numpy()
        kept = data.copy()
        neighbours = ndimage.generate_binary_structure(data.ndim, 1 if self.connectivity == "faces" else data.ndim)
        present = np.unique(data)
        for label in self.labels or present[present > 0].tolist():
            pieces = np.empty(data.shape, np.int32)
            ndimage.label(data == label, neighbours, output=pieces)
            areas = np.bincount(pieces.ravel())
            if len(areas) > 2:  # the first counts what is not of this label
                areas[0] = 0
                kept[(pieces > 0) & (pieces != areas.argmax())] = 0
        return replace(mask, data=torch.from_numpy(kept).to(mask.data.device))

    def undo(self, numbers: Numbers, mask: Mask) -> Mask:
        """Give the mask itself: what was dropped is gone."""
        del numbers
        return mask

    def describe(self) -> str:
        """Say what happens."""
        which = f"labels {', '.join(map(str, self.labels))}" if self.labels else "each label"
        return f"keep the largest piece of {which}"
