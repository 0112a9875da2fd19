import pytest
import torch
from torch import nn

from leyden.widget import PrunePanel


@pytest.fixture
def panel():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
    made = PrunePanel(model, lambda pruned: float((pruned[0].weight != 0).float().mean()))
    yield made
    made.close()


def test_the_slider_prunes_and_the_bars_follow(panel):
    view = panel.view
    before = view.bars.value
    view.sparsity.value = 0.5
    assert panel.settle()
    assert panel.choice.sparsity == 0.5
    assert view.bars.value != before
    assert "50.0%" in view.bars.value


def test_undo_moves_the_controls_back(panel):
    view = panel.view
    assert view.undo.disabled
    view.sparsity.value = 0.3
    view.method.value = "random"
    panel.settle()
    view.undo.click()
    panel.settle()
    assert (view.method.value, view.sparsity.value) == ("magnitude, global", 0.3)
    view.undo.click()
    panel.settle()
    assert view.sparsity.value == 0.0
    assert (view.undo.disabled, view.redo.disabled) == (True, False)
    assert panel.steps == (0, 2)


def test_fast_moves_end_in_the_bars_that_the_last_value_gives_directly(panel):
    view = panel.view
    for step in range(20):
        view.sparsity.value = step / 20
    panel.settle()
    direct = PrunePanel(panel._given)
    direct.prune(0.95)
    assert direct.view.bars.value == view.bars.value
    direct.close()


def test_a_measured_choice_becomes_a_point_beside_the_dense_line(panel):
    view = panel.view
    view.sparsity.value = 0.5
    view.measure.click()
    panel.wait(30)
    panel.settle()
    measured, dense = view.cost.lines
    assert (measured["x"], measured["y"]) == ([0.5], [0.5])
    assert (dense["name"], dense["y"]) == ("not pruned", [1.0, 1.0])
    assert "accuracy" in view.facts.value
    assert (view.measure.disabled, view.measure.description) == (False, "Measure")


def test_without_a_function_to_measure_with_the_button_says_so():
    panel = PrunePanel(nn.Linear(2, 2))
    panel.view.measure.click()
    panel.settle()
    assert "nothing to measure with" in panel.view._note.value
    panel.close()
