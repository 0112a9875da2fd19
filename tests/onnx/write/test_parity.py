from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from leyden.errors import ExportError, OnnxError
from leyden.onnx import Session, verify
from leyden.onnx.write.call import bind
from leyden.onnx.write.parity import FLOOR, Run, compare


def compared(plus_one: Path, x: torch.Tensor, wanted: torch.Tensor, tolerance: float = 1e-4):
    run = Run("a run", bind(lambda x: x, x), (("y", wanted),))
    return compare([run], Session(plus_one), tolerance=tolerance)


def test_equal_answers_pass(plus_one: Path):
    x = torch.rand(2, 3)
    parity = compared(plus_one, x, x + 1)
    assert parity.passed
    assert (parity.max_abs, parity.max_rel, parity.failures) == (0.0, 0.0, ())


def test_differences_count_against_the_largest_value(plus_one: Path):
    x = torch.tensor([[0.0, 1.0, 9.0]])
    parity = compared(plus_one, x, x + 1 + torch.tensor([0.0, 0.5, 0.0]), tolerance=0.04)
    assert parity.max_abs == 0.5
    assert parity.max_rel == pytest.approx(0.05)
    assert not parity.passed
    assert compared(plus_one, x, x + 1 + torch.tensor([0.0, 0.5, 0.0]), tolerance=0.06).passed


def test_small_values_count_as_the_floor(plus_one: Path):
    x = torch.full((1, 3), -1.0)
    assert compared(plus_one, x, torch.full((1, 3), 0.01)).max_rel == pytest.approx(0.01 / FLOOR)


def test_infinities_and_nans_must_be_in_the_same_places(plus_one: Path):
    x = torch.tensor([[torch.inf, -torch.inf, torch.nan]])
    assert compared(plus_one, x, x + 1).passed
    assert not compared(plus_one, x, -x + 1).passed
    assert not compared(plus_one, torch.zeros(1, 3), torch.tensor([[1, 1, torch.nan]])).passed
    assert not compared(plus_one, x, torch.ones(1, 3)).passed


def test_another_shape_or_type_is_said_in_words(plus_one: Path):
    x = torch.zeros(1, 3)
    (case,) = compared(plus_one, x, torch.ones(3)).failures
    assert case.note == "float32[3] in torch, float32[1, 3] in the file"
    (case,) = compared(plus_one, x, torch.ones(1, 3).double()).failures
    assert case.note == "float64[1, 3] in torch, float32[1, 3] in the file"
    assert case.absolute == np.inf


def test_another_number_of_outputs_is_an_error(plus_one: Path):
    run = Run("a run", bind(lambda x: x, torch.zeros(1, 3)), ())
    with pytest.raises(ExportError, match="gives 0 outputs and the file 1"):
        compare([run], Session(plus_one), tolerance=1e-4)


def test_verify_tells_a_file_from_another_network(plus_one: Path):
    class Plus(nn.Module):
        def __init__(self, much: float) -> None:
            super().__init__()
            self.much = much

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x + self.much

    examples = [torch.rand(1, 3), torch.rand(5, 3)]
    same, other = (verify(Plus(much), plus_one, examples) for much in (1, 2))
    assert same.passed
    assert [case.run for case in same.cases] == ["example 0", "example 1"]
    assert len(other.failures) == 2
    assert str(same).startswith("equal within 0.0001")
    assert str(other).startswith("DIFFERENT")
    assert other._repr_html_().count("<tr>") == 3


def test_verify_needs_examples_that_fit_both(plus_one: Path):
    with pytest.raises(ExportError, match="at least one example"):
        verify(nn.Identity(), plus_one, [])
    with pytest.raises(ExportError, match="the network itself fails on example 0: RuntimeError"):
        verify(nn.Linear(4, 3), plus_one, [torch.rand(1, 3)])
    with pytest.raises(OnnxError, match="axis 1 of x must be 3, not 4"):
        verify(nn.Identity(), plus_one, [torch.rand(1, 4)])


def test_verify_runs_the_file_on_the_providers_that_are_asked_for(plus_one: Path):
    network = nn.Identity()
    assert not verify(network, plus_one, [torch.zeros(1, 3)], providers=["CPUExecutionProvider"]).passed
    with pytest.raises(OnnxError, match="onnxruntime knows no 'cuda'; closest: CUDAExecutionProvider"):
        verify(network, plus_one, [torch.zeros(1, 3)], providers=["cuda"])
