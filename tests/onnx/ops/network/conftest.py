"""One operator, computed by its function and by onnxruntime."""

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import helper
from torch import Tensor

import leyden as ly
from leyden.onnx.ops.registry import find

Compare = Callable[..., None]


def computed(op: str, *inputs: Tensor | None, opset: int = 21, count: int = 1, **attributes: Any) -> list[np.ndarray]:
    """Have onnxruntime compute an operator."""
    names = ["" if value is None else f"in{at}" for at, value in enumerate(inputs)]
    arrays = [value.numpy() for value in inputs if value is not None]
    while not names[-1]:
        names.pop()  # onnxruntime crashes on a last input that is left out by name
    outputs = [f"out{at}" for at in range(count)]
    node = helper.make_node(op, names, outputs, **attributes)
    declared = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
        for name, array in zip(filter(None, names), arrays, strict=True)
    ]
    graph = helper.make_graph([node], "g", declared, [onnx.ValueInfoProto(name=name) for name in outputs])
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", opset)])
    return ly.onnx.run(model.SerializeToString(), *arrays)


@pytest.fixture
def agrees() -> Compare:
    """Give what asserts that the function of an operator and onnxruntime compute the same."""

    def check(op: str, *inputs: Tensor | None, opset: int = 21, count: int = 1, **attributes: Any) -> None:
        entry = find(op, opset=opset)
        assert entry is not None
        more = {"output_count": count} if "output_count" in entry.keywords else {}
        got = entry.function(*inputs, **attributes, **more)
        right = computed(op, *inputs, opset=opset, count=count, **attributes)
        for one, other in zip(got if count > 1 else (got,), right, strict=True):
            torch.testing.assert_close(one, torch.from_numpy(other), rtol=1e-4, atol=1e-5)

    return check


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)
