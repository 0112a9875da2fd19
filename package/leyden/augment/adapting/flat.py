"""Samples as lists of items and back, for libraries that do not know ours."""

from collections.abc import Iterable
from typing import Any, TypeVar

import torch
from torch import Tensor

from leyden.augment.fusing.scene import grid_of
from leyden.errors import DrawError
from leyden.items import Image, Item, Keypoints, Label, Mask, Row, Size, items_of, map_items
from leyden.items.boxes import Boxes
from leyden.items.polygon import Polygon

__all__ = ["laid_out", "like", "parts_of", "picture_items", "working"]

_Sample = TypeVar("_Sample")

_KNOWN = (Image, Mask, Keypoints, Boxes, Polygon, Label, Row)


def picture_items(sample: object, library: str) -> tuple[list[Item], Size]:
    """List the items of a sample and their grid, for a library that works on pictures.

    Args:
        sample: with at least one image.
        library: named in the errors.

    Raises:
        DrawError: a volume, an item that the library has no form for, or no image.
    """
    items, size = items_of(sample), grid_of(sample)
    strange = sorted({type(item).__name__ for item in items if not isinstance(item, _KNOWN)})
    faults = [
        *([f"{library} has nothing like {' or '.join(strange)}; leave it out of the sample"] if strange else []),
        *([f"{library} works on pictures; adapt a MONAI transform for volumes"] if len(size) != 2 else []),
        *([] if any(isinstance(item, Image) for item in items) else [f"{library} wants an image in the sample"]),
    ]
    if faults:
        raise DrawError("; ".join(faults))
    return items, size


def laid_out(sample: _Sample, items: Iterable[Item]) -> _Sample:
    """Give a sample of the same build with other items, in the order of `items_of`."""
    following = iter(items)
    return map_items(lambda _: next(following), sample)


def parts_of(transform: Any) -> list[Any]:
    """List what a composition of any library is made of, down to single transforms.

    Args:
        transform: a single one or a composition, which all of them keep in `transforms`.
    """
    inner = getattr(transform, "transforms", None)
    return [transform] if inner is None else [part for each in inner for part in parts_of(each)]


def working(data: Tensor) -> Tensor:
    """Give an image in a dtype that every library computes in: bytes, or float32."""
    return data if data.dtype in (torch.uint8, torch.float32) else data.float()


def like(data: Tensor, before: Tensor) -> Tensor:
    """Give the result in the dtype and on the device of the image before, unless bytes became real numbers."""
    stays = before.dtype != torch.uint8 or data.dtype == torch.uint8
    return data.to(before.device, before.dtype) if stays else data.to(before.device)
