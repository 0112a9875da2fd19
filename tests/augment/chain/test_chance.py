import pytest
import torch

from leyden.augment.chain.chance import check, interval, range_text, seed_number, seeded, uniform
from leyden.errors import DrawError


def test_numbers_are_even_between_0_and_1():
    generator = torch.Generator().manual_seed(0)
    numbers = [uniform(generator) for _ in range(2000)]
    assert 0 <= min(numbers) < 0.01
    assert 0.99 < max(numbers) < 1
    assert sum(numbers) / 2000 == pytest.approx(0.5, abs=0.02)


def test_the_global_generator_is_neither_read_nor_moved():
    torch.manual_seed(1)
    state = torch.get_rng_state()
    first = uniform(torch.Generator().manual_seed(0))
    assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(2)
    assert uniform(torch.Generator().manual_seed(0)) == first


def test_a_seed_is_one_whole_number_that_makes_the_same_stream_again():
    generator = torch.Generator().manual_seed(0)
    numbers = [seed_number(generator) for _ in range(500)]
    assert all(number.is_integer() and 0 <= number < 2**31 for number in numbers)
    assert len(set(numbers)) == 500
    torch.manual_seed(3)
    state = torch.get_rng_state()
    streams = [torch.rand(5, generator=seeded(number, "cpu")) for number in (numbers[0], numbers[0], numbers[1])]
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(streams[0], streams[1])
    assert not torch.equal(streams[0], streams[2])


def test_a_range_is_a_number_or_a_pair():
    assert interval(3) == (-3, 3)
    assert interval((0.5, 2)) == (0.5, 2)
    assert range_text((0.5, 2), 100) == "50..200"


def test_all_broken_rules_are_named():
    check("thing", {"sense": True})
    with pytest.raises(DrawError, match="'thing': wants sense; form"):
        check("thing", {"sense": False, "form": False, "age": True})
