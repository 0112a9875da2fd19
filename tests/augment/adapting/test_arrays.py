import pytest
import torch

from leyden.augment.adapting import adapt
from leyden.augment.adapting.arrays import through_albumentations
from leyden.errors import DrawError
from leyden.items import Image, Keypoints, Mask
from leyden.items.boxes import Boxes

DATA = torch.arange(24.0).view(2, 3, 4)
SAMPLE = (
    Image(DATA),
    Image(DATA[:1].to(torch.uint8), spacing=(2.0, 2.0)),
    Mask(torch.tensor([[0, 300, 2, 3]] * 3)),
    Mask(torch.tensor([[0, 1, 2, 3]] * 3, dtype=torch.int16)),
    Keypoints(torch.tensor([[2.0, 1.0]]), (3, 4)),
    Boxes(torch.tensor([[-0.5, -0.5, 1.5, 0.5], [-9.0, -9.0, -8.0, -8.0]]), (3, 4)),
)


def test_all_items_move_alike_or_not_at_all(albumentations):
    step = adapt(albumentations.HorizontalFlip())
    results = [step(torch.Generator().manual_seed(seed), SAMPLE) for seed in range(12)]
    assert results == [step(torch.Generator().manual_seed(seed), SAMPLE) for seed in range(12)]
    moved = next(result for result in results if result != SAMPLE)
    assert SAMPLE in results
    assert moved[:2] == (Image(DATA.flip(2)), Image(DATA[:1].to(torch.uint8).flip(2)))  # where it went is not known
    assert moved[2:4] == tuple(Mask(mask.data.flip(1)) for mask in SAMPLE[2:4])
    assert moved[4].data.tolist() == [[2.0, 2.0]]
    assert moved[5].data.tolist() == [[-0.5, 2.5, 1.5, 3.5], [-9, 11, -8, 12]]


def test_colours_leave_places_and_spacing_alone(albumentations):
    doubled = through_albumentations(albumentations.Double(), SAMPLE, 0)
    assert doubled[0] == Image(2 * DATA)
    assert doubled[1].spacing == (2.0, 2.0)
    assert doubled[2:] == SAMPLE[2:]


def test_half_precision_comes_back_as_such(albumentations):
    image = Image(DATA.half())
    assert through_albumentations(albumentations.Double(), image, 0) == Image(2 * DATA.half())


def test_points_that_were_dropped_are_missed(albumentations):
    with pytest.raises(DrawError, match="places went in and"):
        through_albumentations(albumentations.Drop(), SAMPLE, 0)


def test_labels_too_large_for_it_are_refused(albumentations):
    sample = (Image(DATA), Mask(torch.full((3, 4), 2**25)))
    with pytest.raises(DrawError, match=r"labels 33554432..33554432 do not survive albumentations"):
        through_albumentations(albumentations.HorizontalFlip(), sample, 0)


def test_points_that_come_back_in_another_order_are_told_apart(albumentations):
    assert through_albumentations(albumentations.Backwards(), SAMPLE, 0) == SAMPLE


def test_mirror_images_of_points_are_no_points(albumentations):
    with pytest.raises(DrawError, match=r"mirror images among them, which a reflecting border makes.*border_mode"):
        through_albumentations(albumentations.Mirrors(), SAMPLE, 0)
    assert through_albumentations(albumentations.Mirrors(), SAMPLE[0], 0) == SAMPLE[0]


def test_a_picture_that_became_a_tensor_is_refused(albumentations):
    with pytest.raises(DrawError, match="leave ToTensorV2 out"):
        through_albumentations(albumentations.ToTensor(), Image(DATA), 0)


def test_a_picture_without_any_box_goes_through(albumentations):
    sample = Image(DATA), Boxes(torch.empty(0, 4), (3, 4))
    moved = adapt(albumentations.HorizontalFlip())
    results = [moved(torch.Generator().manual_seed(seed), sample) for seed in range(12)]
    assert {result[1].data.shape for result in results} == {(0, 4)}
    assert any(result[0] == Image(DATA.flip(2)) for result in results)
