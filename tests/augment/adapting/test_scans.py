from dataclasses import replace

import monai.transforms as real
import pytest
import torch

from leyden.augment.adapting import adapt
from leyden.augment.adapting.scans import through_monai
from leyden.errors import DrawError
from leyden.items import Image, Keypoints, Label, Mask

AFFINE = ((0.0, 0.0, -0.5, 9.0), (0.0, 0.5, 0.0, -6.0), (3.0, 0.0, 0.0, 1.0), (0.0, 0.0, 0.0, 1.0))
DATA = torch.arange(24.0).view(1, 2, 3, 4)
SAMPLE = {"image": Image(DATA, affine=AFFINE), "mask": Mask(DATA[0].to(torch.uint8)), "label": Label(1), "path": "a"}


def test_a_dictionary_transform_moves_what_it_has_keys_for(monai):
    moved = through_monai(monai.Flipd(["image", "mask"]), SAMPLE, 0)
    assert torch.equal(moved["image"].data, DATA.flip(3))
    assert type(moved["image"].data) is torch.Tensor
    assert moved["image"].affine == ((0.0, 0.0, 0.5, 7.5), *AFFINE[1:])
    assert moved["mask"] == Mask(SAMPLE["mask"].data.flip(2))
    assert (moved["label"], moved["path"]) == (Label(1), "a")


def test_what_comes_back_is_read_as_before(monai):
    sample = {key: replace(SAMPLE[key], interpolation=how) for key, how in (("image", "cubic"), ("mask", "vote"))}
    moved = through_monai(monai.Flipd(["image", "mask"]), sample, 0)
    assert {key: item.interpolation for key, item in moved.items()} == {"image": "cubic", "mask": "vote"}


def test_spacing_alone_comes_back_alone(monai):
    image = Image(torch.rand(1, 3, 4), spacing=(0.5, 2.0))
    moved = through_monai(monai.Flipd(["image"]), {"image": image}, 0)["image"]
    assert (moved.spacing, moved.affine) == ((0.5, 2.0), None)


def test_chance_is_seeded_and_the_transform_given_is_not_moved(monai):
    transform = monai.Compose([monai.RandFlip()])
    step = adapt(transform)
    results = [step(torch.Generator().manual_seed(seed), SAMPLE["image"]) for seed in range(10)]
    assert results == [step(torch.Generator().manual_seed(seed), SAMPLE["image"]) for seed in range(10)]
    assert len({str(result.affine) for result in results}) == 2
    assert not hasattr(transform.transforms[0], "stream")


def test_bytes_become_real(monai):
    image = Image(torch.full((1, 2, 2), 255, dtype=torch.uint8))
    assert through_monai(monai.Half(), image, 0) == Image(torch.full((1, 2, 2), 0.5))


def test_half_of_a_sample_moved_is_an_error(monai):
    with pytest.raises(DrawError, match=r"MONAI moved \['image'\] and not \['mask'\]; give .* keys of all"):
        through_monai(monai.Flipd(["image"]), SAMPLE, 0)
    array = type("Flip", (monai.RandFlip,), {"__call__": monai.RandFlip.flip})()
    with pytest.raises(DrawError, match=r"array transform moved the image and not the Mask .* RandFlipd"):
        through_monai(array, SAMPLE, 0)
    assert through_monai(monai.Half(), SAMPLE, 0)["mask"] == SAMPLE["mask"]


def test_an_interpolated_mask_is_an_error(monai):
    with pytest.raises(DrawError, match=r"MONAI invented labels such as 0\.5 in a mask.*nearest.*Remap"):
        through_monai(monai.Halfd(["mask"]), SAMPLE, 0)


def test_points_no_dictionary_and_several_crops_are_refused(monai):
    points = Keypoints(torch.rand(1, 3), (2, 3, 4))
    with pytest.raises(DrawError, match="not the points or boxes beside them: 'points'"):
        through_monai(monai.Flipd(["image"]), {**SAMPLE, "points": points}, 0)
    with pytest.raises(DrawError, match="wants a sample that is a dictionary, got tuple"):
        through_monai(monai.Flipd(["image"]), (SAMPLE["image"],), 0)
    with pytest.raises(DrawError, match="gave list, not one sample"):
        through_monai(monai.Crops(["image"]), SAMPLE, 0)


DISK = ((torch.arange(64.0)[:, None] - 20) ** 2 + (torch.arange(64.0) - 20) ** 2) < 36


@pytest.mark.parametrize(
    "transform",
    [
        real.Rand2DElastic(spacing=(16, 16), magnitude_range=(12, 12.1), prob=1.0, padding_mode="zeros"),
        real.RandGridDistortion(prob=1.0, distort_limit=(0.4, 0.4)),
        real.Compose([real.RandCoarseShuffle(holes=9, spatial_size=32, prob=1.0)]),
    ],
    ids=lambda transform: type(transform).__name__,
)
def test_a_deformation_that_monai_takes_no_note_of_moves_no_image_alone(transform):
    image, mask = Image(DISK.float()[None]), Mask(DISK.to(torch.uint8))
    assert not torch.equal(through_monai(transform, image, 0).data, image.data)
    assert torch.equal(image.data[0], DISK.float())  # some of MONAI's write into what they are given
    with pytest.raises(DrawError, match="array transform moved the image and not the Mask beside it"):
        through_monai(transform, {"image": image, "mask": mask}, 0)


def test_a_deformation_has_the_keys_of_all():
    sample = {"image": Image(DISK.float()[None]), "mask": Mask(DISK.to(torch.uint8))}

    def bent(*keys):
        modes = ["bilinear", "nearest"][: len(keys)]
        return real.RandGridDistortiond(keys, prob=1.0, distort_limit=(0.4, 0.4), mode=modes)

    with pytest.raises(DrawError, match=r"MONAI moved \['image'\] and not \['mask'\]; give .* keys of all"):
        through_monai(bent("image"), sample, 0)
    moved = through_monai(bent("image", "mask"), sample, 0)
    assert ((moved["image"].data[0] > 0.5) == moved["mask"].data.bool()).float().mean() > 0.98
    assert through_monai(real.RandAdjustContrastd(["image"], prob=1.0), sample, 0)["mask"] == sample["mask"]


@pytest.mark.parametrize(
    "transform", [real.RandFlip(0.5, 0), real.RandRotate(1.0, prob=1), real.RandSpatialCrop((5, 5, 5))]
)
def test_an_array_transform_moves_all_images_of_a_sample_alike(transform):
    image, step = Image(torch.rand(1, 8, 8, 8)), adapt(transform)
    results = [step(torch.Generator().manual_seed(seed), {"t1": image, "t2": image}) for seed in range(6)]
    assert all(result["t1"] == result["t2"] for result in results)
    assert len({float(result["t1"].data[0, 0, 0, 0]) for result in results}) > 1


def test_what_changes_an_image_in_its_place_has_not_moved_it():
    image, mask = Image(torch.rand(1, 8, 8, 8)), Mask(torch.zeros(8, 8, 8, dtype=torch.uint8))
    for transform in (real.Lambdad("image", lambda data: 2 * data), real.RandSimulateLowResolutiond("image", prob=1.0)):
        changed = adapt(transform)(torch.Generator(), {"image": image, "mask": mask})
        assert changed["image"].data.shape == image.data.shape
        assert changed["image"] != image
        assert changed["mask"] == mask
    doubled = adapt(real.Lambda(lambda data: 2 * data))(torch.Generator(), (image, mask))
    torch.testing.assert_close(doubled[0].data, 2 * image.data)


def test_one_crop_in_a_list_is_a_sample_and_a_mask_has_one_channel():
    data = torch.zeros(8, 8, 8, dtype=torch.uint8)
    data[2:6, 2:6, 2:6] = 1
    sample = {"image": Image(data[None].float()), "mask": Mask(data)}
    crop = real.RandSpatialCropSamplesd(["image", "mask"], roi_size=(4, 4, 4), num_samples=1, random_size=False)
    cut = adapt(crop)(torch.Generator(), sample)
    assert cut["mask"].data.shape == (4, 4, 4)
    assert cut["image"].data[0].equal(cut["mask"].data.float())
    with pytest.raises(DrawError, match="a mask of 3 channels, items have one; end with OneHot"):
        adapt(real.AsDiscreted("mask", to_onehot=3))(torch.Generator(), sample)


def test_labels_that_are_off_by_the_rounding_of_real_numbers_are_those_that_were():
    mask = Mask(torch.tensor([[0, 3], [3, 0]], dtype=torch.uint8))
    moved = adapt(real.Lambdad("mask", lambda data: data + 1e-6))(torch.Generator(), {"mask": mask})
    assert moved == {"mask": mask}
