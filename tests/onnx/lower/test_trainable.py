import numpy as np
import torch
from onnx import helper, numpy_helper
from torch import nn

from leyden.onnx import load
from leyden.onnx.layers.rounding import FakeQuantise, Grid
from leyden.onnx.lower.constant import Constant
from leyden.onnx.lower.trainable import inventory


def net() -> nn.Module:
    whole = nn.Module()
    whole.fc, whole.norm = nn.Linear(2, 3), nn.BatchNorm1d(3)
    whole.index = Constant(torch.tensor([1, 2]))
    whole.mask = Constant(torch.tensor([True]))
    whole.one = Constant(torch.tensor([2.5]))
    whole.far = Constant(torch.tensor([1.0, float("inf")]))
    whole.folded = Constant(torch.tensor([1.0, 2.0]))
    whole.step = FakeQuantise(torch.tensor([0.1, 0.2]), torch.zeros(2).int(), Grid(3, 0))
    whole.fc.bias.requires_grad_(False)
    return whole


def reasons() -> dict[str, str]:
    return {held.name: held.reason for held in inventory(net()).held}


def test_parameters_are_trainable_unless_they_are_frozen():
    assert [held.name for held in inventory(net()).trainable] == ["fc.weight", "norm.weight", "norm.bias"]
    assert reasons()["fc.bias"] == "frozen"


def test_everything_else_has_its_reason():
    found = reasons()
    assert found["norm.running_mean"] == found["norm.num_batches_tracked"] == "statistics"
    assert found["index.value"] == "integers"
    assert found["mask.value"] == "truth values"
    assert found["one.value"] == "a constant of one element"
    assert found["far.value"] == "not finite"
    assert found["step.scale"] == found["step.zero_point"] == "quantisation"
    assert found["folded.value"] == "an attribute or a result, not a weight of the file"


def test_a_shared_parameter_is_listed_once():
    one = nn.Linear(2, 2)
    assert len(inventory(nn.Sequential(one, one)).held) == 2


def test_the_table_says_whether_the_network_trains():
    table = inventory(nn.Linear(2, 2).eval())
    assert str(table).splitlines()[-2].split() == ["trainable", "6", "in", "2", "yes,", "after", ".train()"]
    assert "<td>weight</td>" in table._repr_html_()


def test_long_tables_are_cut():
    rows = inventory(nn.Sequential(*(nn.Linear(1, 1) for _ in range(20)))).rows()
    assert ("... 28 more", "", "", "", "yes") in rows


def file_with_dropout() -> bytes:
    """A normalisation that keeps statistics, and a dropout."""
    nodes = [
        helper.make_node("BatchNormalization", ["x", "norm.weight", "b", "m", "v"], ["n"]),
        helper.make_node("Dropout", ["n"], ["y"]),
    ]
    values = [helper.make_tensor_value_info(name, 1, ["n", 3]) for name in ("x", "y")]
    held = {"norm.weight": np.ones(3), "b": np.zeros(3), "m": np.zeros(3), "v": np.ones(3)}
    tensors = [numpy_helper.from_array(array.astype(np.float32), name) for name, array in held.items()]
    graph = helper.make_graph(nodes, "g", values[:1], values[1:], tensors)
    return helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)]).SerializeToString()


def test_in_training_mode_dropout_drops_and_statistics_are_updated():
    torch.manual_seed(0)
    trained = load(file_with_dropout(), mode="train")
    answer = trained(torch.randn(64, 3) + 5)
    assert 0.3 < (answer == 0).float().mean() < 0.7
    assert trained.state_dict()["norm.running_mean"].mean() > 0.3


def test_a_network_is_given_in_evaluation_mode_unless_asked_otherwise():
    x = torch.randn(64, 3)
    assert torch.allclose(load(file_with_dropout())(x), x, atol=1e-4)
