"""What bench/augment.py asks of a photograph, as each library's own pages write it.

A route is a function that takes arrays and gives the network's input with mask and points. Where a library knows more
than one way to the same result, all of them stand here; the fastest on the machine is timed.
"""

import importlib
import os
from collections.abc import Callable
from typing import Any, TypeAlias

import torch

from augment_work import JITTER, MEAN, RATIO, SCALE, SIDE, SPREAD, Arrays, Turn

__all__ = ["PLANES", "Route", "Routes"]

Route: TypeAlias = Callable[[Arrays], tuple[Any, ...]]
"""Arrays in; image, mask and points out."""

Routes: TypeAlias = dict[str, Route]


def albumentations(turn: Turn) -> Routes:
    """Everything on bytes in OpenCV, float only in Normalize."""
    os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
    module, to_tensor = importlib.import_module("albumentations"), importlib.import_module("albumentations.pytorch")
    scale, ratio = _crop(turn)
    start, jitter = 1 - _jitter(turn), (1 - _jitter(turn), 1 + _jitter(turn))
    limit = (turn.degrees, turn.degrees) if turn.sure else (-turn.degrees, turn.degrees)
    places = [
        module.RandomResizedCrop((SIDE, SIDE), scale=scale, ratio=ratio, p=1),
        module.HorizontalFlip(p=turn.flip),
        module.Rotate(limit=limit, p=1),
    ]
    ends = [module.Normalize(MEAN, SPREAD), to_tensor.ToTensorV2()]
    colours = {
        "ColorJitter": [module.ColorJitter(jitter, jitter, jitter, (0, 0), p=1)],
        "RandomBrightnessContrast and HueSaturationValue": [
            module.RandomBrightnessContrast(1 - start, 1 - start, p=1),
            module.HueSaturationValue((0, 0), (-255 * (1 - start), 255 * (1 - start)), (0, 0), p=1),
        ],
    }
    points = module.KeypointParams("xy", remove_invisible=False)

    def route(change: Any) -> Route:
        def run(sample: Arrays) -> tuple[Any, ...]:
            made = change(image=sample["image"], mask=sample["mask"], keypoints=sample["points"])
            return made["image"], made["mask"], made["keypoints"]

        return run

    return {
        name: route(module.Compose([*places, *steps, *ends], keypoint_params=points)) for name, steps in colours.items()
    }


def torchvision(turn: Turn) -> Routes:
    """Transforms v2 on typed tensors; bytes to the end, or real numbers from the crop on."""
    _operators()
    v2, tensors = (
        importlib.import_module("torchvision.transforms.v2"),
        importlib.import_module("torchvision.tv_tensors"),
    )
    scale, ratio = _crop(turn)
    crop = v2.RandomResizedCrop(SIDE, scale=scale, ratio=ratio, antialias=True)
    degrees = (turn.degrees, turn.degrees) if turn.sure else turn.degrees
    rest = [
        v2.RandomHorizontalFlip(turn.flip),
        v2.RandomRotation(degrees, interpolation=v2.InterpolationMode.BILINEAR),
        v2.ColorJitter(*(_jitter(turn),) * 3),
    ]
    real, normal = v2.ToDtype(torch.float32, scale=True), v2.Normalize(MEAN, SPREAD)

    def route(change: Any) -> Route:
        def run(sample: Arrays) -> tuple[Any, ...]:
            image = tensors.Image(torch.from_numpy(sample["image"]).permute(2, 0, 1))
            mask = tensors.Mask(torch.from_numpy(sample["mask"]))
            return change(image, mask, tensors.KeyPoints(torch.from_numpy(sample["points"]), canvas_size=mask.shape))

        return run

    return {
        "bytes to the end": route(v2.Compose([crop, *rest, real, normal])),
        "real numbers after the crop": route(v2.Compose([crop, real, *rest, normal])),
    }


def kornia(turn: Turn) -> Routes:
    """A batch of one, as it wants it."""
    module = importlib.import_module("kornia.augmentation")
    scale, ratio = _crop(turn)
    degrees = (turn.degrees, turn.degrees) if turn.sure else turn.degrees

    def route(mode: str) -> Route:
        change = module.AugmentationSequential(
            module.RandomResizedCrop((SIDE, SIDE), scale=scale, ratio=ratio, cropping_mode=mode),
            module.RandomHorizontalFlip(p=turn.flip),
            module.RandomRotation(degrees, p=1.0),
            module.ColorJitter(*(_jitter(turn),) * 3, 0.0, p=1.0),
            module.Normalize(torch.tensor(MEAN), torch.tensor(SPREAD)),
            data_keys=["input", "mask", "keypoints"],
        )

        def run(sample: Arrays) -> tuple[Any, ...]:
            image = torch.from_numpy(sample["image"]).permute(2, 0, 1)[None].float() / 255
            mask = torch.from_numpy(sample["mask"])[None, None].float()
            image, mask, points = change(image, mask, torch.from_numpy(sample["points"])[None])
            return image[0], mask[0, 0], points[0]

        return run

    return {f"cropping_mode={mode!r}": route(mode) for mode in ("slice", "resample")}


def leyden(turn: Turn) -> Routes:
    """One draw, one resample."""
    augment, items = importlib.import_module("leyden.augment"), importlib.import_module("leyden.items")
    scale, ratio = _crop(turn)
    colours = (augment.Brightness, augment.Contrast, augment.Saturation)
    chain = augment.RandomResizedCrop(SIDE, SIDE, scale=scale, ratio=ratio)
    chain |= augment.Maybe(augment.Flip("x"), p=turn.flip)
    chain |= augment.Rotate((turn.degrees, turn.degrees) if turn.sure else turn.degrees) | augment.Border("zeros")
    for colour in colours:
        chain |= colour(_jitter(turn))
    chain |= augment.Normalize(MEAN, SPREAD)
    generator = torch.Generator().manual_seed(0)

    def run(sample: Arrays) -> tuple[Any, ...]:
        image = items.Image(torch.from_numpy(sample["image"]).permute(2, 0, 1))
        mask = items.Mask(torch.from_numpy(sample["mask"]))
        places = items.Keypoints(torch.from_numpy(sample["points"]).flip(1), mask.size)
        image, mask, places = chain(generator, (image, mask, places))
        return image.data, mask.data, places.data.flip(1)

    return {"one resample": run}


def _crop(turn: Turn) -> tuple[tuple[float, float], tuple[float, float]]:
    """Shares of the area and ratios of the sides; if sure, the whole of 500 x 375."""
    return ((1.0, 1.0), (4 / 3, 4 / 3)) if turn.sure else (SCALE, RATIO)


def _jitter(turn: Turn) -> float:
    return 0.0 if turn.sure else JITTER


def _operators() -> None:
    """The two operators that torchvision's CUDA build misses beside CPU torch; nothing here calls them."""
    if _MISSING:
        return
    _MISSING.append(torch.library.Library("torchvision", "DEF"))  # kept: operators go when their library does
    for name in ("nms", "qnms"):
        _MISSING[0].define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")


_MISSING: list[torch.library.Library] = []

PLANES: dict[str, Callable[[Turn], Routes]] = {
    "leyden": leyden,
    "albumentations": albumentations,
    "albumentations, OpenCV on one thread": albumentations,
    "torchvision": torchvision,
    "kornia": kornia,
}
