"""A training item that is read where it is looked at."""

from dataclasses import dataclass, replace
from typing import final, get_args

import numpy as np
import torch

from leyden.augment import Draw, Transform
from leyden.errors import MedicalError
from leyden.items import Image, Mask, Move, Size
from leyden.medical.packed.coding import Coding, decode
from leyden.medical.packed.moments import moments
from leyden.medical.packed.place import array_of, shifted
from leyden.medical.packed.stored import Norm, PackedCase
from leyden.medical.scan import Scan

__all__ = ["Patch"]


@final
@dataclass(frozen=True)
class Patch:
    """Draws what happens to a case, and reads only the voxels that this looks at; for `leyden.data.map_random`.

    What comes out is what `move` makes of the whole scan, its values normalised first. Of a packed case only the pages
    of the window are read from the file; of a scan in memory only the window is normalised, though its statistics take
    the whole. Any chain will do; the less of the grid it looks at, the less is read: a crop of whole voxels reads that
    crop, with a rotation a box around it.

    Args:
        move: what happens, such as `LabelCrop(96) | Flip("x")`.
        norm: what becomes of the values first; z-scores of what is not 0 in the whole volume, unless told otherwise.
            (`NonzeroZNorm` in a chain takes those of the crop, as it acts after all spatial steps.)

    Raises:
        MedicalError: a norm that there is not.

    Examples:
        >>> import leyden as ly
        >>> from leyden.augment import CenterCrop
        >>> scan = Scan(Image(torch.tensor([[[[0.0, 10.0, 30.0, 0.0]]]])), None, ("flair",), "one")
        >>> patches = [scan] | ly.data.map_random(Patch(CenterCrop(1, 1, 2)), seed=0)
        >>> patches[0].image.data.flatten().tolist()
        [-1.0, 1.0]
    """

    move: Transform
    norm: Norm = "nonzero"

    def __post_init__(self) -> None:
        if self.norm not in get_args(Norm):
            raise MedicalError(f"no norm named {self.norm!r}; there are {', '.join(get_args(Norm))}")

    def __call__(self, generator: torch.Generator, case: PackedCase | Scan) -> Scan:
        """Give one item.

        Args:
            generator: where all chance comes from.
            case: one of `PackedCases.cases`, or a scan.

        Raises:
            DrawError: the case is too small for a crop, or has no labels for one that looks at them.
        """
        draw = self.move.draw(generator, case.sketch() if isinstance(case, PackedCase) else case)
        start, size = _looked_at(draw.fusion.move())
        if isinstance(case, PackedCase):
            part = case.crop(start, size, norm=self.norm)
        else:
            part = _cut(case, start, size, norm=self.norm)
        return _from(draw, start, size)(part)


def _looked_at(move: Move) -> tuple[Size, Size]:
    """Give the first voxel and the lengths of the part of a grid that a move looks at."""
    if move.is_exact:
        first = tuple(round(low) for low, _ in move.sight)
        past = tuple(round(high) + 1 for _, high in move.sight)
        if all(low >= 0 and end <= count for low, end, count in zip(first, past, move.size, strict=True)):
            return first, tuple(end - low for low, end in zip(first, past, strict=True))
    start, part = move.cubic_focus
    return start, part.size


def _from(draw: Draw, start: Size, size: Size) -> Draw:
    """Give the same draw, for a part of the grid that it is of."""
    matrix = shifted(draw.matrix, start)
    assert matrix is not None, "a draw has one"
    return Draw.fused(replace(draw.fusion, size=size, matrix=matrix), draw.steps)


def _cut(scan: Scan, start: Size, size: Size, *, norm: Norm) -> Scan:
    """Give a window of a scan, normalised by what the whole shows."""
    window = tuple(slice(first, first + count) for first, count in zip(start, size, strict=True))
    data = scan.image.data[:, *window]
    if norm == "nonzero":
        whole = [moments(array_of(channel)) for channel in scan.image.data]
        normed = [
            decode(array_of(values), Coding("<i2"), shift=each.mean, factor=each.factor)
            for values, each in zip(data, whole, strict=True)
        ]
        data = torch.from_numpy(np.stack(normed))
    place = shifted(scan.image.affine, start)
    image = Image(data, scan.image.spacing, place, interpolation=scan.image.interpolation)
    label = scan.label
    if label is not None:
        place = shifted(label.affine, start)
        label = Mask(label.data[window], label.spacing, place, interpolation=label.interpolation, outside=label.outside)
    return scan._replace(image=image, label=label)
