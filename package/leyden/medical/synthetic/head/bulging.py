"""Pushing parts of a brain aside: what a tumour takes up, what ventricles lose or gain."""

from math import prod

import torch
from torch import Tensor
from torch.nn.functional import grid_sample

from leyden.medical.synthetic.head.frame import Frame, Place, chance, squared
from leyden.medical.synthetic.head.person import BrainMaps

__all__ = ["aged", "bulged"]

_DEPTH = 4
_FIRM = 15.0
"""From so many mm below the skull on nothing holds the brain back."""


def bulged(maps: BrainMaps, centre: Place, *, wide: float, push: float, frame: Frame) -> BrainMaps:
    """Push a brain away from a place, or draw it in; nothing tears and nothing folds.

    What is shown at a distance r was at r * (1 - push * exp(-(r / wide)^2)), which grows with r; at the skull the push
    ends.

    Args:
        maps: see `leyden.medical.synthetic.head.tissue.MAPS`; not changed.
        centre: the place, mm from the middle of the head.
        wide: mm at which the push is down to a third.
        push: share of the distance by which what is near is moved, below 1; below 0 draws in.
        frame: the grid.
    """
    box = frame.around(centre, 2.2 * wide)
    offsets = [along - at for along, at in zip(frame.part(box), centre, strict=True)]
    part = maps[(slice(None), *box)]
    size = tuple(part.shape[1:])
    if prod(size) < 8 or min(size) < 2:
        return maps
    pull = push * torch.exp(-squared(offsets) / wide**2) * (part[_DEPTH] / _FIRM).clamp(0, 1)
    grid = torch.stack([_read_at(pull, offsets, axis, frame.step) for axis in (2, 1, 0)], -1)
    moved = grid_sample(part[None], grid[None], align_corners=True, padding_mode="border")
    changed = maps.clone()
    changed[(slice(None), *box)] = moved[0]
    return changed


def aged(maps: BrainMaps, *, seed: int, frame: Frame) -> BrainMaps:
    """Make the ventricles wider, or narrower, as they are in older and younger people; each side by itself.

    Args:
        maps: of a person; not changed.
        seed: of the case.
        frame: the grid.
    """
    dice = chance(seed, "age")
    wider = dice.uniform(-0.15, 0.4)
    for side in (-15.0, 15.0):
        maps = bulged(maps, (13.0, 6.0, side), wide=24.0, push=wider + dice.uniform(-0.05, 0.05), frame=frame)
    return maps


def _read_at(pull: Tensor, offsets: list[Tensor], axis: int, step: float) -> Tensor:
    """Where along an axis each voxel is read, -1 and 1 being the first and the last of the box."""
    shape = [1, 1, 1]
    shape[axis] = -1
    count = pull.shape[axis]
    return torch.linspace(-1, 1, count).view(shape) - offsets[axis].view(shape) * pull * (2 / ((count - 1) * step))
