import pytest
import torch

from leyden.augment import Border, Brightness, CenterCrop, Contrast, Flip, Identity, Maybe, OneOf, RandomCrop, Rotate
from leyden.augment.batch import BatchDraw, draw_batch
from leyden.augment.colour import Gamma
from leyden.augment.spatial import LabelCrop
from leyden.errors import DrawError
from leyden.items import Image, Keypoints, Mask

CHAIN = Maybe(Flip("x")) | Rotate(15) | RandomCrop(20) | Maybe(Contrast(0.3)) | Brightness(0.2) | Gamma(0.8, 1.2)
IMAGES = torch.rand(5, 3, 28, 32)
MASKS = torch.randint(0, 4, (5, 28, 32))


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("how", ["linear", "cubic"])
def test_a_batch_is_drawn_as_its_samples_in_turn_and_does_what_they_do(how):
    draws = draw_batch(CHAIN, seeded(), IMAGES, masks=MASKS)
    generator = seeded()
    samples = [(Image(image, interpolation=how), Mask(mask)) for image, mask in zip(IMAGES, MASKS, strict=True)]
    assert draws.draws == tuple(CHAIN.draw(generator, sample) for sample in samples)
    slow = [draw(sample) for draw, sample in zip(draws.draws, samples, strict=True)]
    shown = torch.stack([image.data for image, _ in slow])
    torch.testing.assert_close(draws.images(IMAGES, interpolation=how), shown, atol=1e-4, rtol=0)
    assert torch.equal(draws.masks(MASKS), torch.stack([mask.data for _, mask in slow]))


def test_masks_vote_where_they_are_asked_to():
    draws = draw_batch(CHAIN, seeded(), IMAGES, masks=MASKS)
    slow = torch.stack(
        [draw(Mask(one, interpolation="vote")).data for draw, one in zip(draws.draws, MASKS, strict=True)]
    )
    assert (draws.masks(MASKS, interpolation="vote") != slow).float().mean() < 0.01
    assert (draws.masks(MASKS) != slow).float().mean() > 0.05


def test_points_go_with_the_images():
    points = torch.rand(5, 4, 2) * 20
    draws = draw_batch(CHAIN, seeded(), IMAGES)
    slow = [draw(Keypoints(one, (28, 32))).data for draw, one in zip(draws.draws, points, strict=True)]
    assert torch.equal(draws.points(points), torch.stack(slow))
    with pytest.raises(DrawError, match="5 draws for places of 2 samples"):
        draws.points(points[:2])


def test_bytes_stay_bytes_unless_colours_change():
    data = (255 * IMAGES).to(torch.uint8)
    assert draw_batch(Rotate(10), seeded(), data).images(data).dtype == torch.uint8
    some = OneOf(Identity(), Brightness((0.5, 0.5)))
    draws = draw_batch(some, seeded(), data)
    assert {bool(draw.steps) for draw in draws.draws} == {True, False}
    slow = [draw(Image(one)).data for draw, one in zip(draws.draws, data, strict=True)]
    real = [one if one.is_floating_point() else one / 255 for one in slow]
    torch.testing.assert_close(draws.images(data), torch.stack(real))


def test_nothing_to_do_gives_the_batch_itself_and_nothing_given_is_changed():
    assert draw_batch(Identity(), seeded(), IMAGES).images(IMAGES) is IMAGES
    assert draw_batch(Identity(), seeded(), IMAGES).masks(MASKS) is MASKS
    before = IMAGES.clone()
    draw_batch(Brightness(0.5) | Gamma(0.5, 0.6), seeded(), IMAGES).images(IMAGES)
    assert torch.equal(IMAGES, before)


def test_transforms_may_look_at_the_masks():
    masks = torch.zeros(2, 40, 40, dtype=torch.uint8)
    masks[0, 3, 3] = masks[1, 36, 36] = 1
    draws = draw_batch(LabelCrop(8), seeded(), torch.rand(2, 1, 40, 40), masks=masks)
    assert draws.masks(masks).flatten(1).amax(1).tolist() == [1, 1]


def test_what_does_not_fit_is_refused():
    draws = draw_batch(CHAIN, seeded(), IMAGES)
    with pytest.raises(DrawError, match=r"5 draws for 28 x 32 samples, a batch of shape \(4, 3, 28, 32\)"):
        draws.images(IMAGES[:4])
    with pytest.raises(DrawError, match=r"a batch of shape \(5, 28, 30\)"):
        draws.masks(MASKS[:, :, :30])
    with pytest.raises(DrawError, match="a batch of no image"):
        draw_batch(CHAIN, seeded(), IMAGES[:0])
    with pytest.raises(
        DrawError, match=r"from one grid onto one, got 28 x 32 onto 5 x 5, 28 x 32 onto 9 x 9; end with"
    ):
        draw_batch(OneOf(CenterCrop(5), CenterCrop(9)), seeded(), IMAGES)
    with pytest.raises(DrawError, match="got none"):
        BatchDraw(())


def test_several_borders_and_nan_are_refused():
    mixed = draw_batch(Rotate(10) | OneOf(Border("zeros"), Border("border")), seeded(), IMAGES)
    with pytest.raises(DrawError, match=r"borders of border, zeros in one batch; give the chain one Border"):
        mixed.images(IMAGES)
    broken = IMAGES.clone()
    broken[2, 0, 14, 16] = torch.nan
    with pytest.raises(DrawError, match="an image with NaN"):
        draw_batch(Rotate(10), seeded(), broken).images(broken)


@pytest.mark.usefixtures("unchecked")
def test_masks_of_another_number_and_places_of_other_axes_are_refused():
    with pytest.raises(DrawError, match="1 masks beside 5 images; give one an image"):
        draw_batch(CHAIN, seeded(), IMAGES, masks=torch.zeros(1, 28, 32, dtype=torch.uint8))
    with pytest.raises(DrawError, match=r"wants batch x point x 2 places, got shape \(5, 4, 3\)"):
        draw_batch(CHAIN, seeded(), IMAGES).points(torch.rand(5, 4, 3))


@pytest.mark.parametrize("interpolation", ["nearest", "vote"])
def test_the_label_of_the_outside_is_that_of_each_mask(interpolation):
    masks = torch.randint(0, 4, (5, 28, 32), generator=seeded()).to(torch.uint8)
    draws = draw_batch(Rotate((30, 60)), seeded(), IMAGES)
    moved = draws.masks(masks, interpolation=interpolation, outside=255)
    for one, mask, draw in zip(moved, masks, draws.draws, strict=True):
        assert (one == 255).any()
        assert (one == draw(Mask(mask, interpolation=interpolation, outside=255)).data).float().mean() > 0.99


def test_batches_of_thick_slices_turn_in_mm():
    scans, spacing = torch.rand(2, 1, 6, 12, 12), (4.0, 1.0, 1.0)
    draws = draw_batch(Rotate(20, axis="x"), seeded(), scans, spacing=spacing)
    generator = seeded()
    alone = [Rotate(20, axis="x").draw(generator, Image(scan, spacing)) for scan in scans]
    assert draws.draws == tuple(alone)
    assert draws.draws != draw_batch(Rotate(20, axis="x"), seeded(), scans).draws
