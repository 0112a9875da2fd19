import numpy as np
import pytest
import torch

from leyden.items import Image
from leyden.medical.artefact import NonzeroZNorm
from leyden.medical.evaluation.sweep import THRESHOLDS, dice_curves, standardised
from leyden.medical.metric import dice


def brain(seed=0):
    generator = torch.Generator().manual_seed(seed)
    image = torch.randn(2, 6, 6, 6, generator=generator) + 4
    image[:, :, :2] = 0
    return image, (torch.rand(3, 6, 6, 6, generator=generator) > 0.7).to(torch.uint8)


def test_every_point_is_the_dice_of_its_threshold():
    image, regions = brain()
    curves = dice_curves(image, regions)
    assert curves.shape == (2, 2, 3, len(THRESHOLDS))
    for modality, channel in enumerate(image):
        scores, inside = standardised(channel)
        for place in (100, 180, 200, 230, 320):
            above = inside & (scores >= THRESHOLDS[place])
            for side, taken in enumerate((above, inside & ~above)):
                expected = dice(taken.expand(3, -1, -1, -1), regions.bool())
                assert curves[modality, side, :, place] == pytest.approx(expected.numpy())


def test_an_empty_region_is_found_where_nothing_passes():
    image, regions = brain()
    curves = dice_curves(image, torch.zeros_like(regions))
    assert set(np.unique(curves)) == {0.0, 1.0}
    assert (curves[:, 1, :, 0] == 1).all()


def test_truth_outside_the_brain_is_never_reached():
    image, regions = torch.zeros(1, 2, 2, 2), torch.ones(1, 2, 2, 2, dtype=torch.uint8)
    assert (dice_curves(image, regions) == 0).all()


def test_scores_are_those_that_networks_get():
    image, _ = brain()
    normal = NonzeroZNorm()(torch.Generator(), Image(image)).data
    for channel, expected in zip(image, normal, strict=True):
        assert torch.allclose(standardised(channel)[0], expected, atol=1e-5)


def test_a_brain_of_one_grey_has_scores_of_0():
    scores, inside = standardised(torch.tensor([0.0, 3.0, 3.0]))
    assert (scores.tolist(), inside.tolist()) == ([0.0, 0.0, 0.0], [False, True, True])
    assert standardised(torch.zeros(3))[0].tolist() == [0.0] * 3


def test_many_regions_are_counted_as_few_are():
    image, _ = brain()
    regions = (torch.rand(19, 6, 6, 6, generator=torch.Generator().manual_seed(5)) > 0.7).to(torch.uint8)
    curves = dice_curves(image, regions)
    assert curves.shape == (2, 2, 19, len(THRESHOLDS))
    for place in (0, 7, 8, 18):
        np.testing.assert_allclose(curves[:, :, place], dice_curves(image, regions[place : place + 1])[:, :, 0])
