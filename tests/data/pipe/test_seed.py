import numpy as np
import pytest
import torch

from leyden.data.pipe.seed import Moment, checked_seed, keyed_generator, permutation
from leyden.errors import DataError


def test_a_generator_depends_on_its_key_alone():
    first = torch.rand(3, generator=keyed_generator("map", 0, (1, 2)))
    torch.rand(100)
    assert torch.equal(first, torch.rand(3, generator=keyed_generator("map", 0, (1, 2))))


def test_neighbouring_keys_have_unrelated_draws():
    draws = torch.stack([torch.rand(16, generator=keyed_generator(seed, 7 - seed)) for seed in range(8)])
    apart = torch.corrcoef(draws) - torch.eye(8)
    assert apart.abs().max() < 0.9
    assert len(draws.unique()) == draws.numel()


def test_draws_over_many_keys_are_uniform():
    draws = torch.tensor([torch.rand((), generator=keyed_generator(0, epoch, 5)).item() for epoch in range(4000)])
    counts = torch.histc(draws, 10, 0, 1)
    chi_squared = ((counts - 400) ** 2 / 400).sum()
    assert chi_squared < 27.9, "the 99.9 % point of chi squared with 9 degrees of freedom"


def test_a_permutation_holds_every_number_once_and_cannot_be_written_to():
    order = permutation(50, 0, 0)
    assert sorted(order.tolist()) == list(range(50))
    assert order.tolist() != list(range(50))
    with pytest.raises(ValueError, match="read-only"):
        order[0] = 1


def test_first_place_of_permutations_is_uniform():
    firsts = torch.tensor([float(permutation(5, 0, epoch)[0]) for epoch in range(2000)])
    counts = torch.histc(firsts, 5, 0, 5)
    assert ((counts - 400) ** 2 / 400).sum() < 18.5, "the 99.9 % point of chi squared with 4 degrees of freedom"


def test_a_seed_is_the_same_stream_in_any_integer_type():
    assert checked_seed(3) == checked_seed(np.int64(3)) == checked_seed(torch.tensor(3)) == 3


@pytest.mark.parametrize("wrong", [1.5, "1", None])
def test_a_seed_that_is_no_whole_number_is_refused(wrong):
    with pytest.raises(DataError, match="a seed is a whole number; given"):
        checked_seed(wrong)


def test_a_moment_remembers_the_branches_that_lead_to_it():
    assert Moment(2).within(1).within(0) == Moment(2, (1, 0))
