import re
import threading

import pytest
import torch
from torch import nn

from leyden.widget import PrunePanel


@pytest.fixture
def panel(two_layers):
    made = PrunePanel(two_layers, lambda pruned: float((pruned[0].weight != 0).float().mean()), tune=lambda model: None)
    yield made
    made.close()


def drawn(panel):
    """The view, once all that goes on is over and shown."""
    panel.wait(30)
    assert panel.settle()
    return panel.view


def rows(view):
    return {item["name"]: item["words"] for item in view.list.live.items}


def test_the_slider_prunes_and_the_rows_follow(panel):
    view = panel.view
    view.sparsity.value = 0.5
    drawn(panel)
    assert panel.choice.sparsity == 0.5
    assert rows(view)["0.weight"] == "0.weight (16 x 8): 64 of 128 weights pruned (50.0%)"
    assert rows(view)["2.weight"].endswith("left out of pruning")


def test_undo_moves_the_controls_back(panel):
    view = panel.view
    assert view.undo.disabled
    view.sparsity.value = 0.3
    view.method.value = "random"
    drawn(panel)
    view.undo.click()
    drawn(panel)
    assert (view.method.value, view.sparsity.value) == ("magnitude, global", 0.3)
    view.undo.click()
    drawn(panel)
    assert view.sparsity.value == 0.0
    assert (view.undo.disabled, view.redo.disabled) == (True, False)
    assert panel.steps == (0, 2)


def test_fast_moves_end_in_the_rows_that_the_last_value_gives_directly(panel, two_layers):
    view = panel.view
    for step in range(20):
        view.sparsity.value = step / 20
    drawn(panel)
    direct = PrunePanel(two_layers)
    direct.prune(0.95)
    assert rows(direct.view) == rows(view)
    direct.close()


def test_a_slider_is_never_set_to_the_rounded_number_of_where_it_stands(panel):
    view, told = panel.view, []
    view.sparsity.observe(lambda change: told.append(change["new"]), "value")
    for share in (0.5700000000000001, 0.5800000000000001):
        view.sparsity.value = share
        drawn(panel)
    assert told == [0.5700000000000001, 0.5800000000000001]
    assert panel.choice.sparsity == 0.58


def test_every_choice_is_measured_as_long_as_the_box_is_ticked(panel):
    view = panel.view
    view.sparsity.value = 0.5
    drawn(panel)
    assert (panel.accuracy, view.measure.description, view.measure.disabled) == (0.5, "Measured", True)
    view.always.value = False
    view.sparsity.value = 0.75
    drawn(panel)
    assert (panel.accuracy, view.measure.description, view.measure.disabled) == (None, "Measure", False)
    view.measure.click()
    drawn(panel)
    assert panel.accuracy == 0.25


def test_a_measured_choice_is_ringed_beside_the_level_of_what_was_not_pruned(panel):
    view = panel.view
    view.sparsity.value = 0.5
    drawn(panel)
    assert 'class="now"' in view.cost.value
    assert "not pruned 1" in view.cost.value
    assert "accuracy" in view.facts.value


def test_methods_that_are_ticked_are_compared(panel):
    view = panel.view
    view.ticks["magnitude, local"].value = False
    view.compare.click()
    drawn(panel)
    assert set(panel.curves()) == {"magnitude, global", "random"}
    assert (view.compare.disabled, view.stop.disabled, view.state.value) == (False, True, "")


def test_nothing_is_compared_where_nothing_is_ticked(panel):
    view = panel.view
    for ticked in (True, False, True):
        for tick in view.ticks.values():
            tick.value = ticked
        assert panel.settle()
        assert view.compare.disabled is not ticked


def test_a_comparison_shows_its_progress_and_stops(two_layers):
    gate, begun = threading.Event(), threading.Event()
    panel = PrunePanel(two_layers, lambda pruned: (begun.set(), float(gate.wait(30)))[1])
    panel.leave()
    view = panel.view
    view.compare.click()
    begun.wait(30)
    panel.settle()
    assert "comparing, 0 of 12" in view.state.value
    view.stop.click()
    gate.set()
    drawn(panel)
    assert panel.scores == {}
    assert (view.stop.disabled, view.compare.disabled) == (True, False)
    panel.close()


def test_fine_tuning_is_stopped_by_the_button_and_leaves_the_choice_as_it_was(two_layers):
    begun = threading.Event()

    def tune(model):
        while True:
            begun.set()

    panel = PrunePanel(two_layers, tune=tune)
    view = panel.view
    view.tune.click()
    assert begun.wait(30)
    panel.settle()
    assert re.search(r'running</span><span class="quiet">tuning</span><span class="quiet">\d+ s', view.state.value)
    view.stop.click()
    drawn(panel)
    assert (panel.choice.tuned, panel.message, view.state.value) == (0, "", "")
    panel.close()


def test_tuning_is_a_step(panel):
    view = panel.view
    view.sparsity.value = 0.5
    drawn(panel)
    view.tune.click()
    drawn(panel)
    assert panel.choice.tuned == 1
    assert "from tuning 1" in view.facts.value
    assert (view.tune.disabled, view.tune.description) == (False, "Fine-tune")


def test_a_layer_clicked_on_is_shown_in_large(panel):
    view = panel.view
    assert "0.weight" in view.large.value
    view.list.live.value = "2.weight"
    drawn(panel)
    assert panel.layer == "2.weight"
    assert "2.weight" in view.large.value


def test_the_code_follows_the_controls(panel):
    view = panel.view
    view.method.value = "magnitude, local"
    view.sparsity.value = 0.57
    view.where.value = "every weight"
    drawn(panel)
    assert view.code.widget.live.value.endswith("sparse = prune(model, Magnitude(0.57, scope='local'))")


def test_a_choice_that_cannot_be_pruned_is_said_in_place_of_its_layers():
    torch.manual_seed(0)
    panel = PrunePanel(nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2)))
    view = panel.view
    view.method.value = "N:4 pattern"
    view.sparsity.value = 0.5
    panel.settle()
    assert "cannot be pruned so" in view.facts.value
    assert view.list.live.items == []
    view.undo.click()
    view.undo.click()
    panel.settle()
    assert len(view.list.live.items) == 2
    panel.close()


def test_without_a_function_to_measure_with_the_button_says_so():
    panel = PrunePanel(nn.Linear(2, 2))
    panel.view.measure.click()
    panel.settle()
    assert "nothing to measure with" in panel.view._note.value
    assert "give the panel evaluate=" in panel.view.cost.value
    panel.close()


def test_a_share_beyond_the_slider_moves_its_end(panel):
    panel.prune(0.995)
    assert panel.view.sparsity.value == 0.995
    assert drawn(panel).sparsity.max == 0.995


def test_without_anywidget_layers_are_chosen_from_a_list(panel, monkeypatch):
    monkeypatch.setattr("leyden.widget.base.live.LIVE", False)
    view = panel.view
    view.pick.value = "2.weight"
    drawn(panel)
    assert panel.layer == "2.weight"
    assert view.rows.value.count('aria-selected="true"') == 1
