"""Transforms of albumentations: items as arrays and back."""

import sys
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from leyden.augment.adapting.flat import laid_out, like, picture_items, working
from leyden.augment.adapting.places import Placed, gather, ordered, refit, scatter, stayed
from leyden.errors import DrawError
from leyden.items import Image, Item, Mask
from leyden.items.boxes import Boxes

__all__ = ["through_albumentations"]

_Sample = TypeVar("_Sample")

_PROBES = 3
"""Places that are gathered of a sample without any."""

_WHOLE = 2**24
"""Whole numbers that float32 holds."""


def through_albumentations(transform: Any, sample: _Sample, seed: int) -> _Sample:
    """Give a sample after a transform of albumentations.

    Points, outlines and the corners of boxes travel as its keypoints, none of which is dropped; transforms that look at
    boxes are shown the boxes too.

    Args:
        transform: a single one or a composition.
        sample: items on one picture grid, an image among them.
        seed: for its own generators.

    Raises:
        DrawError: an item that albumentations has no form for, or labels beyond 2**24.
    """
    items, size = picture_items(sample, "albumentations")
    library, names = sys.modules["albumentations"], _names(items)
    before, keys = gather(items, size), transform.available_keys
    moves, looks = "keypoints" in keys, "bboxes" in keys and any(isinstance(item, Boxes) for item in items)
    points = library.KeypointParams(format="xy", label_fields=["rows"], remove_invisible=False) if moves else None
    whole = library.Compose(
        [transform],
        keypoint_params=points,
        bbox_params=library.BboxParams(format="pascal_voc", label_fields=["kept"]) if looks else None,
        additional_targets=dict.fromkeys(names[1:], "image"),
        seed=seed,
    )
    moved = whole(**_given(items, before if moves else None, looks=looks))
    if isinstance(moved["image"], Tensor):
        raise DrawError("a picture came back as a tensor, its channels first, as items hold it; leave ToTensorV2 out")
    back = _points(moved, len(before)) if moves else before
    new_size = tuple(moved["image"].shape[:2])
    still = new_size == size and stayed(before, back)
    results = iter([moved[name] for name in names]), iter(moved.get("masks", []))
    taken = [_taken(item, results, still=still) for item in items]
    return laid_out(sample, scatter(taken, back, new_size))


def _names(items: list[Item]) -> list[str]:
    """Name the images as albumentations wants them."""
    images = [item for item in items if isinstance(item, Image)]
    return [f"image{number}" if number else "image" for number in range(len(images))]


def _given(items: list[Item], places: Placed | None, *, looks: bool) -> dict[str, Any]:
    """Give the items as albumentations wants them; behind the places one near a corner, which a mirror doubles."""
    images, boxes = [item for item in items if isinstance(item, Image)], _boxes(items)
    given: dict[str, Any] = {name: _array(image) for name, image in zip(_names(items), images, strict=True)}
    masks = [_labels(item) for item in items if isinstance(item, Mask)]
    given |= {"masks": masks} if masks else {}
    given |= {"bboxes": boxes, "kept": list(range(len(boxes)))} if looks else {}
    if places is None:
        return given
    watched = torch.cat((places, places.new_ones(1, 2)))
    return given | {"keypoints": watched.flip(1).numpy(), "rows": list(range(len(watched)))}


def _points(moved: dict[str, Any], count: int) -> Tensor:
    """Give the places that came back, in the order in which they went."""
    places = torch.as_tensor(np.array(moved["keypoints"], dtype=float)).view(-1, 2).flip(1)
    rows = [int(row) for row in moved["rows"]]
    if count == _PROBES and len(set(rows)) < len(rows):
        return places  # mirrored probes alone, which nobody misses
    return ordered(places, rows, count)[: sum(row < count for row in rows)]


def _boxes(items: list[Item]) -> np.ndarray:
    """List the boxes as far as they are in view, as albumentations insists."""
    shown = [item.clipped().to_xyxy().cpu().numpy() for item in items if isinstance(item, Boxes)]
    return np.concatenate([np.empty((0, 4)), *shown])


def _array(image: Image) -> np.ndarray:
    return np.array(working(image.data).detach().cpu().permute(1, 2, 0).numpy(), order="C")


def _labels(mask: Mask) -> np.ndarray:
    """Give a mask as bytes or float32, which OpenCV moves and which hold its labels exactly."""
    low, high = (int(bound) for bound in mask.data.aminmax())
    if max(-low, high) > _WHOLE:
        raise DrawError(f"labels {low}..{high} do not survive albumentations, which holds 2**24 exactly; renumber them")
    fits = low >= 0 and high <= np.iinfo(np.uint8).max
    return np.ascontiguousarray(mask.data.cpu().numpy().astype(np.uint8 if fits else np.float32))


def _taken(item: Item, results: tuple[Any, Any], *, still: bool) -> Item:
    if isinstance(item, Image):
        array = next(results[0])
        data = torch.as_tensor(np.ascontiguousarray(array))
        return refit(item, like(data.view(*data.shape[:2], -1).permute(2, 0, 1), item.data), still=still)
    if isinstance(item, Mask):
        data: Tensor = torch.as_tensor(np.ascontiguousarray(next(results[1])))
        return refit(item, data.view(data.shape[:2]).to(item.data), still=still)
    return item
