"""How far it is through tissue: the time at which a front arrives that is fast in white matter and slow elsewhere."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import avg_pool3d, interpolate

__all__ = ["arrival"]

_COARSE = 2.5
"""The front runs on a grid of about so many mm: its time is smooth, and what is finer the caller adds."""

_FAR = 1e3


def arrival(
    start: Float[Tensor, "z y x"], speed: Float[Tensor, "z y x"], *, step: float, reach: float
) -> Float[Tensor, "z y x"]:
    """Give how far each place is from a body, in mm at speed 1.

    Args:
        start: mm to the surface of the body, 0 and less inside; counts only next to it.
        speed: above 0 and up to 1.
        step: mm from voxel to voxel.
        reach: the greatest distance that is needed; beyond it times are not found, only that they are greater.

    Source:
        The eikonal equation by Godunov's upwind differences, relaxed everywhere at once: Rouy and Tourin 1992, A
        viscosity solutions approach to shape-from-shading.
    """
    factor = max(1, round(_COARSE / step))
    coarse, hop = _shrunk(start, factor), step * factor
    cost = hop / _shrunk(speed, factor)
    time = torch.where(coarse < hop, coarse.clamp(min=0), _FAR)
    fixed = time.clone()
    for _ in range(int(1.5 * reach / hop) + 4):
        time = torch.minimum(_relaxed(time, cost), fixed)
    if factor == 1:
        return time
    fine = interpolate(time.clamp(max=3 * reach)[None, None], scale_factor=factor, mode="trilinear")[0, 0]
    return fine[: start.shape[0], : start.shape[1], : start.shape[2]]


def _shrunk(values: Tensor, factor: int) -> Tensor:
    if factor == 1:
        return values
    return avg_pool3d(values[None], factor, ceil_mode=True, count_include_pad=False)[0]


def _relaxed(time: Tensor, cost: Tensor) -> Tensor:
    """Solve for each voxel from the earlier neighbour along each axis."""
    sides = [_earlier(time, axis) for axis in range(3)]
    low = torch.minimum(torch.minimum(sides[0], sides[1]), sides[2])
    high = torch.maximum(torch.maximum(sides[0], sides[1]), sides[2])
    middle = sides[0] + sides[1] + sides[2] - low - high
    found = low + cost
    two = (low + middle + (2 * cost**2 - (middle - low) ** 2).clamp(min=0).sqrt()) / 2
    found = torch.where(found > middle, two, found)
    total, square = low + middle + high, low**2 + middle**2 + high**2
    three = (total + (total**2 - 3 * (square - cost**2)).clamp(min=0).sqrt()) / 3
    return torch.where(found > high, three, found)


def _earlier(time: Tensor, axis: int) -> Tensor:
    """The smaller of both neighbours along an axis."""
    length = time.shape[axis]
    found = torch.full_like(time, _FAR)
    if length > 1:
        ahead, behind = time.narrow(axis, 1, length - 1), time.narrow(axis, 0, length - 1)
        found.narrow(axis, 0, length - 1).copy_(ahead)
        later = found.narrow(axis, 1, length - 1)
        torch.minimum(later, behind, out=later)
    return found
