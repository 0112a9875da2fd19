"""Models written as text."""

from collections.abc import Callable

import onnx
import pytest

Written = Callable[..., onnx.ModelProto]


@pytest.fixture(scope="session")
def written() -> Written:
    def write(text: str, *, opset: int = 20, more: str = "", functions: str = "") -> onnx.ModelProto:
        return onnx.parser.parse_model(f'<ir_version: 10, opset_import: ["" : {opset}{more}]> {text} {functions}')

    return write
