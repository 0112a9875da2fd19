import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.func import functional_call

from leyden.errors import PruneError
from leyden.prune import Subject, places
from leyden.prune.method import Channels, channels

CONVOLUTIONS = {
    "plain": (nn.Conv2d(4, 6, 3, bias=False), torch.randn(1, 4, 5, 5)),
    "grouped": (nn.Conv1d(4, 6, 3, groups=2, bias=False), torch.randn(1, 4, 5)),
    "depthwise": (nn.Conv2d(4, 8, 3, groups=4, bias=False), torch.randn(1, 4, 5, 5)),
    "transposed": (nn.ConvTranspose2d(4, 6, 3, bias=False), torch.randn(1, 4, 5, 5)),
    "transposed and grouped": (nn.ConvTranspose1d(4, 6, 3, groups=2, bias=False), torch.randn(1, 4, 5)),
    "three axes": (nn.Conv3d(4, 6, 2, bias=False), torch.randn(1, 4, 3, 3, 3)),
    "linear": (nn.Linear(4, 6, bias=False), torch.randn(1, 4)),
}


def laid_out(layer, side):
    subject = Subject(layer, {place.name: place for place in places(layer)})
    return channels({"weight": layer.weight}, side, subject)["weight"]


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_a_filter_is_what_makes_one_output_channel(name):
    layer, example = CONVOLUTIONS[name]
    layout = laid_out(layer, 0)
    for channel in range(6 if name != "depthwise" else 8):
        others = torch.arange(len(layout.matrix(layer.weight))) != channel
        weight = layer.weight * layout.spread(others, layer.weight)
        output = functional_call(layer, {"weight": weight}, (example,))
        silent = (output == 0).view(output.shape[1], -1).all(1)
        assert silent.nonzero().flatten().tolist() == [channel]


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_on_the_other_side_it_is_what_reads_one_input_channel(name):
    layer, example = CONVOLUTIONS[name]
    layout = laid_out(layer, 1)
    for channel in range(4):
        others = torch.arange(len(layout.matrix(layer.weight))) != channel
        weight = layer.weight * layout.spread(others, layer.weight)
        deaf = example.clone()
        deaf[:, channel] = 0
        torch.testing.assert_close(functional_call(layer, {"weight": weight}, (example,)), layer(deaf))


@given(
    groups=st.integers(1, 3),
    axis=st.integers(0, 1),
    sizes=st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 2)),
)
def test_spreading_puts_numbers_where_the_matrix_takes_them_from(groups, axis, sizes):
    weight = torch.empty(groups * sizes[0], *sizes[1:])
    layout = Channels(groups, axis)
    numbers = torch.arange(float(len(layout.matrix(weight))))
    rows = layout.matrix(layout.spread(numbers, weight))
    assert torch.equal(rows, numbers[:, None].expand(rows.shape))


def test_a_layout_is_a_view_where_it_can_be():
    weight = torch.zeros(6, 4, 3, 3)
    assert Channels(1, 0).matrix(weight).data_ptr() == weight.data_ptr()


def test_without_a_model_outputs_lie_along_the_first_axis():
    assert channels({"a": torch.ones(3, 2)}, 0) == {"a": Channels(1, 0)}
    assert channels({"a": torch.ones(3, 2)}, 1) == {"a": Channels(1, 1)}


def test_other_layers_have_their_outputs_along_the_first_axis(photo, words):
    for model in (photo, words):
        found = {place.name: place for place in places(model)}
        weights = {name: place.parameter for name, place in found.items()}
        layout = channels(weights, 0, Subject(model, found))
        assert {name for name, each in layout.items() if each.axis == 0} == set(weights)


def test_vectors_are_refused_by_name():
    with pytest.raises(PruneError, match=r"a \(shape \(3,\)\), c \(shape \(\)\) has fewer"):
        channels({"a": torch.ones(3), "b": torch.ones(2, 2), "c": torch.ones(())}, 0)
