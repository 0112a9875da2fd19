"""Casts between all types, by number and by name, of values and of bits."""

import numpy as np
import pytest
import torch

from leyden.onnx.ops.dtypes import torch_dtype
from leyden.onnx.ops.elementwise.casting import cast, cast_like, cast_named, reinterpret

PLAIN = (1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 16)
SMALL = (17, 18, 19, 20, 21, 22, 23, 24, 25, 27, 28)
TYPES = {"FLOAT": torch.float32, "INT64": torch.int64, "BOOL": torch.bool, "DOUBLE": torch.float64}


@pytest.mark.parametrize("source", PLAIN + SMALL)
def test_a_number_that_all_types_have_survives(source: int):
    x = cast(torch.tensor([2.0, 1.0]), to=source)
    results = {to: cast(x, to=to) for to in PLAIN + SMALL}
    assert {to: result.dtype for to, result in results.items()} == {to: torch_dtype(to) for to in results}
    assert all(result.to(torch.float32).tolist() == [2.0, 1.0] for result in results.values())


@pytest.mark.parametrize("source", PLAIN + SMALL)
def test_all_but_zero_is_true(source: int):
    assert cast(cast(torch.tensor([2.0]), to=source), to=9).tolist() == [True]


def test_numbers_are_cut_and_bits_beyond_are_dropped():
    assert cast(torch.tensor([1.9, -1.9]), to=6).tolist() == [1, -1]
    assert cast(torch.tensor([200], dtype=torch.int16), to=3).tolist() == [-56]


@pytest.mark.parametrize("name", TYPES)
def test_the_first_version_names_the_type(name: str):
    assert cast_named(torch.tensor([1]), to=name).dtype == TYPES[name]


def test_a_cast_keeps_the_gradient():
    x = torch.ones(2, requires_grad=True)
    cast(x, to=11).sum().backward()
    assert x.grad is not None


def test_the_type_of_another_tensor_is_taken():
    assert cast_like(torch.tensor([1.5]), torch.ones(1, dtype=torch.int8)).dtype == torch.int8
    assert cast_like(torch.tensor([1]), np.array(["a"], dtype=object)).tolist() == ["1"]


def test_few_bits_are_known_from_the_file_alone():
    like = torch.zeros(1, dtype=torch.int8)
    assert cast_like(torch.tensor([9]), like, input_types=(7, 22)).tolist() == [-7]


def test_bits_survive_the_way_there_and_back():
    x = torch.tensor([1.0, -2.5, float("nan")])
    assert torch.equal(reinterpret(reinterpret(x, to=6), to=1).nan_to_num(), x.nan_to_num())


@pytest.mark.parametrize(("signed", "unsigned", "bits"), [(22, 21, 4), (26, 25, 2)])
def test_few_bits_are_read_with_a_sign_and_without(signed: int, unsigned: int, bits: int):
    below = torch.arange(2**bits, dtype=torch.uint8)
    signs = reinterpret(below, to=signed, input_types=(unsigned,))
    assert signs.tolist() == [*range(2 ** (bits - 1)), *range(-(2 ** (bits - 1)), 0)]
    assert torch.equal(reinterpret(signs, to=unsigned, input_types=(signed,)), below)


def test_the_sixteen_numbers_of_float4_are_its_sixteen_bit_patterns():
    patterns = torch.arange(16, dtype=torch.uint8)
    numbers = reinterpret(patterns, to=23, input_types=(21,))
    assert numbers[:8].tolist() == [0, 0.5, 1, 1.5, 2, 3, 4, 6]
    assert torch.equal(reinterpret(numbers, to=21, input_types=(23,)), patterns)


def test_bits_that_are_missing_are_named():
    with pytest.raises(ValueError, match="32 bits cannot be read as ones of 64 bits; Cast converts values"):
        reinterpret(torch.ones(1), to=11)
