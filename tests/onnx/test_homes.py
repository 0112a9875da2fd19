import pytest

import leyden.onnx
from leyden.onnx.homes import HOMES


def test_every_public_name_has_a_home_and_is_found_there():
    assert sorted(HOMES) == sorted(leyden.onnx.__all__)
    for name in HOMES:
        assert getattr(leyden.onnx, name).__module__ == f"leyden.onnx.{HOMES[name]}"


def test_an_unknown_name_is_an_error_that_lists_the_known_ones():
    with pytest.raises(AttributeError, match=r"leyden\.onnx has no 'loud'; it has .*load"):
        _ = leyden.onnx.loud
