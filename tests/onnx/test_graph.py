import numpy as np
import onnx
import pytest
from onnx.helper import make_graph, make_node, make_tensor_value_info

from leyden.errors import OnnxError
from leyden.onnx import Edge
from leyden.onnx.graph import read_graph, weigh


def graph(nodes, weights=(), inputs=("x",), outputs=("y",)):
    def declared(names):
        return [make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["batch", 3]) for name in names]

    held = [onnx.numpy_helper.from_array(array, name) for name, array in dict(weights).items()]
    return make_graph(nodes, "g", declared(inputs), declared(outputs), held)


def test_nodes_written_out_of_order_are_sorted():
    nodes, edges, _ = read_graph(graph([make_node("Relu", ["h"], ["y"]), make_node("Neg", ["x"], ["h"])]))
    assert [node.op for node in nodes] == ["Neg", "Relu"]
    assert edges == [Edge("x", "Neg_1", "x"), Edge("Neg_1", "Relu_0", "h"), Edge("Relu_0", "y", "y")]


def test_a_node_waits_for_what_its_branches_need():
    branch = make_graph([make_node("Relu", ["late"], ["r"])], "b", [], [make_tensor_value_info("r", 1, [3])])
    choose = make_node("If", ["go"], ["y"], name="choose", then_branch=branch, else_branch=branch)
    nodes, edges, _ = read_graph(graph([choose, make_node("Neg", ["x"], ["late"], name="neg")], inputs=("x", "go")))
    assert [(node.name, node.inside) for node in nodes] == [
        ("neg", ""), ("choose", ""), ("Relu_0", "choose/else_branch"), ("Relu_0_2", "choose/then_branch"),
    ]  # fmt: skip
    assert Edge("neg", "Relu_0", "late") in edges


def test_a_circle_is_refused():
    with pytest.raises(OnnxError, match="in a circle through Relu, Neg"):
        read_graph(graph([make_node("Relu", ["a"], ["y"]), make_node("Neg", ["y"], ["a"])]))


def test_names_are_made_unique():
    nodes, _, _ = read_graph(
        graph([make_node("Neg", ["x"], ["h"], name="n"), make_node("Neg", ["h"], ["y"], name="n")])
    )
    assert [node.name for node in nodes] == ["n", "n_2"]


def test_an_optional_input_that_is_left_out_makes_no_edge():
    nodes, edges, _ = read_graph(graph([make_node("Clip", ["x", "", "top"], ["y"])], {"top": np.float32(1)}))
    assert [value.name for value in nodes[0].inputs] == ["x", "", "top"]
    assert edges == [Edge("x", "Clip_0", "x"), Edge("Clip_0", "y", "y")]
    assert [weight.name for weight in nodes[0].weights] == ["top"]


def test_statistics_of_a_weight_are_those_of_its_elements():
    weight = weigh("w", onnx.numpy_helper.from_array(np.array([[0.0, 0.0], [2.0, -4.0]], np.float32)))
    assert (weight.shape, weight.size, weight.bytes, weight.zeros) == ((2, 2), 4, 16, 0.5)
    assert (weight.mean, weight.minimum, weight.maximum) == (-0.5, -4.0, 2.0)
    assert weight.std == pytest.approx(np.std([0, 0, 2, -4]))


def test_elements_that_are_not_finite_are_counted_and_left_out():
    weight = weigh("w", onnx.numpy_helper.from_array(np.array([1.0, np.inf, np.nan, -np.inf], np.float32)))
    assert (weight.nonfinite, weight.mean, weight.maximum) == (3, 1.0, 1.0)


@pytest.mark.parametrize("array", [np.zeros(0, np.float32), np.array(["a"], object), np.array([1j], np.complex64)])
def test_a_weight_without_numbers_has_no_statistics(array: np.ndarray):
    assert np.isnan(weigh("w", onnx.numpy_helper.from_array(array)).mean)


@pytest.mark.parametrize(
    ("array", "counts"),
    [
        (np.ones((2, 2), np.float16), True), (np.ones(3, np.int8), True),
        (np.float32(1), False), (np.ones(4, np.int64), False), (np.ones(2, bool), False),
    ],
)  # fmt: skip
def test_parameters_are_floats_and_quantised_bytes_with_an_axis(array: np.ndarray, counts: bool):
    assert weigh("w", onnx.numpy_helper.from_array(np.asarray(array))).is_parameter is counts


def test_attributes_are_plain_values():
    held = onnx.numpy_helper.from_array(np.ones((2, 3), np.float32))
    node = make_node(
        "Any", ["x"], ["y"], domain="mine", pads=[1, 2], mode="same", ratio=0.5, value=held, names=["a", "b"]
    )
    (read,), _, _ = read_graph(graph([node]))
    assert read.op == "mine::Any"
    assert read.attributes == {
        "pads": (1, 2), "mode": "same", "ratio": 0.5, "value": "tensor: float32[2, 3]", "names": ("a", "b"),
    }  # fmt: skip


def test_scopes_come_from_either_exporter_of_torch():
    new = make_node("Conv", ["x"], ["h"])
    new.metadata_props.add(key="pkg.torch.onnx.name_scopes", value="['', 'stem', 'stem.conv', 'conv2d']")
    old = make_node("Relu", ["h"], ["y"], name="/stem/act/Relu")
    lost = make_node("Neg", ["x"], ["z"])
    lost.metadata_props.add(key="pkg.torch.onnx.name_scopes", value="['_empty_nn_module_stack_from_hook', 'neg']")
    nodes, _, _ = read_graph(graph([new, old, lost]))
    assert [node.scope for node in nodes] == ["stem.conv", "stem.act", ""]
