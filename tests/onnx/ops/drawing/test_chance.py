"""Events with given probabilities."""

import pytest
import torch

from leyden.onnx.ops.drawing.chance import bernoulli, multinomial


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_what_is_certain_happens(dtype: torch.dtype):
    x = torch.tensor([0, 1], dtype=dtype)
    assert torch.equal(bernoulli(x), x)


@pytest.mark.parametrize(
    ("code", "dtype"), [(9, torch.bool), (7, torch.int64), (13, torch.uint64), (11, torch.float64)]
)
def test_events_are_of_the_type_asked_for(code: int, dtype: torch.dtype):
    assert bernoulli(torch.ones(2), dtype=code).dtype == dtype


def test_events_are_as_frequent_as_they_are_probable():
    assert bernoulli(torch.full((10000,), 0.3), seed=1.0).mean().item() == pytest.approx(0.3, abs=0.02)


def test_classes_are_as_frequent_as_they_are_probable():
    drawn = multinomial(torch.tensor([[0.5, 0.25, 0.25]]).log() + 7, sample_size=10000, seed=1.0)
    shares = torch.bincount(drawn[0], minlength=3) / 10000
    assert shares.tolist() == pytest.approx([0.5, 0.25, 0.25], abs=0.02)


@pytest.mark.parametrize(("code", "dtype"), [(6, torch.int32), (7, torch.int64)])
def test_classes_are_of_the_type_asked_for(code: int, dtype: torch.dtype):
    drawn = multinomial(torch.zeros(2, 3, dtype=torch.float16), dtype=code, sample_size=4)
    assert drawn.dtype == dtype
    assert drawn.shape == (2, 4)


def test_a_seed_gives_the_same_events_and_moves_nothing():
    before = torch.get_rng_state()
    x = torch.full((50,), 0.5)
    assert torch.equal(bernoulli(x, seed=2.0), bernoulli(x, seed=2.0))
    assert torch.equal(multinomial(x[None], sample_size=9, seed=2.0), multinomial(x[None], sample_size=9, seed=2.0))
    assert torch.equal(torch.get_rng_state(), before)
