import copy
import pickle
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import fx

KNOWN = """g (float[3] x) => (float[3] y) <bool c = {1}, float[3] b = {1,2,3}> {
  z = If(c) <
    then_branch = t () => (float[3] p) { p = Mul(x, b) },
    else_branch = e () => (float[3] q) { q = Sub(x, b) }>
  y = Relu(z)
}"""
X = np.arange(6, dtype=np.float32).reshape(2, 3) - 2
TRUTHS = [np.array(True), np.array(False)]


@pytest.mark.parametrize("condition", TRUTHS, ids=["then", "else"])
def test_nested_branches_take_values_of_all_graphs_around(same: Callable[..., fx.GraphModule], condition: np.ndarray):
    same("nested", X, condition)


def test_a_weight_of_several_branches_is_one_parameter(network: Callable[[str], fx.GraphModule]):
    net = network("nested")
    assert net.branch.then.branch.then.b is net.branch.then.branch.otherwise.b
    assert len(list(net.parameters())) == 4 - 1  # w, v, b


def test_weights_of_branches_are_layers_under_readable_names(network: Callable[[str], fx.GraphModule]):
    net = network("nested")
    assert [type(layer) for layer in net.branch.otherwise.children()] == [torch.nn.Linear]
    assert all(name.startswith("branch.") for name in net.state_dict())


def test_nodes_inside_of_branches_say_where_they_come_from(network: Callable[[str], fx.GraphModule]):
    net = network("nested")
    origins = {node.meta["onnx"].op for node in net.branch.then.graph.nodes if node.op != "output"}
    assert origins == {"input", "MatMul", "If"}


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))], ids=["copy", "pickle"])
def test_a_copy_gives_the_same_and_shares_weights_as_before(network: Callable[[str], fx.GraphModule], copied: Callable):
    net = network("nested")
    other = copied(net)
    x = torch.from_numpy(X)
    torch.testing.assert_close(other(x, torch.tensor(True)), net(x, torch.tensor(True)))
    assert len(list(other.parameters())) == 3


def test_gradients_reach_the_weights_of_the_branch_that_was_taken(network: Callable[[str], fx.GraphModule]):
    net = network("nested")
    net(torch.from_numpy(X), torch.tensor(False)).sum().backward()
    taken, left = list(net.branch.otherwise.parameters()), list(net.branch.then.parameters())
    assert all(parameter.grad is not None for parameter in taken)
    assert [parameter.grad is None for parameter in left].count(True) == 2 - 1  # v; w and b are in both


def test_a_branch_whose_condition_is_known_is_taken_into_the_network(same: Callable[..., fx.GraphModule]):
    net = same(KNOWN, X[0])
    assert [node.meta["onnx"].op for node in net.graph.nodes if node.op != "output"] == ["input", "Mul", "Mul", "Relu"]


@pytest.mark.parametrize("rows", [1, 2])
def test_a_condition_on_a_size_chooses_when_the_network_runs(same: Callable[..., fx.GraphModule], rows: int):
    same("sized", X[:rows])


@pytest.mark.parametrize("way", ["compiled", "exported"])
def test_both_branches_are_kept_where_torch_compiles_or_exports(traced: dict[str, bool], way: str):
    assert traced[f"asked {way}"]


@pytest.mark.parametrize("way", ["compiled", "exported"])
def test_a_condition_on_a_size_is_a_python_number_to_torch(traced: dict[str, bool], way: str):
    assert traced[f"sized {way}"]
