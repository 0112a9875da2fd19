"""Recurrent nodes of any kind, and what onnxruntime makes of them."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper

import leyden as ly

GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
TIME, BATCH, INWARD, HIDDEN = 5, 4, 2, 3
Values = dict[str, np.ndarray]


@pytest.fixture(scope="session")
def values() -> Callable[..., Values]:
    """Make small weights, states and data of a kind of node, by the names of its inputs."""

    def make(kind: str, directions: int, leave: frozenset[str] = frozenset()) -> Values:
        random, gates = np.random.default_rng(0), GATES[kind]
        shapes = {
            "X": (TIME, BATCH, INWARD), "W": (directions, gates * HIDDEN, INWARD),
            "R": (directions, gates * HIDDEN, HIDDEN), "B": (directions, 2 * gates * HIDDEN),
            "sequence_lens": (BATCH,), "initial_h": (directions, BATCH, HIDDEN),
        }  # fmt: skip
        if kind == "LSTM":
            shapes |= {"initial_c": (directions, BATCH, HIDDEN), "P": (directions, 3 * HIDDEN)}
        made = {name: (random.standard_normal(shape) * 0.5).astype(np.float32) for name, shape in shapes.items()}
        made["sequence_lens"] = np.array([5, 3, 1, 4], np.int32)
        return {name: value for name, value in made.items() if name not in leave}

    return make


@pytest.fixture(scope="session")
def oracle() -> Callable[..., list[np.ndarray]]:
    def compute(kind: str, given: Mapping[str, np.ndarray], **attributes: Any) -> list[np.ndarray]:
        order = ["X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P"][: 8 if kind == "LSTM" else 6]
        names = [name if name in given else "" for name in order]
        outputs = ["Y", "Y_h", "Y_c"][: 3 if kind == "LSTM" else 2]
        node = helper.make_node(kind, names, outputs, hidden_size=HIDDEN, **attributes)
        declared = [
            helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)
            for name, value in given.items()
        ]
        results = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        graph = helper.make_graph([node], "g", declared, results)
        model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 14)])
        return ly.onnx.run(model.SerializeToString(), *given.values())

    return compute
