import threading

import pytest
import torch
from torch import nn

from leyden.errors import PanelError, PruneError
from leyden.prune import Magnitude, named, prune
from leyden.widget import Choice, PrunePanel, where_choices


@pytest.fixture
def model():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3, groups=4), nn.Flatten(), nn.Linear(16, 3))


def zeros(model):
    return float(torch.cat([parameter.flatten() for parameter in model.parameters()]).eq(0).float().mean())


def test_the_model_given_stays_bit_for_bit_as_it_was(model):
    before = {name: value.clone() for name, value in model.state_dict().items()}
    panel = PrunePanel(model, zeros)
    panel.prune(0.9)
    panel.measure()
    panel.wait(30)
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    panel.close()


def test_the_way_to_a_choice_does_not_matter(model):
    panel = PrunePanel(model)
    for sparsity in (0.9, 0.2, 0.5):
        panel.prune(sparsity, where="every weight")
    direct = prune(model, Magnitude(0.5)).state_dict()
    assert all(torch.equal(direct[name], value) for name, value in panel.model.state_dict().items())


def test_undo_and_redo_walk_through_values(model):
    panel = PrunePanel(model)
    first = panel.choice
    panel.prune(0.5)
    panel.prune(method="random")
    made = [value.clone() for value in panel.model.parameters()]
    panel.undo()
    panel.undo()
    assert panel.choice == first
    assert panel.steps == (0, 2)
    panel.redo()
    panel.redo()
    assert panel.choice == Choice(0.5, "random", first.where)
    assert all(torch.equal(before, after) for before, after in zip(made, panel.model.parameters(), strict=True))
    panel.undo()
    panel.prune(0.25)
    assert panel.history == (first, Choice(0.5, where=first.where), Choice(0.25, where=first.where))
    with pytest.raises(PanelError, match="nothing to redo"):
        panel.redo()


def test_asking_for_the_same_again_is_no_step(model):
    panel = PrunePanel(model)
    panel.prune(0.5)
    panel.prune(0.5)
    assert panel.steps == (1, 0)
    panel.undo()
    with pytest.raises(PanelError, match="nothing to undo"):
        panel.undo()


def test_depthwise_filters_and_the_last_layer_are_spared_first(model):
    assert list(where_choices(model)) == ["all but depthwise and last layer", "all but last layer", "every weight"]
    panel = PrunePanel(model)
    panel.prune(1.0)
    assert panel.shares() == {"0.weight": 1.0}
    panel.prune(where="all but last layer")
    assert panel.shares() == {"0.weight": 1.0, "2.weight": 1.0}


def test_an_answer_of_ones_own_comes_first_and_must_select_something(model):
    panel = PrunePanel(model, where=named("4"))
    assert panel.offers[0] == "named('4')"
    panel.prune(0.5)
    assert panel.shares() == {"4.weight": 0.5}
    with pytest.raises(PruneError, match="matches nothing"):
        PrunePanel(model, where=named("head"))


def test_all_that_is_wrong_with_a_wish_is_said_at_once(model):
    panel = PrunePanel(model)
    with pytest.raises(PanelError, match=r"from 0 to 1, given 1\.5; where is one of .*'nowhere'"):
        panel.prune(1.5, where="nowhere")
    assert panel.steps == (0, 0)


def test_a_model_without_weights_is_refused_at_the_door():
    with pytest.raises(PanelError, match="ReLU holds no weights"):
        PrunePanel(nn.ReLU())


def test_scores_belong_to_the_choice_they_were_measured_for(model):
    panel = PrunePanel(model, zeros)
    panel.prune(0.5, where="every weight")
    panel.measure()
    half = panel.wait(30)
    panel.prune(1.0)
    assert panel.accuracy is None
    panel.measure()
    panel.wait(30)
    panel.undo()
    assert panel.accuracy == half
    assert panel.dense == 0.0
    assert panel.curves() == {"magnitude, global, every weight": ([0.5, 1.0], [half, max(panel.scores.values())])}
    panel.close()


def test_measuring_needs_a_function_and_one_at_a_time(model):
    with pytest.raises(PanelError, match="make the panel with evaluate="):
        PrunePanel(model).measure()
    hold = threading.Event()
    panel = PrunePanel(model, lambda pruned: float(hold.wait(30)))
    with pytest.raises(PanelError, match="call measure\\(\\) first"):
        panel.wait()
    panel.measure()
    with pytest.raises(PanelError, match="at work already"):
        panel.measure()
    hold.set()
    panel.close()


def test_what_the_evaluation_raises_is_told_and_raised_again(model):
    panel = PrunePanel(model, lambda pruned: pruned.nothing)
    panel.measure()
    with pytest.raises(AttributeError):
        panel.wait(30)
    assert panel.message.startswith("AttributeError: ")
    panel.close()


def test_the_panel_shows_itself_without_a_front_end(model):
    panel = PrunePanel(model, zeros, score="share of zeros")
    panel.prune(0.5)
    assert repr(panel) == "PrunePanel(50% of all but depthwise and last layer by magnitude, global)"
    panel.measure()
    panel.wait(30)
    bundle = panel._repr_mimebundle_()
    assert bundle["text/plain"].endswith(f"share of zeros {panel.accuracy:.3f})")
    assert bundle["text/html"].count("<img") == 2
    assert "application/vnd.jupyter.widget-view+json" in bundle
    panel.close()
