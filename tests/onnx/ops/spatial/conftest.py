"""What onnxruntime makes of one node."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from onnx import helper

import leyden as ly

Oracle = Callable[..., np.ndarray]


@pytest.fixture(scope="session")
def oracle() -> Oracle:
    def compute(
        op: str, inputs: Mapping[str, np.ndarray | None], *, opset: int = 19, gives: int = 1, **attributes: Any
    ) -> np.ndarray:
        names = [name if value is not None else "" for name, value in inputs.items()]
        known = {name: value for name, value in inputs.items() if value is not None}
        declared = [
            helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)
            for name, value in known.items()
        ]
        node = helper.make_node(op, names, ["y"], **attributes)
        graph = helper.make_graph([node], "g", declared, [helper.make_tensor_value_info("y", gives, None)])
        model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", opset)])
        return ly.onnx.run(model.SerializeToString(), *known.values())[0]

    return compute
