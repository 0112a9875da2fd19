"""What holds for every transform of the room."""

import numpy as np
import pytest
import torch

from leyden import medical
from leyden.augment import Draw, Flip, Rotate
from leyden.errors import DrawError
from leyden.items import Image, Keypoints, Mask
from leyden.medical import artefact

EVERY = [
    medical.Anisotropy(),
    medical.BiasField(0.4),
    medical.Ghosting(),
    medical.Gibbs(),
    medical.HistogramShift(),
    medical.Motion(),
    medical.NonzeroZNorm(),
    medical.RicianNoise(0.1, 0.2),
    medical.Spike(),
]
IDLE = [
    medical.Anisotropy(1, 1),
    medical.BiasField(0),
    medical.Ghosting(intensity=(0, 0)),
    medical.Ghosting(centre=1),
    medical.Gibbs(1, 1),
    medical.HistogramShift(amount=0),
    medical.Motion(0, 0),
    medical.RicianNoise(0, 0),
    medical.Spike(intensity=(0, 0)),
    medical.Spike((0, 0)),
]
SIZES = [(9, 12), (6, 9, 8), (1, 7), (7, 1), (1, 1, 1)]


def draw_for(transform, image, seed=0):
    return transform.draw(torch.Generator().manual_seed(seed), image)


def test_every_transform_of_the_room_is_here():
    assert sorted(type(one).__name__ for one in EVERY) == sorted(artefact.__all__)


@pytest.mark.parametrize("transform", EVERY, ids=repr)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_a_stored_draw_replays_byte_for_byte_and_keeps_shape_and_dtype(transform, size, dtype):
    image = Image(torch.rand(3, *size).to(dtype))
    before = image.data.clone()
    draw = draw_for(transform, image)
    changed = draw(image)
    again = Draw.from_json(draw.to_json())
    assert again == draw
    assert again(image).data.numpy().tobytes() == changed.data.numpy().tobytes()
    assert (changed.data.shape, changed.data.dtype) == (image.data.shape, dtype)
    assert changed.data.isfinite().all()
    assert torch.equal(image.data, before)
    assert changed.data.data_ptr() != image.data.data_ptr()


@pytest.mark.parametrize("transform", IDLE, ids=repr)
@pytest.mark.parametrize("size", SIZES)
def test_no_strength_is_no_change(transform, size):
    image = Image(torch.rand(2, *size, generator=torch.Generator().manual_seed(7)))
    torch.testing.assert_close(draw_for(transform, image)(image).data, image.data, atol=1e-6, rtol=0)


@pytest.mark.parametrize("transform", EVERY, ids=repr)
@pytest.mark.parametrize("size", [(16, 12), (10, 9, 8)])
def test_something_changes_and_another_seed_changes_it_otherwise(transform, size):
    image = Image(torch.rand(1, *size))
    one, other = (draw_for(transform, image, seed)(image).data for seed in (1, 2))
    assert (one - image.data).abs().max() > 1e-3
    assert not torch.equal(one, other) or isinstance(transform, medical.NonzeroZNorm)


@pytest.mark.parametrize("transform", EVERY, ids=repr)
def test_channels_that_follow_do_not_change_those_before(transform):
    data = torch.rand(3, 8, 9)
    draw = draw_for(transform, Image(data))
    torch.testing.assert_close(draw(Image(data[:1])).data, draw(Image(data)).data[:1])


OWN = (medical.Ghosting, medical.HistogramShift, medical.Motion, medical.RicianNoise, medical.Spike)


@pytest.mark.parametrize("transform", EVERY, ids=repr)
def test_channels_share_chance_or_have_their_own_as_the_docstring_says(transform):
    image = Image(torch.rand(1, 24, 20).expand(2, -1, -1))
    first, second = draw_for(transform, image)(image).data
    assert torch.allclose(first, second, atol=1e-5) is not isinstance(transform, OWN)


@pytest.mark.parametrize("transform", EVERY, ids=repr)
def test_masks_and_points_are_left_alone_and_spatial_steps_still_fuse(transform):
    mask, points = Mask(torch.ones(8, 9, dtype=torch.uint8)), Keypoints(torch.ones(1, 2), (8, 9))
    sample = (Image(torch.rand(1, 8, 9)), mask, points)
    assert draw_for(transform, sample)(sample)[1:] == (mask, points)
    chain = Flip("x") | transform | Rotate(15)
    assert draw_for(chain, sample).resamples == 1
    assert chain.plan().splitlines()[1] == f"2.) {transform.describe()}"


@pytest.mark.parametrize("transform", EVERY, ids=repr)
@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_values_that_are_not_finite_are_refused_or_stay_where_they_are(transform, bad):
    data = torch.rand(1, 6, 6)
    data[0, 2, 3] = bad
    draw = draw_for(transform, Image(data))
    if isinstance(transform, (medical.BiasField, medical.RicianNoise)) and bad == float("inf"):
        assert (~draw(Image(data)).data.isfinite()).nonzero().tolist() == [[0, 2, 3]]
    else:
        with pytest.raises(DrawError, match=r"NaN|infinite values"):
            draw(Image(data))


@pytest.mark.parametrize("transform", EVERY, ids=repr)
def test_channels_last_in_memory_give_what_contiguous_ones_give(transform):
    data = torch.from_numpy(np.random.default_rng(0).random((8, 9, 3), dtype=np.float32)).permute(2, 0, 1)
    draw = draw_for(transform, Image(data))
    torch.testing.assert_close(draw(Image(data)).data, draw(Image(data.contiguous())).data)


@pytest.mark.parametrize("artefact", [each for each in EVERY if each.whole], ids=repr)
def test_a_slice_of_a_large_volume_shows_what_the_whole_would(artefact):
    scan = Image(torch.rand(1, 66, 65, 64, generator=torch.Generator().manual_seed(0)))
    draw = artefact.draw(torch.Generator().manual_seed(1), scan)
    assert torch.equal(draw.part(scan, (20, 0, 0), (1, 65, 64)).data, draw(scan).data[:, 20:21])


def test_what_depends_on_places_or_on_the_whole_image_says_so():
    names = {type(each).__name__ for each in EVERY if each.whole}
    assert names == {"Anisotropy", "BiasField", "Ghosting", "Gibbs", "Motion", "Spike"}
