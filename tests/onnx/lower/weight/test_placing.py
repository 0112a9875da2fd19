"""Modules and parameters at their paths."""

import pytest
import torch
from torch import nn

from leyden.onnx.lower.weight.placing import place_, twin


def test_modules_on_the_way_are_made():
    net = nn.Module()
    assert place_(net, nn.ReLU(), "a.b.c") == "a.b.c"
    assert isinstance(net.get_submodule("a.b.c"), nn.ReLU)


def test_a_taken_place_gets_a_number():
    net = nn.Module()
    paths = [place_(net, nn.Linear(2, 2), "a") for _ in range(3)]
    assert paths == ["a", "a_2", "a_3"]


def test_a_layer_of_the_same_parameters_is_there_already():
    net, one, other = nn.Module(), nn.Linear(2, 2), nn.Linear(2, 2)
    other.weight, other.bias = one.weight, one.bias
    assert [place_(net, one, "a"), place_(net, other, "a")] == ["a", "a"]


@pytest.mark.parametrize(
    "change",
    [lambda layer: layer.running_mean.add_(1), lambda layer: setattr(layer, "eps", 0.1)],
    ids=["statistics", "epsilon"],
)
def test_a_layer_that_differs_in_anything_is_another(change):
    net, one, other = nn.Module(), nn.BatchNorm1d(2), nn.BatchNorm1d(2)
    other.weight, other.bias = one.weight, one.bias
    change(other)
    assert [place_(net, one, "a"), place_(net, other, "a")] == ["a", "a_2"]


def test_parameters_that_came_before_their_layer_make_way():
    net, layer = nn.Module(), nn.Linear(2, 2)
    place_(net, layer.get_parameter("weight"), "a.weight")
    assert place_(net, layer, "a") == "a"
    assert net.get_submodule("a") is layer


def test_other_parameters_do_not():
    net = nn.Module()
    place_(net, nn.Parameter(torch.zeros(1)), "a.scale")
    assert place_(net, nn.Linear(2, 2), "a") == "a_2"


def test_a_layer_may_hold_one_more_parameter_but_no_layer():
    net = nn.Module()
    place_(net, nn.Linear(2, 2), "a")
    assert place_(net, nn.Parameter(torch.zeros(1)), "a.scale") == "a.scale"
    assert place_(net, nn.ReLU(), "a.act") == "a_2.act"


def test_a_twin_is_found_wherever_it_is():
    net, one, other = nn.Module(), nn.Linear(2, 2), nn.Linear(2, 2)
    place_(net, one, "a.b")
    assert twin(net, other) is None
    other.weight, other.bias = one.weight, one.bias
    assert twin(net, other) == "a.b"


def test_layers_without_parameters_have_no_twins():
    net = nn.Sequential(nn.ReLU())
    assert twin(net, nn.ReLU()) is None


@pytest.mark.parametrize("name", ["graph", "code", "meta", "recompile", "train"])
def test_what_a_network_has_itself_stays_and_modules_of_a_name_stay_together(name: str):
    net, parameter = nn.Module(), nn.Parameter(torch.zeros(1))
    paths = [place_(net, nn.ReLU(), f"{name}.act"), place_(net, nn.Tanh(), f"{name}.end"), place_(net, parameter, name)]
    assert paths == [f"{name}_2.act", f"{name}_2.end", f"{name}_3"]


def test_a_module_inside_may_be_called_as_what_the_network_has():
    assert place_(nn.Module(), nn.ReLU(), "encoder.graph") == "encoder.graph"
