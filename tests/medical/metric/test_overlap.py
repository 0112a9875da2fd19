import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from monai.metrics.meandice import compute_dice

from leyden.errors import MedicalError
from leyden.medical.metric import dice
from leyden.medical.metric.overlap import dice_of

MAPS = st.lists(st.booleans(), min_size=2 * 12, max_size=2 * 12).map(lambda bits: torch.tensor(bits).view(2, 1, 3, 4))


@given(MAPS, MAPS)
def test_dice_is_the_same_both_ways_and_a_share(one, other):
    found = dice(one, other)
    assert torch.equal(found, dice(other, one))
    assert ((found >= 0) & (found <= 1)).all()
    assert torch.equal(dice(one, one), torch.ones(2, dtype=torch.float64))


@given(MAPS, MAPS)
def test_dice_is_that_of_monai_where_the_truth_is_not_empty(one, other):
    found, monai = dice(one, other), compute_dice(one[None].float(), other[None].float())[0].double()
    known = other.flatten(1).any(dim=1)
    assert torch.allclose(found[known], monai[known], atol=1e-6)
    assert monai[~known].isnan().all()


def test_shared_voxels_count_twice():
    truth = torch.tensor([[[1, 1, 1, 0]]], dtype=torch.uint8)
    assert dice(torch.tensor([[[0, 1, 1, 1]]], dtype=torch.uint8), truth).tolist() == [4 / 6]


def test_an_empty_region_is_found_by_predicting_nothing():
    nothing, something = torch.zeros(1, 2, 2, 2).bool(), torch.ones(1, 2, 2, 2).bool()
    assert [dice(*pair).item() for pair in ((nothing, nothing), (nothing, something), (something, nothing))] == [
        1,
        0,
        0,
    ]


def test_one_map_alone_is_scored_as_an_array():
    assert dice_of(torch.tensor([True, False]).numpy(), torch.tensor([True, True]).numpy()) == 2 / 3


def test_codes_are_refused():
    with pytest.raises(MedicalError, match="prediction holds 0, 4; 0 and 1 are wanted"):
        dice(torch.tensor([[[0, 4]]], dtype=torch.uint8), torch.tensor([[[0, 1]]], dtype=torch.uint8))
