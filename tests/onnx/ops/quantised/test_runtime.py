"""Against onnxruntime, which these operators are from."""

from typing import Any

import numpy as np
import pytest
import torch
from onnx import helper, numpy_helper

from leyden.onnx import run
from leyden.onnx.ops.registry import find

RANDOM = np.random.default_rng(0)
U8 = RANDOM.integers(0, 256, (2, 4, 6, 6)).astype(np.uint8)
S8 = RANDOM.integers(-128, 128, (2, 4, 6, 6)).astype(np.int8)
ONE, TWO, SMALL = np.float32(0.02), np.float32(0.05), np.float32(1 / 255)
A, B, ZERO = np.uint8(100), np.uint8(7), np.uint8(0)
ROW, COLUMN = U8[0, 0, :3], S8[0, 1, :, :5]
CASES = [
    ("QLinearAdd", [U8, ONE, A, U8[::-1], TWO, B, TWO, A], {}),
    ("QLinearMul", [U8, ONE, A, U8[::-1], TWO, B, TWO, A], {}),
    ("QLinearSigmoid", [U8, ONE, A, SMALL, ZERO], {}),
    ("QLinearLeakyRelu", [U8, ONE, A, ONE, A], {"alpha": 0.2}),
    ("QLinearSoftmax", [U8, ONE, A, SMALL, ZERO], {"axis": 1, "opset": 13}),
    ("QLinearSoftmax", [U8, ONE, A, SMALL, ZERO], {"axis": 1, "opset": 11}),
    ("QLinearGlobalAveragePool", [U8, ONE, A, ONE, A], {}),
    ("QLinearAveragePool", [U8, ONE, A, ONE, A], {"kernel_shape": [2, 2], "strides": [2, 2]}),
    ("QLinearConcat", [TWO, B, U8, ONE, A, U8, TWO, B], {"axis": 1}),
    ("QGemm", [ROW, ONE, A, COLUMN, TWO, np.int8(0)], {}),
    ("QGemm", [ROW, ONE, A, COLUMN.T.copy(), TWO, np.int8(0), np.arange(5, dtype=np.int32), TWO, B], {"transB": 1}),
    ("MatMulIntegerToFloat", [ROW, COLUMN, ONE, TWO, A, np.int8(3)], {}),
    ("DynamicQuantizeMatMul", [ROW.astype(np.float32) / 9, COLUMN, TWO, np.int8(3), np.ones(5, np.float32)], {}),
    ("QuantizeLinear", [U8.astype(np.float32), TWO, A], {}),
    ("DequantizeLinear", [U8, TWO, A], {}),
]  # fmt: skip


def by_runtime(op: str, inputs: list[Any], attributes: dict[str, Any]) -> np.ndarray:
    held = [numpy_helper.from_array(np.asarray(value), f"i{index}") for index, value in enumerate(inputs)]
    node = helper.make_node(op, [tensor.name for tensor in held], ["y"], domain="com.microsoft", **attributes)
    quantised = op not in ("MatMulIntegerToFloat", "DynamicQuantizeMatMul", "DequantizeLinear") and len(inputs) != 6
    graph = helper.make_graph([node], "g", [], [helper.make_tensor_value_info("y", 2 if quantised else 1, None)], held)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    return run(helper.make_model(graph, ir_version=8, opset_imports=opsets).SerializeToString())[0]


@pytest.mark.parametrize(("op", "inputs", "attributes"), CASES, ids=[f"{i}-{case[0]}" for i, case in enumerate(CASES)])
def test_the_function_gives_what_onnxruntime_gives(op: str, inputs: list[Any], attributes: dict[str, Any]):
    entry = find(op, opset=1, domain="com.microsoft")
    assert entry is not None
    tensors = [torch.from_numpy(np.array(value)).reshape(np.shape(value)) for value in inputs]
    settings = {key: tuple(value) if isinstance(value, list) else value for key, value in attributes.items()}
    got, wanted = entry.function(*tensors, **settings).numpy(), by_runtime(op, inputs, attributes)
    assert got.dtype == wanted.dtype
    assert np.abs(got.astype(np.float64) - wanted).max() <= (1e-3 if got.dtype == np.float32 else 1)
