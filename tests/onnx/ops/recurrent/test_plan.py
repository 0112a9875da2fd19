"""What attributes say of kernels."""

import pytest

from leyden.onnx.ops.recurrent.plan import Plan, kernel_of


@pytest.mark.parametrize(
    ("plan", "kernel"),
    [
        (Plan("LSTM", ("sigmoid", "tanh", "tanh")), "LSTM"),
        (Plan("LSTM", ("Sigmoid", "Tanh", "Relu")), None),
        (Plan("LSTM", clip=3.0), None),
        (Plan("LSTM", coupled=True), None),
        (Plan("GRU"), None),
        (Plan("GRU", late=True, direction="bidirectional"), "GRU"),
        (Plan("RNN", ("Tanh",)), "RNN"),
        (Plan("RNN", ("Relu", "Tanh"), direction="bidirectional"), None),
    ],
    ids=str,
)
def test_torch_has_a_kernel_for_the_usual_ones_only(plan: Plan, kernel: str | None) -> None:
    assert kernel_of(plan) == kernel


def test_both_directions_have_names() -> None:
    assert Plan("GRU", direction="bidirectional").names() == ("Sigmoid", "Tanh", "Sigmoid", "Tanh")
    assert Plan("RNN", ("Relu",), direction="bidirectional").names() == ("Relu", "Relu")


def test_an_unknown_direction_is_named() -> None:
    with pytest.raises(ValueError, match="LSTM has no direction 'down'"):
        Plan("LSTM", direction="down").backward()
