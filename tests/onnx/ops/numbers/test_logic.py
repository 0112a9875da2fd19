"""Comparisons, choices, conversions."""

import pytest

from leyden.onnx.ops.numbers.logic import cast, choose, negate
from leyden.onnx.ops.registry import find_hosted


@pytest.mark.parametrize(
    ("op", "expected"),
    [("Equal", False), ("Less", True), ("LessOrEqual", True), ("Greater", False), ("GreaterOrEqual", False)],
)
def test_numbers_are_compared(op: str, expected: bool):
    entry = find_hosted(op)
    assert entry is not None
    assert entry.function(2, 3) is expected


@pytest.mark.parametrize(("op", "expected"), [("And", False), ("Or", True), ("Xor", True)])
def test_conditions_are_combined(op: str, expected: bool):
    entry = find_hosted(op)
    assert entry is not None
    assert entry.function(True, False) is expected


def test_a_condition_is_negated():
    assert negate(False) is True


def test_a_condition_chooses():
    assert (choose(True, 1, 2), choose(False, 1, 2)) == (1, 2)


@pytest.mark.parametrize(
    ("number", "to", "expected"),
    [(-2.7, 7, -2), (3, 1, 3.0), (0.5, 9, True), (True, 6, 1), (3.9, 6, 3), (True, 1, 1.0)],
)
def test_numbers_become_others(number: float, to: int, expected: float):
    made = cast(number, to=to)
    assert (made, type(made)) == (expected, type(expected))


def test_what_python_has_no_numbers_of_is_left_to_tensors():
    with pytest.raises(TypeError, match="type 2"):
        cast(300, to=2)
