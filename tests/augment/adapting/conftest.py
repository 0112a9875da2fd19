"""Stand-ins written in the style of the libraries, so that the protocol with each is tested where none is installed."""

import random
import sys
from types import ModuleType

import numpy as np
import pytest
import torch


def module(name, **members):
    made = ModuleType(name)
    for key, member in members.items():
        setattr(made, key, member)
        if isinstance(member, type):
            member.__module__, member.__name__ = name, key
    return made


class Tagged(torch.Tensor):
    """A tensor with a kind, as torchvision's."""

    def __new__(cls, data, **tags):
        made = torch.as_tensor(data).as_subclass(cls)
        made.__dict__.update(tags)
        return made


class VisionImage(Tagged):
    pass


class VisionMask(Tagged):
    pass


class VisionBoxes(Tagged):
    pass


class VisionFlip(torch.nn.Module):
    """Half of the time, by torch's global stream."""

    def forward(self, sample):
        if torch.rand(()) < 0.5:
            return sample
        boxes = sample["places"]
        height, width = boxes.canvas_size
        flipped = boxes.as_subclass(torch.Tensor)
        flipped = torch.stack((width - flipped[:, 2], flipped[:, 1], width - flipped[:, 0], flipped[:, 3]), dim=1)
        items = [item if item is None else type(item)(item.flip(-1)) for item in sample["items"]]
        return {"items": items, "places": VisionBoxes(flipped, canvas_size=(height, width))}


class VisionCompose(torch.nn.Module):
    """Keeps its parts in a plain list, where torch does not see them."""

    def __init__(self, transforms):
        super().__init__()
        self.transforms = transforms


class VisionPolicy(torch.nn.Module):
    """Half of the time a mirror image; takes no boxes, and says so as torchvision does."""

    def forward(self, sample):
        if "places" in sample:
            torch.rand(3)
            raise TypeError("Inputs of type BoundingBoxes are not supported by RandAugment()")
        turned = torch.rand(()) < 0.5
        return {
            "items": [type(item)(item.flip(-1)) if turned and item is not None else item for item in sample["items"]]
        }


class VisionWider(torch.nn.Module):
    """Images and boxes on two grids, as an expanding rotation gives them."""

    def forward(self, sample):
        height, width = sample["places"].canvas_size
        items = [
            item if item is None else type(item)(torch.nn.functional.pad(item, (0, 1))) for item in sample["items"]
        ]
        return {"items": items, "places": VisionBoxes(sample["places"], canvas_size=(height, width + 2))}


class VisionSanitize(torch.nn.Module):
    def forward(self, sample):
        return sample


class ArrayParams:
    def __init__(self, **options):
        self.options = options


class ArrayFlip:
    available_keys = frozenset({"image", "masks", "keypoints", "bboxes"})

    def __init__(self):
        self.stream = random.Random(0)

    def __call__(self, **given):
        if self.stream.random() < 0.5:
            return given
        width = given["image"].shape[1]
        given |= {name: array[:, ::-1] for name, array in given.items() if name.startswith("image")}
        given["masks"] = [mask[:, ::-1] for mask in given.get("masks", [])]
        if "keypoints" in given:
            given["keypoints"] = [(width - 1 - x, y) for x, y in given["keypoints"]]
        return given


class ArrayDouble:
    available_keys = frozenset({"image"})

    def __init__(self):
        self.stream = random.Random(0)

    def __call__(self, **given):
        for name in [key for key in given if key.startswith("image")]:
            given[name] = 2 * given[name]
        return given


class ArrayDrop(ArrayFlip):
    def __call__(self, **given):
        return {**given, "keypoints": given["keypoints"][1:], "rows": given["rows"][1:]}


class ArrayBackwards(ArrayFlip):
    """Gives its points in another order."""

    def __call__(self, **given):
        return {**given, "keypoints": given["keypoints"][::-1], "rows": given["rows"][::-1]}


class ArrayMirrors(ArrayFlip):
    """Loses a point and makes a mirror image of another, as a reflecting border may."""

    def __call__(self, **given):
        return {**given, "rows": [*given["rows"][1:], given["rows"][-1]]}


class ArrayToTensor(ArrayFlip):
    def __call__(self, **given):
        return {**given, "image": torch.from_numpy(given["image"]).permute(2, 0, 1)}


class ArrayCompose:
    def __init__(self, transforms, *, keypoint_params, bbox_params, additional_targets, seed):
        self.transforms, self.seed = transforms, seed
        self.targets = {"image", *additional_targets}
        self.shown = {"keypoints": keypoint_params, "bboxes": bbox_params}

    def __call__(self, **given):
        assert {name for name, params in self.shown.items() if params} == given.keys() & self.shown.keys()
        assert {name for name in given if name.startswith("image")} == self.targets
        for transform in self.transforms:
            transform.stream.seed(self.seed)
            given = transform(**given)
        return given


class ScanTensor(Tagged):
    def __new__(cls, data, affine=None, applied_operations=()):
        affine = torch.eye(4, dtype=torch.float64) if affine is None else affine
        return super().__new__(cls, data, affine=affine, applied_operations=applied_operations)


class ScanMap:
    def __init__(self, keys):
        self.keys = keys


class ScanFlip:
    """Along the last axis, half of the time, by a stream of its own."""

    def set_random_state(self, seed):
        self.stream = np.random.RandomState(seed)

    def __call__(self, data):
        return self.flip(data) if self.stream.rand() < 0.5 else data

    def flip(self, data):
        axis = data.ndim - 2
        affine = data.affine.clone()
        affine[:, 3] += affine[:, axis] * (data.shape[-1] - 1)
        affine[:, axis] *= -1
        return ScanTensor(data.as_subclass(torch.Tensor).flip(-1), affine, ("flip",))


class ScanFlipd(ScanFlip, ScanMap):
    def __call__(self, sample):
        return {**sample, **{key: self.flip(sample[key]) for key in self.keys}}


class ScanHalf:
    def __call__(self, data):
        return ScanTensor(data.as_subclass(torch.Tensor) / 2, data.affine)


class ScanHalfd(ScanMap):
    def __call__(self, sample):
        return {**sample, **{key: ScanHalf()(sample[key]) for key in self.keys}}


class ScanCrops(ScanMap):
    def __call__(self, sample):
        return [sample, sample]


class ScanCompose:
    def __init__(self, transforms):
        self.transforms = transforms

    def set_random_state(self, seed):
        for transform in self.transforms:
            transform.set_random_state(seed)

    def __call__(self, sample):
        for transform in self.transforms:
            sample = transform(sample)
        return sample


@pytest.fixture
def torchvision(monkeypatch):
    """Images, masks and boxes as torchvision.tv_tensors has them, and transforms as torchvision.transforms.v2."""
    tensors = module("torchvision.tv_tensors", Image=VisionImage, Mask=VisionMask, BoundingBoxes=VisionBoxes)
    monkeypatch.setitem(sys.modules, "torchvision", module("torchvision"))
    monkeypatch.setitem(sys.modules, "torchvision.tv_tensors", tensors)
    members = {"HorizontalFlip": VisionFlip, "SanitizeBoundingBoxes": VisionSanitize, "Compose": VisionCompose}
    members |= {"RandAugment": VisionPolicy, "Wider": VisionWider}
    return module("torchvision.transforms.v2", **members)


@pytest.fixture
def albumentations(monkeypatch):
    """A composition that takes arrays by name, seeded as a whole, and transforms for it."""
    transforms = {"HorizontalFlip": ArrayFlip, "Double": ArrayDouble, "Drop": ArrayDrop, "Compose": ArrayCompose}
    transforms |= {"Backwards": ArrayBackwards, "Mirrors": ArrayMirrors, "ToTensor": ArrayToTensor}
    made = module("albumentations", KeypointParams=ArrayParams, BboxParams=ArrayParams, **transforms)
    monkeypatch.setitem(sys.modules, "albumentations", made)
    return made


@pytest.fixture
def monai(monkeypatch):
    """Tensors with an affine and a list of what was done to them, and transforms of arrays and of dictionaries."""
    members = {"RandFlip": ScanFlip, "Flipd": ScanFlipd, "Half": ScanHalf, "Halfd": ScanHalfd, "Crops": ScanCrops}
    transforms = module("monai.transforms", MapTransform=ScanMap, Compose=ScanCompose, **members)
    monkeypatch.setitem(sys.modules, "monai", module("monai"))
    monkeypatch.setitem(sys.modules, "monai.transforms", transforms)
    monkeypatch.setitem(sys.modules, "monai.data", module("monai.data", MetaTensor=ScanTensor))
    return transforms
