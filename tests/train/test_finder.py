import copy

import pytest
import torch

from leyden.errors import TrainError
from leyden.train import find_rate


def test_the_suggestion_lies_between_too_slow_and_explosion_and_nothing_is_touched(task, batches):
    before = copy.deepcopy(task)
    torch.manual_seed(4)
    expected = torch.rand(1)
    torch.manual_seed(4)
    curve = find_rate(task, batches, high=10.0)
    assert torch.equal(torch.rand(1), expected)
    assert 1e-5 < curve.suggestion < 1
    assert curve.suggestion in curve.rates
    assert len(curve.rates) == len(curve.losses)
    assert all(torch.equal(a, b) for a, b in zip(task.parameters(), before.parameters(), strict=True))


def test_a_loss_that_is_not_a_number_is_said(task, batches):
    broken = [(images * float("nan"), labels) for images, labels in batches]
    with pytest.raises(TrainError, match="look at the data"):
        find_rate(task, broken)


def test_no_batch_and_wrong_rates_are_errors(task, batches):
    with pytest.raises(TrainError, match="the loader is empty"):
        find_rate(task, [])
    with pytest.raises(TrainError, match="0 < low < high"):
        find_rate(task, batches, low=1.0, high=0.1)
