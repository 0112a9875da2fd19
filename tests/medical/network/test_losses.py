import pytest
import torch
from monai.losses.dice import DiceCELoss
from torch import nn

from leyden.errors import MedicalError
from leyden.medical.network.losses import region_loss
from leyden.train import Segmenter, Tuning, fit


@pytest.fixture
def batch():
    generator = torch.Generator().manual_seed(0)
    whole = torch.rand(2, 1, 4, 4, 4, generator=generator) > 0.4
    core = whole & (torch.rand(2, 1, 4, 4, 4, generator=generator) > 0.5)
    return torch.randn(2, 2, 4, 4, 4, generator=generator), torch.cat([core, whole], 1).float()


def test_dice_is_that_of_the_notebook_by_hand(batch):
    logits, truth = batch
    sure = logits.sigmoid()
    overlap = 2 * (sure * truth).sum((2, 3, 4))
    sizes = sure.square().sum((2, 3, 4)) + truth.sum((2, 3, 4))
    assert float(region_loss()(logits, truth)) == pytest.approx(float((1 - overlap / (sizes + 1e-5)).mean()))


def test_cross_entropy_is_of_each_region_alone_and_monais_own_is_not(batch):
    logits, truth = batch
    ours = region_loss("dice_bce")(logits, truth.byte())
    alone = nn.functional.binary_cross_entropy_with_logits(logits, truth)
    assert float(ours) == pytest.approx(float(region_loss()(logits, truth) + alone))
    right = (truth * 2 - 1) * 20
    assert float(region_loss("dice_bce")(right, truth)) < 1e-3
    assert float(DiceCELoss(sigmoid=True)(right, truth)) > 0.1


def test_a_segmenter_learns_with_either(batch):
    for kind in ("dice", "dice_bce"):
        task = Segmenter(
            nn.Conv3d(2, 2, 1), ["core", "whole"], tuning=Tuning(rate=0.1, freeze=0), loss=region_loss(kind)
        )
        batches = [(batch[1] - 0.5, batch[1])]
        assert fit(task, batches, batches, epochs=60).task.seen.mean > 0.95


def test_a_smooth_of_zero_is_refused():
    with pytest.raises(MedicalError, match="smooth above 0, given 'dice' and 0"):
        region_loss(smooth=0)


def test_another_kind_is_refused(unchecked):
    with pytest.raises(MedicalError, match="'dice' or 'dice_bce'"):
        region_loss("focal")
