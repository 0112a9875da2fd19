import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from leyden.train.overlap import RegionDice, dice_and_cross_entropy, dice_of


def slow_dice(predicted, truth):
    first, second = ({place for place, value in enumerate(row) if value} for row in (predicted, truth))
    return 2 * len(first & second) / (len(first) + len(second)) if first or second else 1.0


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 6), st.integers(0, 1000))
def test_dice_is_that_of_counting_voxels_one_by_one(batch, regions, voxels, seed):
    generator = torch.Generator().manual_seed(seed)
    one, two = (torch.randint(0, 2, (batch, regions, voxels), generator=generator) for _ in range(2))
    slow = [
        [slow_dice(a.tolist(), b.tolist()) for a, b in zip(*rows, strict=True)] for rows in zip(one, two, strict=True)
    ]
    assert torch.allclose(dice_of(one, two), torch.tensor(slow))


@pytest.mark.parametrize(
    ("predicted", "truth", "dice"),
    [([0, 0], [0, 0], 1.0), ([1, 0], [0, 0], 0.0), ([0, 0], [0, 1], 0.0), ([1, 1], [0, 1], 2 / 3)],
)
def test_an_empty_region_counts_one_where_nothing_is_predicted_and_zero_otherwise(predicted, truth, dice):
    assert float(dice_of(torch.tensor([[predicted]]), torch.tensor([[truth]]))) == pytest.approx(dice)


def test_the_loss_by_hand():
    logits, truth = torch.tensor([[[0.0, 0.0, 0.0, 0.0]]]), torch.tensor([[[1, 1, 0, 0]]])
    dice = (2 * 0.5 * 2 + 1) / (0.5 * 4 + 2 + 1)
    assert float(dice_and_cross_entropy(logits, truth)) == pytest.approx(1 - dice + torch.tensor(2.0).log().item())


def test_a_region_that_is_not_there_still_teaches_and_can_be_learned():
    logits = torch.zeros(1, 1, 4, requires_grad=True)
    dice_and_cross_entropy(logits, torch.zeros(1, 1, 4)).backward()
    assert (logits.grad > 0).all()
    assert float(dice_and_cross_entropy(torch.full((1, 1, 4), -50.0), torch.zeros(1, 1, 4))) < 1e-6


def test_half_precision_is_summed_in_float32():
    logits = torch.zeros(1, 1, 100_000, dtype=torch.bfloat16)
    loss = dice_and_cross_entropy(logits, torch.zeros(1, 1, 100_000, dtype=torch.uint8))
    assert loss.dtype == torch.float32
    assert float(loss) == pytest.approx(1 - 1 / 50_001 + 0.6931, abs=1e-3)


@pytest.fixture
def seen():
    values = torch.tensor([[0.9, 0.7], [0.2, 0.4], [1.0, 0.0]])
    return RegionDice(("TC", "WT"), values, torch.tensor([[True, True], [True, True], [False, True]]))


def test_the_worst_sample_comes_first_and_is_told_in_words(seen):
    assert seen.worst() == [1, 2, 0]
    assert seen.worst(1) == [1]
    assert [seen.tell(index) for index in (1, 2)] == [
        "sample 1: TC .200, WT .400",
        "sample 2: TC 1.000 (none), WT .000",
    ]


def test_means_are_over_all_samples(seen):
    assert seen.by_region() == {"TC": pytest.approx(0.7), "WT": pytest.approx(1.1 / 3)}
    assert repr(seen) == "RegionDice(3 samples, mean 0.533: TC 0.700, WT 0.367)"
