import pytest
import torch

from leyden.items.grid.field import Field
from leyden.items.grid.move import Move
from leyden.items.grid.tensors import by_torch, read_at, rounded, torch_refuses

TURN = Move(((0.957, 0.283, 2.313), (-0.281, 0.953, 1.117), (0.0, 0.0, 1.0)), (12, 9), (10, 11))


def test_halves_of_labels_too_long_for_double_precision_are_put_together_again():
    labels = torch.randint(-(2**62), 2**62, (2, 12, 9))
    order = torch.arange(108).view(1, 12, 9)
    picked = by_torch(order, TURN, interpolation="nearest", border="border").flatten()
    expected = labels.flatten(1)[:, picked].view(2, 10, 11)
    assert torch.equal(by_torch(labels, TURN, interpolation="nearest", border="border"), expected)


@pytest.mark.parametrize("size", [(12, 9), (6, 7, 8)])
def test_gradients_flow_through_fields_too(size):
    axes = len(size)
    bend = Field(torch.full((axes, *[4] * axes), 0.07, dtype=torch.float64))
    unit = tuple(tuple(float(row == column) for column in range(axes + 1)) for row in range(axes + 1))
    data = torch.rand(1, *size, requires_grad=True)
    move = Move(unit, size, size, fields=(bend,))
    assert torch_refuses(data, move, interpolation="linear") == ""
    by_torch(data, move, interpolation="linear", border="zeros").sum().backward()
    assert data.grad is not None
    assert data.grad.abs().sum() > 0


def test_integers_are_rounded_when_interpolated():
    half = Move(((1.0, 0.0, 0.0), (0.0, 1.0, 0.4), (0.0, 0.0, 1.0)), (1, 2), (1, 2))
    moved = by_torch(torch.tensor([[[0, 9]]], dtype=torch.int16), half, interpolation="linear", border="border")
    # read 0.4 pixels to the left: the edge itself, and 0.6 of the way from 0 to 9
    assert moved.tolist() == [[[0, 5]]]


@pytest.mark.parametrize("kind", [torch.uint8, torch.int16, torch.float16])
def test_integers_that_overshoot_are_cut_and_reals_are_not(kind):
    top = torch.iinfo(kind).max if not kind.is_floating_point else 1
    overshot = torch.tensor([-0.07, 0.4, 1.07]) * top
    expected = overshot.to(kind) if kind.is_floating_point else torch.tensor([0.0, 0.4 * top, top]).round().to(kind)
    expected[0] = round(-0.07 * top) if kind == torch.int16 else expected[0]
    assert torch.equal(rounded(overshot.clone(), kind, "cubic"), expected)


def test_labels_vote_where_they_are_asked_to():
    half = Move(((1.0, 0.0, 0.0), (0.0, 1.0, 0.4), (0.0, 0.0, 1.0)), (1, 3), (1, 3))
    voted = by_torch(torch.tensor([[[0, 9, 4]]]), half, interpolation="vote", border="border")
    assert voted.tolist() == [[[0, 9, 4]]]


def test_a_step_overshoots_by_seven_percent_beside_it():
    step = torch.cat((torch.zeros(8), torch.ones(8))).view(1, 1, 1, 16)
    line = torch.linspace(-0.9, 0.9, 500)
    places = torch.stack((line, torch.zeros_like(line)), -1).view(1, 1, 500, 2)
    read = read_at(step, places, interpolation="cubic", border="border")
    assert read.amin().item() == pytest.approx(-2 / 27, abs=1e-4)
    assert read.amax().item() == pytest.approx(1 + 2 / 27, abs=1e-4)


def test_every_sample_of_a_batch_is_read_at_its_own_places():
    work = torch.rand(2, 3, 5, 6, dtype=torch.float64)
    places = torch.rand(2, 4, 4, 2, dtype=torch.float64) * 2.4 - 1.2
    for border in ("zeros", "border", "reflection"):
        both = read_at(work, places, interpolation="cubic", border=border)
        for at in range(2):
            one = read_at(work[at : at + 1], places[at : at + 1], interpolation="cubic", border=border)
            torch.testing.assert_close(both[at : at + 1], one)
