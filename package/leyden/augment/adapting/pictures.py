"""Transforms of torchvision: items as its tensors and back."""

import sys
from typing import Any, TypeVar

import torch
from torch import Tensor

from leyden.augment.adapting.flat import laid_out, like, parts_of, picture_items, working
from leyden.augment.adapting.places import gather, refit, scatter, stayed
from leyden.augment.adapting.streams import seeded_streams
from leyden.errors import DrawError
from leyden.items import Image, Item, Mask
from leyden.items.grid import size_text

__all__ = ["check_torchvision", "through_torchvision"]

_Sample = TypeVar("_Sample")

_REFUSED = {"SanitizeBoundingBoxes", "SanitizeKeyPoints", "ClampBoundingBoxes", "ClampKeyPoints", "RandomIoUCrop"}


def check_torchvision(transform: Any) -> None:
    """Raise if a transform of torchvision cannot be a step.

    Args:
        transform: made, of `torchvision.transforms` or its `v2`.

    Raises:
        DrawError: of version 1, or with a part that drops, clamps or looks at boxes.
    """
    if not any(each.__module__.startswith("torchvision.transforms.v2") for each in type(transform).__mro__):
        raise DrawError(
            f"{type(transform).__name__} of torchvision's old transforms moves images alone, not what lies on them; "
            "give the one of torchvision.transforms.v2"
        )
    found = sorted({type(part).__name__ for part in parts_of(transform)} & _REFUSED)
    if found:
        raise DrawError(
            f"{', '.join(found)} of torchvision cannot be adapted: every box and point keeps its row here; clip with "
            "Boxes.clipped after, and crop around boxes with a crop of leyden"
        )


def through_torchvision(transform: Any, sample: _Sample, seed: int) -> _Sample:
    """Give a sample after a transform of torchvision.transforms.v2, whose chance comes from the global streams.

    Points travel as boxes without width: those are flipped about the edges of the picture and turned about its
    middle alike, which torchvision's own points are not (a flip counts from pixel centres, a turn from edges).

    Args:
        transform: of `torchvision.transforms.v2`.
        sample: items on one picture grid.
        seed: set already in the global streams.

    Raises:
        DrawError: an item that torchvision has no form for, or the transform drops boxes.
    """
    items, size = picture_items(sample, "torchvision")
    tensors = sys.modules["torchvision.tv_tensors"]  # which the transform brought
    before = gather(items, size)
    corners = before.flip(1) + 0.5  # x before y, counted from the first edge
    places = tensors.BoundingBoxes(
        torch.cat((corners, corners), 1), format="XYXY", canvas_size=size, clamping_mode=None
    )
    given = [_given(tensors, item) for item in items]
    try:
        moved = transform({"items": given, "places": places})
    except (TypeError, ValueError) as error:
        if "bounding box" not in str(error).lower().replace("boundingbox", "bounding box"):
            raise
        return laid_out(sample, _placeless(transform, items, given, seed))
    new_size = tuple(moved["places"].canvas_size)
    shown = {result.shape[-2:] for result in moved["items"] if isinstance(result, Tensor)}
    if shown - {torch.Size(new_size)}:
        raise DrawError(
            f"torchvision laid the images on a grid of {size_text(tuple(next(iter(shown))))} and what lies on them on "
            f"one of {size_text(new_size)}, as RandomRotation(expand=True) does; use one that keeps the grid"
        )
    back = moved["places"].as_subclass(Tensor)[:, :2].flip(1) - 0.5
    still = new_size == size and stayed(before, back)
    taken = [_taken(item, result, still=still) for item, result in zip(items, moved["items"], strict=True)]
    return laid_out(sample, scatter(taken, back, new_size))


def _placeless(transform: Any, items: list[Item], given: list[object], seed: int) -> list[Item]:
    """Give the items after a transform that takes no boxes, as the policies; where it moved them, it does not say."""
    lying = [type(item).__name__ for item in items if item.size is not None and not isinstance(item, Image | Mask)]
    if lying:
        raise DrawError(
            f"{type(transform).__name__} of torchvision moves no points and boxes, and there are {', '.join(lying)}; "
            "leave them out, or use the transform of leyden"
        )
    with seeded_streams(seed):
        moved = transform({"items": given})
    return [_taken(item, result, still=False) for item, result in zip(items, moved["items"], strict=True)]


def _given(tensors: Any, item: Item) -> object:
    if isinstance(item, Image):
        return tensors.Image(working(item.data))
    return tensors.Mask(item.data) if isinstance(item, Mask) else None


def _taken(item: Item, result: Any, *, still: bool) -> Item:
    if isinstance(item, Image):
        return refit(item, like(result.as_subclass(Tensor), item.data), still=still)
    return refit(item, result.as_subclass(Tensor), still=still) if isinstance(item, Mask) else item
