"""ONNX's own test suite, collected once for all tests of the room, and models made by hand."""

from collections.abc import Callable

import numpy as np
import onnx
import pytest

from leyden.onnx.conformance import Case, cases


@pytest.fixture(scope="session")
def suite() -> list[Case]:
    return cases()


@pytest.fixture
def doubling() -> onnx.ModelProto:
    return onnx.parser.parse_model(
        '<ir_version: 10, opset_import: ["" : 20]> g (float[n] x) => (float[n] y) { y = Add(x, x) }'
    )


@pytest.fixture
def made() -> Callable[..., Case]:
    def make(
        model: bytes = b"", expected: float = 2.0, name: str = "test_made", kind: str = "node", operator: str = "Add"
    ) -> Case:
        outputs = [[np.full(1, expected, np.float32)]]
        return Case(name, kind, operator, True, model, [[np.ones(1, np.float32)]], outputs)

    return make
