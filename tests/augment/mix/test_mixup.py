from typing import Any

import pytest
import torch

from leyden.augment.mix import MixUp
from leyden.errors import DrawError
from leyden.items import Image, Keypoints, Label, Mask
from leyden.items.boxes import Boxes
from leyden.items.heatmap import Heatmap
from leyden.items.label import SoftLabel


def mixed(first, second, share) -> Any:
    return MixUp(1.0).mixed((share,), (first, second))


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
@pytest.mark.parametrize("size", [(4, 5), (3, 4, 5)])
def test_values_blend_in_the_share_drawn(size, dtype):
    one, other = torch.rand(2, *size).to(dtype), torch.rand(2, *size).to(dtype)
    image = mixed(Image(one), Image(other), 0.3)
    assert image.data.dtype == dtype
    assert torch.allclose(image.data, 0.3 * one + 0.7 * other, atol=1e-3)


def test_bytes_blend_to_real_numbers_without_rounding():
    one, other = torch.tensor([[[255, 0]]], dtype=torch.uint8), torch.tensor([[[0, 1]]], dtype=torch.uint8)
    image = mixed(Image(one, spacing=(2.0, 1.0)), Image(other), 0.25)
    assert image.data.flatten().tolist() == pytest.approx([0.25, 0.75 / 255])
    assert image.spacing == (2.0, 1.0)


def test_the_mixture_is_read_as_the_first():
    images = [Image(torch.rand(1, 4, 5), interpolation=how) for how in ("cubic", "linear")]
    assert [mixed(*pair, 0.3).interpolation for pair in (images, images[::-1])] == ["cubic", "linear"]


def test_labels_and_heat_maps_blend_alike():
    assert mixed(Label(0, ("a", "b")), Label(1, ("a", "b")), 0.25) == SoftLabel(torch.tensor([0.25, 0.75]), ("a", "b"))
    heat = mixed(Heatmap(torch.ones(1, 2, 2), ("a",)), Heatmap(torch.zeros(1, 2, 2), ("a",)), 0.25)
    assert heat == Heatmap(torch.full((1, 2, 2), 0.25), ("a",))


def test_boxes_of_both_stay():
    one, other = Boxes(torch.zeros(2, 4), (4, 4), labels=(1, 2)), Boxes(torch.ones(1, 4), (4, 4), labels=(3,))
    both = mixed(one, other, 0.5)
    assert (both.labels, both.rows, both.data.tolist()) == ((1, 2, 3), (0, 1, 2), [[0.0] * 4, [0.0] * 4, [1.0] * 4])


@pytest.mark.parametrize(
    "item", [Mask(torch.zeros(4, 4, dtype=torch.uint8)), Keypoints(torch.zeros(1, 2), (4, 4))], ids=repr
)
def test_what_has_no_blend_is_refused_with_what_to_use(item):
    with pytest.raises(
        DrawError, match=f"{type(item).__name__} has no blend; make heat maps first .*, or use CutMix for masks"
    ):
        MixUp(0.2)(torch.Generator(), (item, item))


def test_images_of_different_types_or_channels_are_refused():
    grey, colour = Image(torch.zeros(1, 4, 4)), Image(torch.zeros(3, 4, 4))
    with pytest.raises(DrawError, match=r"torch.float32 of 1 channels and torch.float32 of 3 channels"):
        MixUp(0.2)(torch.Generator(), (grey, colour))


def test_alpha_of_0_is_refused():
    with pytest.raises(DrawError, match="alpha above 0"):
        MixUp(0.0)


def test_small_alpha_leaves_most_samples_nearly_alone():
    image, generator = Image(torch.zeros(1, 2, 2)), torch.Generator().manual_seed(0)
    shares = [MixUp(0.1).draw(generator, (image, image)).numbers[0] for _ in range(200)]
    assert sum(min(share, 1 - share) < 0.05 for share in shares) > 120
