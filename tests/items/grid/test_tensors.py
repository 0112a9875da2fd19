import pytest
import torch

from leyden.items.grid.field import Field
from leyden.items.grid.move import Move
from leyden.items.grid.tensors import by_torch, torch_refuses

TURN = Move(((0.957, 0.283, 2.313), (-0.281, 0.953, 1.117), (0.0, 0.0, 1.0)), (12, 9), (10, 11))


def test_halves_of_labels_too_long_for_double_precision_are_put_together_again():
    labels = torch.randint(-(2**62), 2**62, (2, 12, 9))
    order = torch.arange(108).view(1, 12, 9)
    picked = by_torch(order, TURN, nearest=True, border="border").flatten()
    expected = labels.flatten(1)[:, picked].view(2, 10, 11)
    assert torch.equal(by_torch(labels, TURN, nearest=True, border="border"), expected)


@pytest.mark.parametrize("size", [(12, 9), (6, 7, 8)])
def test_gradients_flow_through_fields_too(size):
    axes = len(size)
    bend = Field(torch.full((axes, *[4] * axes), 0.07, dtype=torch.float64))
    unit = tuple(tuple(float(row == column) for column in range(axes + 1)) for row in range(axes + 1))
    data = torch.rand(1, *size, requires_grad=True)
    move = Move(unit, size, size, fields=(bend,))
    assert torch_refuses(data, move, nearest=False) == ""
    by_torch(data, move, nearest=False, border="zeros").sum().backward()
    assert data.grad is not None
    assert data.grad.abs().sum() > 0


def test_integers_are_rounded_when_interpolated():
    half = Move(((1.0, 0.0, 0.0), (0.0, 1.0, 0.4), (0.0, 0.0, 1.0)), (1, 2), (1, 2))
    moved = by_torch(torch.tensor([[[0, 9]]], dtype=torch.int16), half, nearest=False, border="border")
    # read 0.4 pixels to the left: the edge itself, and 0.6 of the way from 0 to 9
    assert moved.tolist() == [[[0, 5]]]
