from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from leyden.onnx.lower.safety.budget import Budget, OverBudget, unwatched

BIG = 10**12
ROW, COLUMN = torch.ones(1, 4096), torch.ones(4096, 1)
BOMBS: dict[str, Callable[[], Any]] = {
    "full": lambda: torch.full((BIG,), 1.0),
    "new": lambda: ROW.new_zeros((BIG,)),
    "range": lambda: torch.arange(0, BIG),
    "eye": lambda: torch.eye(10**6),
    "linspace": lambda: torch.linspace(0, 1, BIG),
    "expand": lambda: ROW.expand(BIG, 4096) + 1,
    "clone": lambda: ROW.expand(10**8, 4096).clone(),
    "repeat": lambda: ROW.repeat(BIG, 1),
    "broadcast": lambda: ROW * COLUMN,
    "where": lambda: torch.where(ROW > 0, ROW, COLUMN),
    "pad": lambda: torch.nn.functional.pad(ROW, (BIG, BIG)),
    "resize": lambda: torch.nn.functional.interpolate(ROW[None], size=BIG),
    "one hot": lambda: torch.nn.functional.one_hot(torch.tensor([1]), 10**9),
    "cat": lambda: torch.cat([ROW.expand(10**5, 4096)] * 2),
    "outer": lambda: COLUMN @ ROW,
    "index": lambda: ROW[torch.zeros(10**5, dtype=torch.int64).expand(1000, 10**5) * 0],
    "repeat by a tensor": lambda: torch.repeat_interleave(torch.tensor([10**9])),
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_takes_too_much_is_not_begun(name: str):
    budget = Budget(2**20, 10**12)
    with pytest.raises(OverBudget):
        budget.compute(BOMBS[name], (), {})
    assert budget.bytes == 2**20


def test_what_fits_is_computed_and_paid_for():
    budget = Budget(2**20, 10**9)
    result = budget.compute(torch.add, (ROW, 1), {})
    assert torch.equal(result, ROW + 1)
    assert budget.bytes == 2**20 - 4096 * 4


def test_a_view_of_much_is_too_much_as_a_result():
    with pytest.raises(OverBudget, match="16384000 bytes; 1048576 are left"):
        Budget(2**20, 10**9).compute(lambda: ROW.expand(1000, 4096), (), {})


def test_work_counts_too():
    square = torch.ones(500, 500)
    with pytest.raises(OverBudget, match="no work is left"):
        Budget(2**30, 10**8).compute(lambda: square @ square, (), {})
    budget = Budget(2**30, 2 * 10**8)
    budget.compute(lambda: square @ square, (), {})
    assert budget.work < 10**8


def test_a_loop_of_small_steps_ends():
    def forever() -> None:
        while True:
            torch.ones(1).add(1)

    with pytest.raises(OverBudget):
        Budget(2**20, 10**7).compute(forever, (), {})


@pytest.mark.parametrize("times", [2, 10**9])
def test_few_texts_are_computed_and_many_are_not(times: int):
    def repeated(texts: np.ndarray, count: int) -> np.ndarray:
        return np.tile(texts, count)

    budget, texts = Budget(2**20, 10**9), np.array(["a"], dtype=object)
    if times == 2:
        assert budget.compute(repeated, (texts, times), {}).tolist() == ["a", "a"]
    else:
        with pytest.raises(OverBudget, match="many texts"):
            budget.compute(repeated, (texts, times), {})


def test_a_fault_of_the_function_is_its_own():
    with pytest.raises(RuntimeError, match="must match"):
        Budget(2**20, 10**9).compute(torch.add, (torch.ones(2), torch.ones(3)), {})


def test_what_makes_layers_is_watched_and_does_not_pay():
    budget = Budget(2**20, 10**6)
    layer = budget.watch(lambda: torch.nn.Linear(2**20, 2**20, device="meta"))
    assert layer.weight.is_meta
    assert budget.watch(torch.ones, 10).tolist() == [1] * 10
    assert (budget.bytes, budget.work) == (2**20, 10**6)
    with pytest.raises(OverBudget, match="are allowed"):
        budget.watch(torch.ones, BIG)


def test_layers_of_what_was_paid_for_are_made_when_nothing_is_left():
    budget = Budget(2**20, 10**9)
    paid, _ = (budget.compute(torch.ones, [(2**17,)], {}) for _ in range(2))
    assert budget.bytes == 0
    assert torch.equal(budget.watch(paid.clone), paid)


def test_nobody_looks_at_what_was_measured_before():
    def made() -> torch.Tensor:
        with unwatched():
            return torch.ones(2**10, 2**10)

    assert Budget(2**10, 10**6).watch(made).shape == (2**10, 2**10)
