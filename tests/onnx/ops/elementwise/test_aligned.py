"""Broadcasting from an axis on, as it was before version 7."""

from collections.abc import Callable

import pytest
import torch

from leyden.onnx.ops.elementwise import aligned as old

NUMERIC = [
    (old.aligned_add, torch.add), (old.aligned_subtract, torch.sub), (old.aligned_multiply, torch.mul),
    (old.aligned_divide, torch.div), (old.aligned_power, torch.pow), (old.aligned_equal, torch.eq),
    (old.aligned_greater, torch.gt), (old.aligned_less, torch.lt),
]  # fmt: skip
LOGICAL = [
    (old.aligned_and, torch.logical_and), (old.aligned_or, torch.logical_or), (old.aligned_xor, torch.logical_xor),
]  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "axis", "expected"),
    [((), None, ()), ((5,), None, (5,)), ((3, 4), 1, (3, 4, 1)), ((2,), 0, (2, 1, 1, 1)), ((4,), -2, (4, 1))],
)
def test_shapes_of_the_specification_are_aligned(shape: tuple, axis: int | None, expected: tuple):
    assert old.aligned(torch.ones(2, 3, 4, 5), torch.ones(shape), axis).shape == expected


@pytest.mark.parametrize(("ours", "theirs"), NUMERIC, ids=[theirs.__name__ for _, theirs in NUMERIC])
def test_numbers_meet_from_an_axis_on(ours: Callable, theirs: Callable):
    a, b = torch.rand(2, 3, 4), torch.tensor([0.25, 0.5, 0.75])
    assert torch.equal(ours(a, b, axis=1, broadcast=1), theirs(a, b[:, None]))


@pytest.mark.parametrize(("ours", "theirs"), LOGICAL, ids=[theirs.__name__ for _, theirs in LOGICAL])
def test_truth_values_meet_from_an_axis_on(ours: Callable, theirs: Callable):
    a, b = torch.rand(2, 3) > 0.5, torch.tensor([True, False])
    assert torch.equal(ours(a, b, axis=0, broadcast=1), theirs(a, b[:, None]))


def test_without_broadcasting_shapes_are_the_same():
    assert old.aligned_add(torch.ones(2), torch.ones(2)).tolist() == [2.0, 2.0]
