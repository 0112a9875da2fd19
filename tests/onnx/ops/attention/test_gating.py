"""Gates, and convolutions that look back."""

import pytest
import torch

from leyden.onnx.ops.attention.gating import causal_conv_with_state, swiglu


@pytest.mark.parametrize("alpha", [1.0, 0.5])
def test_a_gate_is_a_number_times_its_sigmoid(alpha: float) -> None:
    gate, data = torch.randn(5), torch.randn(5)
    torch.testing.assert_close(swiglu(gate, data, alpha=alpha), gate / (1 + torch.exp(-alpha * gate)) * data)


def test_a_kernel_sees_the_past_only() -> None:
    data, kernel = torch.tensor([[[1.0, 2.0, 3.0]]]), torch.tensor([[[10.0, 1.0]]])
    out, state = causal_conv_with_state(data, kernel, torch.tensor([0.5]))
    assert out.tolist() == [[[1.5, 12.5, 23.5]]]
    assert state.tolist() == [[[3.0]]]


def test_two_pieces_are_the_whole() -> None:
    data, kernel = torch.randn(2, 3, 9), torch.randn(3, 1, 4)
    whole, last = causal_conv_with_state(data, kernel, activation="silu")
    first, state = causal_conv_with_state(data[..., :2], kernel, activation="swish")
    second, end = causal_conv_with_state(data[..., 2:], kernel, None, state, activation="silu")
    torch.testing.assert_close(torch.cat((first, second), 2), whole)
    assert torch.equal(end, last)


def test_a_kernel_of_one_needs_no_past() -> None:
    assert causal_conv_with_state(torch.ones(1, 2, 3), torch.ones(2, 1, 1))[1].shape == (1, 2, 0)


def test_an_unknown_activation_is_named() -> None:
    with pytest.raises(ValueError, match="activation 'relu'; it has none, silu, swish"):
        causal_conv_with_state(torch.ones(1, 1, 1), torch.ones(1, 1, 1), activation="relu")
