import pytest
import torch

from leyden.augment.adapting import adapt
from leyden.augment.adapting.pictures import check_torchvision, through_torchvision
from leyden.errors import DrawError
from leyden.items import Image, Keypoints, Label, Mask
from leyden.items.boxes import Boxes

DATA = torch.arange(12.0).view(1, 3, 4)
SAMPLE = {
    "image": Image(DATA, spacing=(1.0, 2.0)),
    "mask": Mask(DATA[0].long()),
    "points": Keypoints(torch.tensor([[1.0, 0.0], [1.0, 3.0]]), (3, 4), pairs=((0, 1),)),
    "boxes": Boxes(torch.tensor([[-0.5, -0.5, 1.5, 0.5]]), (3, 4)),
    "label": Label(1),
    "path": "a.png",
}


def flipped(generator_seed, torchvision):
    return adapt(torchvision.HorizontalFlip())(torch.Generator().manual_seed(generator_seed), SAMPLE)


def test_all_items_move_alike_or_not_at_all(torchvision):
    results = [flipped(seed, torchvision) for seed in range(12)]
    moved = next(result for result in results if result != SAMPLE)
    assert SAMPLE in results
    assert moved["image"] == Image(DATA.flip(2))
    assert moved["mask"] == Mask(DATA[0].long().flip(1))
    assert moved["points"].data.tolist() == [[1.0, 0.0], [1.0, 3.0]]  # mirrored, and left is right now
    assert moved["boxes"].data.tolist() == [[-0.5, 2.5, 1.5, 3.5]]
    assert (moved["label"], moved["path"]) == (Label(1), "a.png")


def test_equal_generators_give_equal_samples(torchvision):
    assert [flipped(seed, torchvision) for seed in range(6)] == [flipped(seed, torchvision) for seed in range(6)]


def test_what_drops_boxes_and_what_is_of_the_old_kind_is_refused(torchvision):
    nested = torchvision.Compose([torchvision.HorizontalFlip(), torchvision.SanitizeBoundingBoxes()])
    with pytest.raises(DrawError, match="SanitizeBoundingBoxes of torchvision cannot be adapted"):
        check_torchvision(nested)
    old = type("RandomCrop", (), {"__module__": "torchvision.transforms.transforms"})()
    with pytest.raises(DrawError, match=r"RandomCrop of torchvision's old transforms .* give the one of .*v2"):
        adapt(old)


def test_volumes_are_refused(torchvision):
    with pytest.raises(DrawError, match="torchvision works on pictures"):
        through_torchvision(torchvision.HorizontalFlip(), Image(torch.rand(1, 2, 2, 2)), 0)


def test_a_policy_that_takes_no_boxes_moves_images_and_masks_alone(torchvision):
    sample = {key: SAMPLE[key] for key in ("image", "mask", "label")}
    step = adapt(torchvision.RandAugment())
    results = [step(torch.Generator().manual_seed(seed), sample) for seed in range(12)]
    assert results == [step(torch.Generator().manual_seed(seed), sample) for seed in range(12)]
    shown = {tuple(result["image"].data[0, 0].tolist()) for result in results}
    assert shown == {(0, 1, 2, 3), (3, 2, 1, 0)}
    assert all(result["mask"].data.equal(result["image"].data[0].long()) for result in results)
    assert all(result["image"].spacing is None for result in results)  # where it went is not known
    with pytest.raises(DrawError, match=r"RandAugment of torchvision moves no points and boxes.*Keypoints, Boxes"):
        step(torch.Generator(), SAMPLE)


def test_two_grids_in_one_sample_are_refused(torchvision):
    with pytest.raises(DrawError, match=r"images on a grid of 3 x 5 and what lies on them on one of 3 x 6"):
        through_torchvision(torchvision.Wider(), SAMPLE, 0)
