"""Random tensors: shapes, types, ranges, and seeds that leave torch's own state alone."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from leyden.onnx.ops.drawing import distribution

DRAWS: dict[str, Callable[..., Tensor]] = {
    "normal": lambda **how: distribution.random_normal(shape=(3, 4), **how),
    "uniform": lambda **how: distribution.random_uniform(shape=(3, 4), **how),
    "normal like": lambda **how: distribution.random_normal_like(torch.ones(3, 4), **how),
    "uniform like": lambda **how: distribution.random_uniform_like(torch.ones(3, 4), **how),
}


@pytest.mark.parametrize("name", DRAWS)
def test_a_seed_gives_the_same_numbers_and_moves_nothing(name: str):
    before = torch.get_rng_state()
    first = DRAWS[name](seed=1.5)
    assert torch.equal(first, DRAWS[name](seed=1.5))
    assert not torch.equal(first, DRAWS[name](seed=-1.5))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("name", DRAWS)
def test_without_a_seed_it_is_the_generator_of_torch(name: str):
    torch.manual_seed(3)
    first, second = DRAWS[name](), DRAWS[name]()
    torch.manual_seed(3)
    assert torch.equal(first, DRAWS[name]())
    assert not torch.equal(first, second)


@pytest.mark.parametrize("name", DRAWS)
@pytest.mark.parametrize(("code", "dtype"), [(10, torch.float16), (16, torch.bfloat16), (11, torch.float64)])
def test_the_type_is_the_one_asked_for(name: str, code: int, dtype: torch.dtype):
    drawn = DRAWS[name](dtype=code)
    assert drawn.dtype == dtype
    assert drawn.shape == (3, 4)


def test_the_type_is_that_of_the_input_if_no_other_is_named():
    assert distribution.random_normal_like(torch.ones(2, dtype=torch.float64)).dtype == torch.float64


def test_texts_have_a_shape():
    assert distribution.random_uniform_like(np.array(["a", "b"], dtype=object), dtype=1).shape == (2,)


def test_normal_numbers_have_their_mean_and_deviation():
    drawn = distribution.random_normal(shape=(10000,), mean=5.0, scale=2.0, seed=0.0)
    assert drawn.mean().item() == pytest.approx(5, abs=0.1)
    assert drawn.std().item() == pytest.approx(2, abs=0.1)


def test_uniform_numbers_lie_between_their_bounds():
    drawn = distribution.random_uniform(shape=(10000,), low=-1.0, high=3.0, seed=0.0)
    assert drawn.min().item() == pytest.approx(-1, abs=0.01)
    assert drawn.max().item() == pytest.approx(3, abs=0.01)


def test_no_seed_has_no_generator():
    assert distribution.generator_of(None, None) is None
