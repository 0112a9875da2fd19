import pytest
import torch

from leyden.onnx.lower.given import Given
from leyden.onnx.lower.weights import Weights


def given(tensor: torch.Tensor, code: int = 1) -> Given:
    return Given("w", code, tuple(tensor.shape), read=tensor.clone)


def test_a_tensor_becomes_one_parameter_however_often_it_is_asked_for():
    weights, tensor = Weights(), given(torch.ones(2, 3))
    first, second = weights.own(tensor), weights.own(tensor)
    assert first is not None
    assert second is not None
    assert first[0] is second[0]


def test_another_layout_of_a_tensor_that_is_taken_is_not_had():
    weights, tensor = Weights(), given(torch.ones(2, 3))
    turned = weights.own(tensor, layout="transposed", make=lambda matrix: (matrix.t(),), invert=torch.t)
    assert turned is not None
    assert turned[0].shape == (3, 2)
    assert weights.own(tensor) is None
    claim = weights.claim(tensor)
    assert claim is not None
    assert claim.layout == "transposed"


def test_integers_and_what_is_not_known_are_no_parameters():
    assert Weights().own(given(torch.ones(2, dtype=torch.int64), code=7)) is None
    assert Weights().own(Given("x", 1, (2,))) is None


@pytest.mark.parametrize("odd", [torch.inf, -torch.inf, torch.nan, torch.finfo().min])
def test_what_has_odd_numbers_is_no_parameter_of_its_own(odd: float):
    weights, plain, mask = Weights(), given(torch.ones(2)), given(torch.tensor([odd, 0.0]))
    assert weights.keep(mask) is None
    assert weights.claim(mask) is None
    kept = weights.keep(plain)
    assert kept is not None
    assert kept is weights.claim(plain)
