"""Kernels and steps are one thing."""

import pytest
import torch

from leyden.onnx.ops.recurrent.plan import Plan
from leyden.onnx.ops.recurrent.running import Weights, run


def weights(gates: int) -> Weights:
    torch.manual_seed(0)
    return Weights(torch.randn(2, gates * 5, 3), torch.randn(2, gates * 5, 5), torch.randn(2, gates * 10))


@pytest.mark.parametrize(
    ("plan", "gates"),
    [
        (Plan("LSTM", direction="bidirectional"), 4),
        (Plan("GRU", direction="bidirectional", late=True), 3),
        (Plan("RNN", direction="bidirectional"), 1),
        (Plan("RNN", ("Relu", "Relu"), direction="bidirectional"), 1),
    ],
    ids=["LSTM", "GRU", "RNN", "RNN of Relu"],
)
@pytest.mark.parametrize("lengths", [None, torch.tensor([4, 0])], ids=["whole", "short"])
def test_a_bound_that_nothing_reaches_changes_nothing_but_the_way(plan, gates, lengths) -> None:
    data, held = torch.randn(4, 2, 3) * 0.1, weights(gates)
    bounded = Plan(
        plan.kind, plan.activations, None, None, 1e9, plan.direction, plan.batch_first, plan.coupled, plan.late
    )
    states = (None, None) if plan.kind == "LSTM" else (None,)
    by_kernel, by_steps = (run(each, data, held, states, lengths) for each in (plan, bounded))
    torch.testing.assert_close(by_kernel[:2], by_steps[:2])


def test_gradients_reach_all_weights() -> None:
    held = weights(4)
    for part in (held.inward, held.recurrent):
        part.requires_grad_()
    run(Plan("LSTM", direction="bidirectional"), torch.randn(4, 2, 3), held, (None, None), None)[0].sum().backward()
    assert all(part.grad is not None and part.grad.abs().sum() > 0 for part in (held.inward, held.recurrent))


def test_one_direction_has_its_own_weights() -> None:
    held = weights(3)
    assert torch.equal(held.of(1).inward, held.inward[1])
    assert held.of(1).peepholes is None


def test_torch_compile_gets_steps_as_it_takes_no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    plan, data, held = Plan("LSTM", direction="reverse"), torch.randn(4, 2, 3), weights(4)
    expected = run(plan, data, held, (None, None), None)
    monkeypatch.setattr(torch.compiler, "is_dynamo_compiling", lambda: True)
    monkeypatch.delattr(torch, "lstm")
    for out, right in zip(run(plan, data, held, (None, None), None), expected, strict=True):
        torch.testing.assert_close(out, right)
