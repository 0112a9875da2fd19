import pytest
import torch

from leyden.medical.synthetic.head.tissue import MAPS, brain_maps, sharpened, tissues_of

SIDE = 64


def radius(centre=31.5):
    along = torch.arange(SIDE) - centre
    return (along.view(-1, 1, 1) ** 2 + along.view(1, -1, 1) ** 2 + along.view(1, 1, -1) ** 2).sqrt()


@pytest.fixture
def onion():
    """Fluid within 10 voxels of the middle, white matter around it up to 20, grey matter up to 28."""
    far = radius()
    fluid, white, grey = far < 10, (far >= 10) & (far < 20), (far >= 20) & (far < 28)
    return torch.stack([fluid, grey, white]).float()


def test_maps_of_an_onion_are_those_measured_with_a_ruler(onion):
    t1 = 30 * onion[0] + 80 * onion[1] + 110 * onion[2]
    maps = dict(zip(MAPS, brain_maps(t1, onion, torch.zeros(SIDE)), strict=True))
    far = radius()
    inside = far < 26
    assert (maps["depth"] - (28 - far))[inside].abs().max() < 3
    assert (25 - maps["ventricle"] - (far - 10))[(far > 11) & inside].abs().max() < 3
    assert maps["ventricle"][31, 31, 31] > 23
    assert maps["ventricle"][far > 28].max() == 0
    assert maps["texture"].abs().max() < 1e-5


def test_texture_is_what_the_scan_shows_beyond_its_tissues(onion):
    t1 = 30 * onion[0] + 80 * onion[1] + 110 * onion[2]
    t1[:32] += 11 * onion[2][:32]
    texture = brain_maps(t1, onion, torch.zeros(SIDE))[3]
    assert texture[20, 31, 31] - texture[43, 31, 31] == pytest.approx(11 / 115.5, abs=1e-3)
    assert texture[:, 0, 0].abs().max() == 0


def test_fluid_outside_the_heights_of_the_ventricles_is_none(onion):
    maps = brain_maps(onion.sum(0), onion, torch.full((SIDE,), 90.0))
    assert maps[5].max() == 0


def test_tissues_are_told_apart_by_the_peaks_of_brightness(onion):
    generator = torch.Generator().manual_seed(0)
    t1 = 30 * onion[0] + 80 * onion[1] + 110 * onion[2]
    t1 = (t1 + 3 * torch.randn(t1.shape, generator=generator)).clamp(min=1) * onion.sum(0)
    found = tissues_of(t1)
    assert (found.argmax(0) == onion.argmax(0))[onion.sum(0) > 0].float().mean() > 0.99
    assert torch.allclose(found.sum(0), onion.sum(0))


def test_sharpened_tissues_are_more_distinct_and_add_up_to_the_same():
    shares = torch.tensor([0.1, 0.3, 0.4]).view(3, 1, 1, 1)
    sharp = sharpened(shares).flatten()
    assert sharp.sum() == pytest.approx(0.8)
    assert sharp[2] > 0.4
    assert sharp[0] < 0.1
    assert sharpened(torch.zeros(3, 1, 1, 1)).tolist() == torch.zeros(3, 1, 1, 1).tolist()
