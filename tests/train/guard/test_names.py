from torch import nn

from leyden.train.guard.names import Names


def test_modules_parameters_and_buffers_have_their_dotted_names():
    net = nn.Sequential(nn.Linear(1, 1), nn.BatchNorm1d(1))
    names = Names.of(net)
    assert names.name(net) == ""
    assert names.name(net[0].bias) == "0.bias"
    assert names.name(net[1].running_mean) == "1.running_mean"
    assert names.name(net[1]) == "1"


def test_a_parameter_put_in_later_is_found():
    net = nn.Sequential(nn.Linear(1, 1))
    names = Names.of(net)
    net.append(nn.Linear(1, 1))
    net[0].weight = nn.Parameter(net[0].weight.detach().clone())
    assert names.name(net[1].weight) == "1.weight"
    assert names.name(net[0].weight) == "0.weight"


def test_a_stranger_has_no_name_until_it_is_put_in():
    net, stranger = nn.Sequential(nn.Linear(1, 1)), nn.Linear(1, 1)
    names = Names.of(net)
    assert names.name(stranger) is None
    assert names.name(stranger) is None
    assert Names.of(net) is names
