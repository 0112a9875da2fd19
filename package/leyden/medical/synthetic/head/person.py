"""One person's brain: a template brought onto a grid, and warped as people differ."""

from functools import lru_cache

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from leyden import augment
from leyden.augment import Border, Elastic, Rotate, Scale
from leyden.items import Affine, Image, Mask, Move, resample
from leyden.medical.synthetic.head.frame import Frame
from leyden.medical.synthetic.head.template import load_template

__all__ = ["BrainMaps", "subject", "tilted"]

BrainMaps = Float[Tensor, "6 z y x"]

_PEOPLE = Scale(0.93, 1.06) | augment.Affine(degrees=4, translate=0.01) | Elastic(0.034, cells=6) | Border("zeros")
"""How people differ in size, pose and shape, as registered scans still do."""


def subject(seed: int, *, anatomy: str, frame: Frame, tilt: float = 0.0) -> BrainMaps:
    """Give the maps of a person, see `leyden.medical.synthetic.head.tissue.MAPS`; one draw for all of them.

    Args:
        seed: which person.
        anatomy: what it is made of.
        frame: the grid.
        tilt: degrees by which the head nods against the grid.
    """
    generator = torch.Generator().manual_seed(seed)
    people = _PEOPLE | Rotate((tilt, tilt), axis="x") if tilt else _PEOPLE
    return people(generator, _on_grid(anatomy, frame)).data


def tilted(frame: Frame, tilt: float) -> Affine:
    """Give the affine of a grid that is turned against the head as `subject` turns it."""
    turn = Rotate((tilt, tilt), axis="x").draw(
        torch.Generator(), Mask(torch.zeros(1, dtype=torch.uint8).expand(frame.size))
    )
    matrix = np.array(frame.affine) @ np.linalg.inv(np.array(turn.matrix))
    return tuple(map(tuple, matrix.tolist()))


@lru_cache(maxsize=4)
def _on_grid(anatomy: str, frame: Frame) -> Image:
    """A template on a grid, averaged over what a voxel covers; kept, as every case of a run begins with it."""
    template = load_template(anatomy)
    size = tuple(template.maps.shape[1:])
    shifts = [(template.origin[2 - axis] - frame.affine[2 - axis][3]) / frame.step for axis in range(3)]
    scale = 1 / frame.step
    rows = [(*(scale if axis == column else 0.0 for column in range(3)), shifts[axis]) for axis in range(3)]
    move = Move((*rows, (0.0, 0.0, 0.0, 1.0)), size, frame.size, "zeros")
    return Image(resample(template.maps, move, interpolation="linear", border="zeros"))
