import dataclasses

import pytest

from leyden.onnx.lower.safety.limits import Limits, memory_available


def test_limits_are_a_value():
    assert Limits() == Limits()
    with pytest.raises(dataclasses.FrozenInstanceError):
        Limits().nodes = 5  # pyright: ignore[reportAttributeAccessIssue]


def test_free_memory_is_a_number_of_bytes():
    free = memory_available()
    assert free is not None
    assert 2**20 < free < 2**50
