from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from leyden.errors import OnnxError
from leyden.onnx import Value, export, summary


def test_a_summary_tells_what_was_exported(residual):
    found = summary(residual.report.path)
    assert found.inputs == residual.report.inputs == (Value("image", "float32", ("batch", 3, 16, 16)),)
    assert found.outputs == (Value("output", "float32", ("batch", 4)),)
    assert found.ops == {"Conv": 2, "Relu": 2, "Add": 1, "Gemm": 1, "ReduceMean": 1}
    assert found.metadata["classes"] == '["cat", "dog"]'
    assert found.bytes == residual.report.path.stat().st_size
    assert found.opsets["ai.onnx"] == residual.report.opset
    assert found.producer.startswith("leyden ")


def test_parameters_are_those_of_the_network_with_batch_normalisation_folded(residual):
    convolutions = 8 * 3 * 9 + 8 + 8 * 8 * 9 + 8
    assert summary(residual.report.path).parameters == convolutions + 8 * 4 + 4


def test_every_node_knows_its_module_and_its_shapes(residual):
    found = summary(residual.report.path)
    gemm = next(node for node in found.nodes if node.op == "Gemm")
    assert gemm.scope == "head"
    assert [weight.name for weight in gemm.weights] == ["head.weight", "head.bias"]
    assert gemm.inputs[0].shape == ("batch", 8)
    assert gemm.attributes["transB"] == 1
    assert found.node(gemm.name) is gemm


def test_edges_run_from_input_to_output_in_topological_order(residual):
    found = summary(residual.report.path)
    place = {"image": -1} | {node.name: i for i, node in enumerate(found.nodes)} | {"output": len(found.nodes)}
    assert all(place[edge.source] < place[edge.target] for edge in found.edges)
    add = next(node for node in found.nodes if node.op == "Add")
    assert len([edge for edge in found.edges if edge.target == add.name]) == 2


def test_an_unknown_node_is_answered_with_the_closest(residual):
    found = summary(residual.report.path)
    name = found.nodes[0].name
    with pytest.raises(OnnxError, match=f"closest: {name}"):
        found.node(f"{name}x")


def test_pruned_weights_make_the_zipped_file_small_and_show_as_zeros(tmp_path: Path):
    torch.manual_seed(0)
    net = torch.nn.Linear(64, 64, bias=False)
    dense = summary(export(net, torch.randn(2, 64), tmp_path / "dense.onnx").path)
    with torch.no_grad():
        net.weight[:48] = 0
    sparse = summary(export(net, torch.randn(2, 64), tmp_path / "sparse.onnx").path)
    assert (dense.zeros, sparse.zeros) == (0.0, 0.75)
    assert sparse.bytes == dense.bytes
    assert sparse.zipped < 0.4 * dense.zipped


def test_an_operator_nobody_knows_is_read_all_the_same():
    node = onnx.helper.make_node("Teleport", ["x"], ["y"], domain="mine")
    declared = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1]) for name in "xy"]
    model = onnx.helper.make_model(
        onnx.helper.make_graph([node], "g", declared[:1], declared[1:]),
        opset_imports=[onnx.helper.make_opsetid("mine", 3), onnx.helper.make_opsetid("", 20)],
    )
    found = summary(model.SerializeToString())
    assert found.ops == {"mine::Teleport": 1}
    assert found.opsets == {"mine": 3, "ai.onnx": 20}


def test_contradicting_shapes_do_not_hide_the_rest(plus_one: Path):
    model = onnx.load(plus_one)
    model.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(np.ones(5, np.float32), "one"))
    assert summary(model.SerializeToString()).ops == {"Add": 1}


def test_summaries_print_short_and_alike_each_time(plus_one: Path):
    content = plus_one.read_bytes()
    assert repr(summary(content)) == f"Summary('bytes', 1 nodes, 1 parameters, {len(content)} bytes)"
    assert str(summary(content)) == str(summary(content))
    assert "x: float32[batch, 3]" in str(summary(content))


def test_a_notebook_shows_a_table_in_which_names_carry_no_markup(plus_one: Path):
    model = onnx.load(plus_one)
    onnx.helper.set_model_props(model, {"note": "<b>bold</b>"})
    shown = summary(model.SerializeToString())._repr_html_()
    assert shown.startswith("<table>")
    assert "&lt;b&gt;bold" in shown
