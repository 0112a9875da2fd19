import pytest
import torch

from leyden.errors import PruneError
from leyden.prune import Magnitude, Threshold


def test_what_is_as_large_as_the_value_stays():
    assert Threshold(1.0)({"a": torch.tensor([[-1.0, 0.99, 2.0]])})["a"].tolist() == [[True, False, True]]


def test_it_is_global_magnitude_at_the_share_that_lies_below_the_value():
    weights = {"a": torch.randn(6, 5), "b": torch.randn(4, 3)}
    kept = Threshold(0.7)(weights)
    share = sum(int((weight.abs() < 0.7).sum()) for weight in weights.values()) / 42
    ranked = Magnitude(share)(weights)
    assert all(torch.equal(mask, ranked[name]) for name, mask in kept.items())


def test_the_weights_are_left_alone():
    weights = {"a": torch.tensor([[-3.0, 1.0]])}
    Threshold(2.0)(weights)
    assert weights["a"].tolist() == [[-3.0, 1.0]]


@pytest.mark.parametrize("value", [-1.0, float("inf"), float("nan"), True, "half", None])
@pytest.mark.usefixtures("unchecked")
def test_a_value_out_of_range_is_refused_at_once(value):
    with pytest.raises(PruneError, match="0 or more"):
        Threshold(value)
