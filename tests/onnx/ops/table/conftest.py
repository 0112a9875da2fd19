"""What onnxruntime says of one operator of tables."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import onnx
import pytest

from leyden.onnx import run

_CODES = {"float32": 1, "int64": 7, "object": 8, "float64": 11}


@pytest.fixture(scope="session")
def oracle() -> Callable[..., list[np.ndarray]]:
    """Run an operator in onnxruntime: its name, attributes, types of its outputs, and inputs."""

    def ask(op: str, settings: Mapping[str, Any], codes: list[int], *arrays: np.ndarray, version: int = 3) -> Any:
        declare = onnx.helper.make_tensor_value_info
        inputs = [declare(f"x{at}", _CODES[array.dtype.name], array.shape) for at, array in enumerate(arrays)]
        outputs = [declare(f"y{at}", code, None) for at, code in enumerate(codes)]
        names = [[value.name for value in values] for values in (inputs, outputs)]
        node = onnx.helper.make_node(op, *names, domain="ai.onnx.ml", **settings)
        graph = onnx.helper.make_graph([node], "g", inputs, outputs)
        sets = [onnx.helper.make_opsetid("", 18), onnx.helper.make_opsetid("ai.onnx.ml", version)]
        return run(onnx.helper.make_model(graph, ir_version=8, opset_imports=sets).SerializeToString(), *arrays)

    return ask
