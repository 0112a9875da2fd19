"""Boxes of whole voxels: where something is shown, and what a crop makes of a map of places."""

import numpy as np
import torch
from torch import Tensor

from leyden.items import Affine, Size
from leyden.medical.scan import Scan

__all__ = ["array_of", "shifted", "shown_box", "whole_shift"]


def array_of(values: Tensor) -> np.ndarray:
    """Give the values as numpy knows them: bfloat16, which it does not, in float32; all else is not copied.

    Examples:
        >>> import torch
        >>> array_of(torch.tensor([0.5, 2.0], dtype=torch.bfloat16))
        array([0.5, 2. ], dtype=float32)
    """
    return (values.float() if values.dtype == torch.bfloat16 else values).numpy()


def shown_box(scan: Scan) -> tuple[Size, Size]:
    """Give the first voxel and the lengths of the smallest box that holds all that is not 0 in any channel or label.

    Args:
        scan: of any grid; where it shows nothing, the box is the whole grid.

    Examples:
        >>> import torch
        >>> from leyden.items import Image, Mask
        >>> image, label = torch.zeros(2, 3, 4, 5), torch.zeros(3, 4, 5, dtype=torch.uint8)
        >>> image[1, 1, 2, 0], label[1, 3, 1] = 7.0, 1
        >>> shown_box(Scan(Image(image), Mask(label), ("t1", "t2")))
        ((1, 2, 0), (1, 2, 2))
    """
    layers = [array_of(channel) for channel in scan.image.data]
    if scan.label is not None:
        layers.append(scan.label.data.numpy())
    shown = layers[0] != 0
    for layer in layers[1:]:
        shown |= layer != 0
    rows = shown.any(axis=2)
    along = (rows.any(axis=1), rows.any(axis=0), shown.any(axis=(0, 1)))
    ends = [np.flatnonzero(axis) for axis in along]
    if not len(ends[0]):
        return (0,) * shown.ndim, shown.shape
    return tuple(int(end[0]) for end in ends), tuple(int(end[-1] - end[0]) + 1 for end in ends)


def whole_shift(steps: Size) -> Affine:
    """Give the map that adds whole voxels to a place, in axis order.

    Examples:
        >>> whole_shift((3, -1))
        ((1.0, 0.0, 3.0), (0.0, 1.0, -1.0), (0.0, 0.0, 1.0))
    """
    axes = range(len(steps))
    rows = [(*(float(row == column) for column in axes), float(steps[row])) for row in axes]
    return (*rows, (*(0.0 for _ in axes), 1.0))


def shifted(affine: Affine | None, start: Size) -> Affine | None:
    """Give a map of places for those counted from another first voxel.

    Args:
        affine: from places in axis order to anything, or None for none.
        start: the new first voxel.

    Examples:
        >>> shifted(((2.0, 0.0, 5.0), (0.0, 2.0, 5.0), (0.0, 0.0, 1.0)), (10, 0))
        ((2.0, 0.0, 25.0), (0.0, 2.0, 5.0), (0.0, 0.0, 1.0))
    """
    if affine is None:
        return None
    return tuple((*row[:-1], sum(a * b for a, b in zip(row, start, strict=False)) + row[-1]) for row in affine)
