import copy
import threading

import pytest
import torch
from torch import nn

from leyden.errors import ExportError
from leyden.onnx.write.network import evaluation_copy, network_name, parameters_of


def test_the_copy_is_in_evaluation_mode_and_the_original_as_it_was():
    net = nn.Sequential(nn.Linear(2, 2), nn.Dropout(), nn.BatchNorm1d(2))
    net[2].eval()
    twin = evaluation_copy(net)
    assert not any(module.training for module in twin.modules())
    assert [module.training for module in net] == [True, True, False]
    assert twin[0].weight is not net[0].weight


def test_a_function_is_wrapped_and_keeps_its_parameters():
    def add(left, right):
        return left + right

    twin = evaluation_copy(add)
    assert twin(torch.ones(1), torch.ones(1)).item() == 2
    assert parameters_of(twin) is add
    assert network_name(add) == "add"


def test_a_bound_method_brings_a_copy_of_its_network():
    net = nn.Sequential(nn.Dropout(0.9))
    twin = evaluation_copy(net.forward)
    assert torch.equal(twin(torch.ones(100)), torch.ones(100))
    assert net.training


def test_a_network_that_cannot_be_copied_says_what_to_do():
    net = nn.Linear(2, 2)
    net.lock = threading.Lock()
    with pytest.raises(
        ExportError, match=r"Linear cannot be copied \(.*lock.*make copy.deepcopy\(net\) work"
    ) as caught:
        evaluation_copy(net)
    assert isinstance(caught.value.__cause__, TypeError)


@pytest.mark.filterwarnings("ignore:`torch.jit.*` is deprecated:DeprecationWarning")
def test_torchscript_is_refused():
    with pytest.raises(ExportError, match="TorchScript"):
        evaluation_copy(torch.jit.trace(nn.Linear(2, 2), torch.ones(1, 2)))


def test_weights_are_equal_after_the_copy():
    net = nn.Linear(3, 3)
    before = copy.deepcopy(net.state_dict())
    evaluation_copy(net)
    assert all(torch.equal(before[key], value) for key, value in net.state_dict().items())
