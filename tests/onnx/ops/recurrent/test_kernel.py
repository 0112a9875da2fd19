"""Torch's kernels with ONNX's gates."""

import re

import pytest
import torch
from torch import nn

from leyden.onnx.ops.recurrent.kernel import by_kernel, reorder


@pytest.mark.parametrize(
    ("kind", "onnx", "torchs"), [("LSTM", "iofc", "ifco"), ("GRU", "zrh", "rzh"), ("RNN", "i", "i")]
)
def test_gates_come_into_torchs_order(kind: str, onnx: str, torchs: str) -> None:
    assert "".join(chr(gate) for gate in reorder(torch.tensor([ord(gate) for gate in onnx]), kind)) == torchs


@pytest.mark.parametrize(("kind", "make"), [("LSTM", nn.LSTM), ("GRU", nn.GRU), ("RNN", nn.RNN)])
@pytest.mark.parametrize("bias", [True, False])
def test_a_kernel_computes_what_the_layer_does(kind, make, bias) -> None:
    layer, data = make(3, 4, bias=bias), torch.randn(5, 2, 3)
    states = (torch.randn(2, 4),) * (2 if kind == "LSTM" else 1)
    held = tuple(state[None] for state in states)
    expected, _ = layer(data, held if kind == "LSTM" else held[0])
    out, _ = by_kernel(kind, data, tuple(layer.parameters()), states, None, backward=False)
    torch.testing.assert_close(out, expected)


def test_the_last_state_of_a_short_sequence_is_that_at_its_end() -> None:
    layer, data = nn.GRU(3, 4), torch.randn(5, 3, 3)
    lengths = torch.tensor([5, 2, 0])
    start = torch.ones(3, 4)
    out, (last,) = by_kernel("GRU", data, tuple(layer.parameters()), (start,), lengths, backward=False)
    torch.testing.assert_close(last, torch.stack((out[4, 0], out[1, 1], start[2])))
    assert not out[2:, 1].any()


@pytest.mark.parametrize(("kind", "make"), [("LSTM", nn.LSTM), ("GRU", nn.GRU), ("RNN", nn.RNN)])
@pytest.mark.parametrize(
    ("data", "state", "message"),
    [
        ((5, 1, 3), (2, 4), "must be (batch 1, 4 features); given: (2, 4)"),
        ((5, 2, 3), (2, 6), "must be (batch 2, 4 features); given: (2, 6)"),
        ((5, 2, 7), (2, 4), "its weights are for 3 features; given: 7"),
    ],
    ids=["batch", "hidden", "input"],
)  # fmt: skip
def test_sizes_that_do_not_fit_are_refused_before_a_kernel_reads_past_its_memory(kind, make, data, state, message):
    weights, states = tuple(make(3, 4).parameters()), (torch.zeros(state),) * (2 if kind == "LSTM" else 1)
    with pytest.raises(ValueError, match=re.escape(message)):
        by_kernel(kind, torch.randn(data), weights, states, None, backward=False)
