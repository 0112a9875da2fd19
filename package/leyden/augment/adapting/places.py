"""Places of a sample as one list of points, which every library can move."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import TypeAlias

import torch
from jaxtyping import Float64
from torch import Tensor

from leyden.errors import DrawError
from leyden.items import Image, Item, Keypoints, Mask, Size
from leyden.items.boxes import Boxes
from leyden.items.polygon import Polygon

__all__ = ["Placed", "gather", "ordered", "refit", "scatter", "stayed"]

Placed: TypeAlias = Float64[Tensor, "point axis"]
"""Points in pixels, in axis order; the centre of the first pixel is at 0."""


def gather(items: Sequence[Item], size: Size) -> Placed:
    """Give all places of the items of a sample: points, outlines, corners of boxes, and probes at the end.

    The probes are the centre of the grid and one pixel further along each axis; they tell how a transform of another
    library moves the grid, which it does not say.

    Args:
        items: those of a sample, in order.
        size: the grid they share.
    """
    centre = torch.tensor([(count - 1) / 2 for count in size], dtype=torch.float64)
    probes = torch.cat((centre[None], centre + torch.eye(len(size), dtype=torch.float64)))
    return torch.cat([*(_places(item).double().cpu() for item in items), probes])


def ordered(places: Float64[Tensor, "kept axis"], rows: Sequence[int], count: int) -> Float64[Tensor, "some axis"]:
    """Give places in the order in which they were gathered.

    Args:
        places: as they came back.
        rows: which of the gathered ones each of them is.
        count: how many were gathered.

    Raises:
        DrawError: some came back more than once: nobody can tell which is the place itself.
    """
    if len(set(rows)) < len(rows):
        raise DrawError(
            f"{count} places went in and {len(rows)} came back, mirror images among them, which a reflecting border "
            "makes of points; give the transform a border that is not reflected (border_mode), or leave the points out"
        )
    order = sorted(range(len(rows)), key=rows.__getitem__)
    return places[order]


def scatter(items: Sequence[Item], moved: Placed, new_size: Size) -> list[Item]:
    """Give the items at their new places; images, masks and labels as they are.

    Where the probes say that the grid was mirrored, the points of each pair change places.

    Args:
        items: as they were gathered.
        moved: the same points after the transform.
        new_size: the grid they live on then.

    Raises:
        DrawError: a point was dropped or added.
    """
    counts = [len(_places(item)) for item in items]
    axes = len(new_size)
    if len(moved) != sum(counts) + axes + 1:
        if not any(counts):
            return list(items)  # only probes were lost, which nobody misses
        raise DrawError(
            f"{sum(counts) + axes + 1} places went in and {len(moved)} came back; leave out what drops points or boxes "
            "(Boxes.clipped does it after), and give distortions of albumentations keypoint_remapping_method='direct'"
        )
    *parts, probes = moved.split([*counts, axes + 1])
    mirrored = bool(torch.linalg.det(probes[1:] - probes[0]) < 0)
    return [_placed(item, part, new_size, mirrored=mirrored) for item, part in zip(items, parts, strict=True)]


def stayed(before: Placed, after: Float64[Tensor, "kept axis"]) -> bool:
    """Tell whether no place moved, by more than what single precision rounds.

    Args:
        before: as gathered.
        after: as they came back, perhaps fewer.
    """
    return before.shape == after.shape and torch.allclose(before, after, rtol=1e-6, atol=1e-4)


def refit(before: Image | Mask, data: Tensor, *, still: bool) -> Image | Mask:
    """Give an image or mask with new pixels; its spacing and affine stay if the grid did, else they are not known.

    Args:
        before: as it was.
        data: `channel *space` of an image, `*space` of a mask.
        still: whether no place moved.
    """
    spacing, affine = (before.spacing, before.affine) if still else (None, None)
    return replace(before, data=data, spacing=spacing, affine=affine)


def _places(item: Item) -> Tensor:
    if isinstance(item, Keypoints | Polygon):
        return item.data
    if isinstance(item, Boxes):
        return torch.stack([_corner(item, choice) for choice in _corners(item)], 1).flatten(0, 1)
    return torch.empty(0, len(item.size or (0, 0)))


def _corners(boxes: Boxes) -> list[tuple[int, ...]]:
    return list(product((0, 1), repeat=len(boxes.size)))


def _corner(boxes: Boxes, choice: tuple[int, ...]) -> Tensor:
    ends = boxes.first, boxes.last
    return torch.stack([ends[end][:, axis] for axis, end in enumerate(choice)], 1)


def _placed(item: Item, places: Tensor, new_size: Size, *, mirrored: bool) -> Item:
    if isinstance(item, Boxes):
        corners = places.to(item.data).view(len(item.data), len(_corners(item)), len(new_size))
        return Boxes(torch.cat((corners.amin(1), corners.amax(1)), 1), new_size, item.labels, item.rows)
    if isinstance(item, Polygon):
        return replace(item, data=places.to(item.data), size=new_size)
    if not isinstance(item, Keypoints):
        return item
    order = list(range(len(places)))
    for one, other in item.pairs if mirrored else ():
        order[one], order[other] = other, one
    return replace(item, data=places.to(item.data)[order], size=new_size)
