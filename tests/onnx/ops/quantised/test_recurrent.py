from typing import Any

import numpy as np
import pytest
import torch
from onnx import helper, numpy_helper

from leyden.onnx import run
from leyden.onnx.ops.quantised.recurrent import dynamic_lstm

RANDOM = np.random.default_rng(0)


def weights(directions: int, rows: int, hidden: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Integers, scales and zero points."""
    values = RANDOM.integers(-127, 128, (directions, rows, 4 * hidden)).astype(np.int8)
    return values, np.full((directions,), 0.004, np.float32), np.zeros((directions,), np.int8)


@pytest.mark.parametrize("direction", ["forward", "reverse", "bidirectional"])
def test_it_gives_what_onnxruntime_gives(direction: str):
    both = 2 if direction == "bidirectional" else 1
    x = RANDOM.standard_normal((5, 1, 3)).astype(np.float32)
    bias = RANDOM.standard_normal((both, 32)).astype(np.float32)
    (w, ws, wz), (r, rs, rz) = weights(both, 3, 4), weights(both, 4, 4)
    held = {"w": w, "r": r, "b": bias, "ws": ws, "wz": wz, "rs": rs, "rz": rz}
    names = ["x", "w", "r", "b", "", "", "", "", "ws", "wz", "rs", "rz"]
    node = helper.make_node(
        "DynamicQuantizeLSTM", names, ["y", "h", "c"], domain="com.microsoft", hidden_size=4, direction=direction
    )
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [node], "g", [value("x", 1, [5, 1, 3])], [value(name, 1, None) for name in ("y", "h", "c")],
        [numpy_helper.from_array(array, name) for name, array in held.items()],
    )  # fmt: skip
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    wanted = run(helper.make_model(graph, ir_version=8, opset_imports=opsets).SerializeToString(), x)
    of = torch.from_numpy
    got = dynamic_lstm(
        of(x), of(w), of(r), of(bias), w_scale=of(ws), w_zero_point=of(wz), r_scale=of(rs), r_zero_point=of(rz),
        hidden_size=4, direction=direction,
    )  # fmt: skip
    for ours, theirs in zip(got, wanted, strict=True):
        assert np.abs(ours.numpy() - theirs).max() < 1e-4


def test_the_gradient_reaches_the_input():
    x = torch.randn(3, 1, 2, requires_grad=True)
    w, r = torch.ones(1, 2, 4, dtype=torch.int8), torch.ones(1, 1, 4, dtype=torch.int8)
    scale = torch.tensor([0.1])
    dynamic_lstm(x, w, r, w_scale=scale, r_scale=scale, hidden_size=1)[0].sum().backward()
    assert x.grad is not None
    assert bool(x.grad.abs().sum() > 0)


@pytest.mark.parametrize("odd", [{"clip": 1.0}, {"activations": ("Relu", "Tanh", "Tanh")}], ids=["clip", "relu"])
def test_what_is_not_computed_is_refused(odd: dict[str, Any]):
    one = torch.ones(1, 1, 4, dtype=torch.int8)
    with pytest.raises(ValueError, match="DynamicQuantizeLSTM is computed with"):
        dynamic_lstm(torch.ones(1, 1, 1), one, one, w_scale=torch.ones(1), r_scale=torch.ones(1), hidden_size=1, **odd)
