import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from leyden.train.guard.views.walk import walked


def same(module):
    found = walked(module)
    assert found is not None
    return [id(weight) for weight in found] == [id(weight) for weight in module.parameters()]


class Twice(nn.Module):
    """A layer under two names, a weight that is tied, one that is None, and a module that is None."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 2)
        self.own = nn.Parameter(torch.ones(1))
        self.register_parameter("gone", None)
        self.again = self.first
        self.last = nn.Linear(2, 2, bias=False)
        self.last.weight = self.first.weight
        self.nothing = None
        self.add_module("empty", None)


def test_a_shared_layer_and_a_tied_weight_come_once():
    module = Twice()
    assert same(module)
    assert len(walked(module)) == 3


trees = st.recursive(
    st.sampled_from([nn.ReLU, lambda: nn.Linear(1, 1), lambda: nn.BatchNorm1d(1), Twice]).map(lambda make: make()),
    lambda inner: st.lists(inner, max_size=3).map(lambda items: nn.Sequential(*items)),
    max_leaves=8,
)


@given(trees)
def test_parameters_come_in_torchs_order(module):
    assert same(module)


class Half(nn.Linear):
    def named_parameters(self, *args, **kwargs):
        return (pair for pair in super().named_parameters(*args, **kwargs) if pair[0] == "bias")


def test_a_module_with_a_walk_of_its_own_is_left_to_it():
    assert walked(nn.Sequential(Half(1, 1))) is None


def test_a_guarded_task_gives_what_a_module_gives_by_itself(look):
    with look(reads=["model.parameters"]) as seen:
        seen.real.task.net.append(Half(1, 1))
        for recurse in (True, False):
            shown, own = seen.task.parameters(recurse), seen.real.task.parameters(recurse)
            assert [id(weight) for weight in shown] == [id(weight) for weight in own]
        assert len(list(seen.task.net[3].parameters())) == 1
