"""Embeddings and slopes."""

import pytest
import torch

import leyden as ly


def test_rows_of_a_matrix_taken_by_the_input_are_an_embedding(build, kinds):
    model = build([("Gather", ["w", "x"], ["y"], "", {})], {"w": torch.randn(7, 3)}, (2, 5), dtype=7)
    net = ly.onnx.load(model)
    assert kinds(net) == {"embedding1": "Embedding"}
    assert net(torch.tensor([[1, 6]])).shape == (1, 2, 3)


def test_columns_of_a_matrix_are_none(build, kinds):
    model = build([("Gather", ["w", "x"], ["y"], "", {"axis": 1})], {"w": torch.randn(7, 3)}, (2, 5), dtype=7)
    assert kinds(ly.onnx.load(model)) == {}


@pytest.mark.parametrize(("shape", "count"), [((1,), 1), ((4, 1, 1), 4), ((1, 4, 1, 1), 4)], ids=str)
def test_slopes_of_channels_are_a_layer(build, agrees, shape, count):
    model = build([("PRelu", ["x", "s"], ["y"], "", {})], {"s": torch.rand(shape)}, (2, 4, 3, 3))
    assert ly.onnx.load(model).prelu1.num_parameters == count
    agrees(model, torch.randn(2, 4, 3, 3))


def test_slopes_of_other_axes_are_none(build, agrees, kinds):
    model = build([("PRelu", ["x", "s"], ["y"], "", {})], {"s": torch.rand(3)}, (2, 4, 3, 3))
    assert kinds(ly.onnx.load(model)) == {}
    agrees(model, torch.randn(2, 4, 3, 3))
