import colorsys

import pytest
import torch

from leyden.augment import Draw
from leyden.augment.noise.photon import ISONoise, ShotNoise
from leyden.errors import DrawError
from leyden.items import Image


def run(transform, data, seed=0):
    return transform(torch.Generator().manual_seed(seed), Image(data)).data


@pytest.mark.parametrize("size", [(200, 150), (30, 40, 25)])
def test_photons_are_counted_so_mean_and_variance_are_one(size):
    for value in (0.1, 0.5, 2.0):
        counts = run(ShotNoise(20, 20), torch.full((2, *size), value)) * 20
        torch.testing.assert_close(counts, counts.round(), atol=1e-4, rtol=0)
        assert counts.mean().item() == pytest.approx(20 * value, rel=0.02)
        assert counts.var().item() == pytest.approx(20 * value, rel=0.04)
    assert not run(ShotNoise(5, 5), torch.full((1, *size), -1.0)).any()


def test_photons_are_drawn_evenly_in_their_logarithm():
    image, generator = Image(torch.zeros(1, 2, 2)), torch.Generator().manual_seed(0)
    drawn = [ShotNoise(10, 1000).draw(generator, image).steps[0].numbers[0] for _ in range(300)]
    assert 10 <= min(drawn) < 11
    assert 930 < max(drawn) <= 1000
    assert sum(count < 100 for count in drawn) == pytest.approx(150, abs=25)


@pytest.mark.parametrize("size", [(120, 130), (20, 30, 26)])
def test_grains_brighten_turn_hues_and_leave_depth_of_colour(size):
    data = torch.rand(3, *size, generator=torch.Generator().manual_seed(0)) * 0.8
    result = run(ISONoise(0.4, 0.4, shift=(0.05, 0.05)), data)
    pixels = torch.stack((data, result)).flatten(2)[:, :, ::50].tolist()
    before, after = ([colorsys.rgb_to_hls(*pixel) for pixel in zip(*image, strict=True)] for image in pixels)
    hues = torch.tensor([(new[0] - old[0] + 0.5) % 1 - 0.5 for old, new in zip(before, after, strict=True)])
    assert hues.std().item() == pytest.approx(0.4 * 0.05, rel=0.25)
    strength = ((data.amax(0) + data.amin(0)) / 2).std().item() * 0.4
    grains = torch.tensor([(new[1] - old[1]) / (1 - old[1]) for old, new in zip(before, after, strict=True)])
    assert grains.mean().item() == pytest.approx(strength, rel=0.1)
    assert grains.min() > -1e-5
    depths = [abs(new[2] - old[2]) for old, new in zip(before, after, strict=True) if 0.1 < new[1] < 0.9]
    assert max(depths) < 1e-3


def test_no_strength_is_no_noise():
    data = torch.rand(3, 5, 5)
    torch.testing.assert_close(run(ISONoise(0, 0), data), data, atol=1e-5, rtol=0)


@pytest.mark.parametrize("transform", [ShotNoise(10, 100), ISONoise()])
@pytest.mark.parametrize("kind", [torch.uint8, torch.float16, torch.float32, torch.float64])
def test_dtypes_are_kept_and_draws_replay(transform, kind):
    data = (torch.rand(3, 9, 8) * 255).to(kind) if kind == torch.uint8 else torch.rand(3, 9, 8).to(kind)
    before, image = data.clone(), Image(data)
    draw = transform.draw(torch.Generator().manual_seed(3), image)
    assert draw(image).data.dtype == (torch.float32 if kind == torch.uint8 else kind)
    assert Draw.from_json(draw.to_json())(image) == draw(image)
    assert torch.equal(data, before)


def test_bad_input_is_refused_and_words_are_given():
    for channels in (1, 4):
        with pytest.raises(DrawError, match="needs 3 channels"):
            run(ISONoise(), torch.rand(channels, 4, 4))
    with pytest.raises(DrawError, match="0 < low <= high photons"):
        ShotNoise(0, 1)
    with pytest.raises(DrawError, match="0 <= low <= high; 0 <= low <= high of the shift"):
        ISONoise(1, 0, shift=(1, 0))
    assert (ShotNoise(10, 100) | ISONoise()).plan() == ("1.) shot noise of 10..100 photons\n2.) ISO noise of 0.1..0.5")
