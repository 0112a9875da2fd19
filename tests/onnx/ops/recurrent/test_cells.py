"""One step of each operator, by hand, with one feature."""

import math

import pytest
import torch

from leyden.onnx.ops.recurrent.activation import choose
from leyden.onnx.ops.recurrent.cells import Cell, gru_cell, lstm_cell, rnn_cell

ACTS = choose(("Sigmoid", "Tanh", "Tanh"), None, None)
ONE = torch.ones(1, 1)


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def test_an_rnn_adds_input_and_state() -> None:
    (state,) = rnn_cell(Cell(2 * ONE, None, ACTS[1:]), 0.1 * ONE, (0.3 * ONE,))
    assert state.item() == pytest.approx(math.tanh(0.7))


def test_a_bound_holds_before_the_activation() -> None:
    (state,) = rnn_cell(Cell(ONE, None, ACTS[1:], clip=0.5), 9 * ONE, (ONE,))
    assert state.item() == pytest.approx(math.tanh(0.5))


@pytest.mark.parametrize("coupled", [True, False])
def test_an_lstm_keeps_what_its_forget_gate_leaves(coupled: bool) -> None:
    gates = torch.tensor([[0.1, 0.2, 0.3, 0.4]])
    peepholes = tuple(torch.tensor([part]) for part in (0.5, 0.6, 0.7))
    cell = Cell(torch.zeros(4, 1), None, ACTS, peepholes=peepholes, coupled=coupled)
    hidden, memory = lstm_cell(cell, gates, (ONE, 2 * ONE))
    inward = sigmoid(0.1 + 0.5 * 2)
    forget = 1 - inward if coupled else sigmoid(0.3 + 0.7 * 2)
    right = forget * 2 + inward * math.tanh(0.4)
    assert memory.item() == pytest.approx(right)
    assert hidden.item() == pytest.approx(sigmoid(0.2 + 0.6 * right) * math.tanh(right))


@pytest.mark.parametrize("late", [True, False])
def test_a_gru_resets_before_or_behind_the_weights(late: bool) -> None:
    gates, bias = torch.tensor([[0.1, 0.2, 0.3]]), torch.tensor([0.5])
    cell = Cell(torch.tensor([[0.0], [0.0], [2.0]]), bias, ACTS, late=late)
    (state,) = gru_cell(cell, gates, (3 * ONE,))
    update, reset = sigmoid(0.1), sigmoid(0.2)
    added = reset * (2 * 3 + 0.5) if late else 2 * reset * 3 + 0.5
    assert state.item() == pytest.approx((1 - update) * math.tanh(0.3 + added) + update * 3)
