"""Parts of an image hidden from the network."""

from leyden.augment.erase.box import CoarseDropout, RandomErasing
from leyden.augment.erase.fill import Fill
from leyden.augment.erase.lattice import GridMask

__all__ = ["CoarseDropout", "Fill", "GridMask", "RandomErasing"]
