"""Truth values, and the bits of every integer type."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from leyden.onnx.ops.elementwise import logic

INTEGERS = ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64")
BITWISE = [(logic.bitwise_and, np.bitwise_and), (logic.bitwise_or, np.bitwise_or), (logic.bitwise_xor, np.bitwise_xor)]
LOGICAL = [
    (logic.logical_and, np.logical_and), (logic.logical_or, np.logical_or), (logic.logical_xor, np.logical_xor),
]  # fmt: skip


def samples(name: str) -> np.ndarray:
    limits = np.iinfo(name)
    return np.array([limits.min, limits.max, 0, 1, 6, limits.max // 3], dtype=name)


def shifted(number: int, by: int, direction: str, limits: np.iinfo) -> int:
    """Shift in Python's endless integers, and cut what has no room."""
    if direction == "RIGHT":
        return number >> by
    cut = (number << by) % 2**limits.bits
    return cut - 2**limits.bits if cut > limits.max else cut


@pytest.mark.parametrize("name", INTEGERS)
@pytest.mark.parametrize(("ours", "theirs"), BITWISE, ids=["and", "or", "xor"])
def test_bits_are_those_of_numpy(ours: Callable, theirs: Callable, name: str):
    a = samples(name)
    assert np.array_equal(ours(torch.from_numpy(a)[:, None], torch.from_numpy(a)).numpy(), theirs(a[:, None], a))


@pytest.mark.parametrize("name", INTEGERS)
def test_all_bits_are_turned(name: str):
    assert np.array_equal(logic.bitwise_not(torch.from_numpy(samples(name))).numpy(), ~samples(name))


@pytest.mark.parametrize(("ours", "theirs"), LOGICAL, ids=["and", "or", "xor"])
def test_truth_tables_are_those_of_numpy(ours: Callable, theirs: Callable):
    a = np.array([True, False])
    assert np.array_equal(ours(torch.from_numpy(a)[:, None], torch.from_numpy(a)).numpy(), theirs(a[:, None], a))
    assert np.array_equal(ours(torch.from_numpy(a), True).numpy(), theirs(a, True))


def test_what_is_true_becomes_false():
    assert logic.logical_not(torch.tensor([True, False])).tolist() == [False, True]


@pytest.mark.parametrize("direction", ["LEFT", "RIGHT"])
@pytest.mark.parametrize("name", INTEGERS)
def test_shifts_are_those_of_endless_integers(name: str, direction: str):
    limits = np.iinfo(name)
    by = np.array([0, 1, 2, limits.bits - 1, limits.bits, limits.bits + 1, 100], dtype=name)
    result = logic.shift(torch.from_numpy(samples(name))[:, None], torch.from_numpy(by), direction=direction)
    expected = [[shifted(int(x), int(y), direction, limits) for y in by] for x in samples(name)]
    assert result.tolist() == expected


@pytest.mark.parametrize(("direction", "expected"), [("LEFT", [0, 0]), ("RIGHT", [-1, 0])])
def test_a_negative_distance_leaves_the_sign_alone(direction: str, expected: list[int]):
    assert logic.shift(torch.tensor([-8, 8]), torch.tensor(-1), direction=direction).tolist() == expected


def test_another_direction_is_refused():
    with pytest.raises(ValueError, match="LEFT or RIGHT, not 'UP'"):
        logic.shift(torch.tensor([1]), torch.tensor([1]), direction="UP")
