import numpy as np
import onnx
from onnx import helper, numpy_helper

from leyden.onnx import run
from leyden.onnx.write.integers import store_integers_

SCALES, POINTS = np.array([0.5, 0.25], np.float32), np.zeros(2, np.int8)


def model(bias: np.ndarray | None = None) -> onnx.ModelProto:
    """A product of a quantised matrix, with its weight quantised in the file."""
    held = {
        "w": np.array([[0.3, -9.0], [40.0, -1.0]], np.float32), "s": SCALES, "z": POINTS,
        "t": np.array(0.5, np.float32), "u": np.array(0, np.int8),
    }  # fmt: skip
    held |= {} if bias is None else {"b": bias}
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "t", "u"], ["xq"]),
        helper.make_node("DequantizeLinear", ["xq", "t", "u"], ["xd"]),
        helper.make_node("QuantizeLinear", ["w", "s", "z"], ["wq"], axis=0),
        helper.make_node("DequantizeLinear", ["wq", "s", "z"], ["wd"], axis=0),
        helper.make_node("Gemm", ["xd", "wd", *(["b"] if bias is not None else [])], ["y"], transB=1),
    ]
    values = [helper.make_tensor_value_info(name, 1, [1, 2]) for name in ("x", "y")]
    tensors = [numpy_helper.from_array(value, name) for name, value in held.items()]
    graph = helper.make_graph(nodes, "g", values[:1], values[1:], tensors)
    return helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 20)])


def held(made: onnx.ModelProto) -> dict[str, np.ndarray]:
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in made.graph.initializer}


def test_a_known_weight_is_stored_as_integers():
    made = model()
    store_integers_(made)
    assert held(made)["w_quantized"].tolist() == [[1, -18], [127, -4]]
    assert "w" not in held(made)


def test_the_file_computes_what_it_did():
    before, made, x = (
        model(np.array([0.26, -1.0], np.float32)),
        model(np.array([0.26, -1.0], np.float32)),
        np.ones((1, 2), np.float32),
    )
    store_integers_(made)
    assert np.abs(run(made.SerializeToString(), x)[0] - run(before.SerializeToString(), x)[0]).max() <= 0.125


def test_a_bias_has_the_scale_of_the_products():
    made = model(np.array([0.26, -1.0], np.float32))
    store_integers_(made)
    assert held(made)["b_quantized"].tolist() == [1, -8]
    assert held(made)["b_scale"].tolist() == [0.25, 0.125]


def test_a_bias_that_is_too_large_for_integers_stays_as_it_is():
    made = model(np.array([1e30, 0.0], np.float32))
    store_integers_(made)
    assert held(made)["b"].dtype == np.float32


def test_a_file_without_quantisation_is_not_touched():
    made = model()
    del made.graph.node[:]
    before = made.SerializeToString()
    store_integers_(made)
    assert made.SerializeToString() == before
