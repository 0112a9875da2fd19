import pytest
import torch
from torch.nn import functional

from leyden.augment.spatial import Border, CenterCrop, Pad, PadDivisible
from leyden.errors import DrawError
from leyden.items import Image, Keypoints, Mask

GENERATOR = torch.Generator()


def test_a_picture_is_padded_around_its_middle_and_an_odd_pixel_comes_last():
    data = torch.rand(2, 3, 4)
    padded = (Border("zeros") | Pad(6, 4))(GENERATOR, Image(data))
    assert padded == Image(functional.pad(data, (0, 0, 1, 2)))


def test_images_show_the_border_and_masks_background():
    sample = Image(torch.ones(1, 2, 2, 2)), Mask(torch.ones(2, 2, 2, dtype=torch.uint8))
    image, mask = Pad(4)(GENERATOR, sample)
    assert image == Image(torch.ones(1, 4, 4, 4))
    assert mask.data.sum() == 8


def test_points_move_along_and_a_crop_brings_all_back():
    sample = Image(torch.rand(1, 5, 8)), Keypoints(torch.tensor([[1.0, 2.0]]), (5, 8))
    padded = Pad(12, 16)(GENERATOR, sample)
    assert padded[1].data.tolist() == [[4, 6]]
    assert CenterCrop(5, 8)(GENERATOR, padded) == sample


def test_longer_axes_are_refused_or_kept():
    image = Image(torch.rand(1, 5, 8))
    with pytest.raises(
        DrawError, match=r'Pad\(6\).* 5 x 8 to 6 x 6 would cut; put a crop or Resize first, or give larger="keep"'
    ):
        Pad(6).draw(GENERATOR, image)
    assert Pad(6, larger="keep")(GENERATOR, image).size == (6, 8)


@pytest.mark.parametrize(
    ("transform", "size", "new"),
    [
        (PadDivisible(32), (1, 33), (32, 64)),
        (PadDivisible(32), (32, 64), (32, 64)),
        (PadDivisible(4, 8, 1), (5, 5, 5), (8, 8, 5)),
    ],
)
def test_lengths_become_multiples(transform, size, new):
    draw = transform.draw(GENERATOR, Image(torch.rand(1, *size)))
    assert draw.new_size == new
    assert draw.resamples == 0


@pytest.mark.usefixtures("unchecked")
def test_impossible_padding_is_refused_when_made():
    wrong = [
        (lambda: Pad(), "one size, or one an axis"),
        (lambda: PadDivisible(0), "at least one pixel"),
        (lambda: Pad(3, larger="cut"), "larger one of"),  # pyright: ignore[reportArgumentType]
    ]
    for make, message in wrong:
        with pytest.raises(DrawError, match=message):
            make()
