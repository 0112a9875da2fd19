import threading

import numpy as np
import pytest
import torch
from torch import nn

from leyden.errors import PanelError, PruneError
from leyden.prune import Magnitude, Threshold, named, prune
from leyden.widget import Choice, PrunePanel


def test_the_model_given_stays_bit_for_bit_as_it_was(model, share_of_zeros):
    before = {name: value.clone() for name, value in model.state_dict().items()}

    def spoil(pruned):
        with torch.no_grad():
            for parameter in pruned.parameters():
                parameter.fill_(7)
        return share_of_zeros(pruned)

    panel = PrunePanel(model, spoil, tune=spoil_in_place)
    panel.prune(0.9)
    panel.measure()
    panel.compare(shares=[0.5])
    panel.tune()
    panel.wait(60)
    spoil(panel.model)
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    panel.close()


@pytest.mark.parametrize("read", ["facts", "shares", "pictures", "curves"])
def test_looking_at_a_large_layer_changes_nothing(read):
    torch.manual_seed(0)
    large = nn.Linear(300, 300)
    before = large.weight.detach().clone()
    panel = PrunePanel(large)
    panel.prune(0.5, where="every weight")
    getattr(panel, read)()
    assert torch.equal(large.weight, before)
    panel.close()


def spoil_in_place(pruned):
    with torch.no_grad():
        for parameter in pruned.parameters():
            parameter.fill_(7)


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


def test_a_share_of_numpy_is_a_number_in_the_code(model):
    panel = PrunePanel(model)
    panel.prune(np.float64(0.5), where="every weight")
    assert panel.code.endswith("sparse = prune(model, Magnitude(0.5))")


def test_an_answer_of_ones_own_comes_first_and_must_select_something(model):
    panel = PrunePanel(model, where=named("4"))
    assert panel.offers[0] == "named('4')"
    panel.prune(0.5)
    assert panel.shares() == {"4.weight": 0.5}
    with pytest.raises(PruneError, match="matches nothing"):
        PrunePanel(model, where=named("head"))


@pytest.mark.parametrize("sparsity", [1.0, 1.5, -0.1])
def test_all_that_is_wrong_with_a_wish_is_said_at_once(model, sparsity):
    panel = PrunePanel(model)
    with pytest.raises(PanelError, match=r"from 0 to below 1, given .*; where is one of .*'nowhere'"):
        panel.prune(sparsity, where="nowhere")
    assert panel.steps == (0, 0)


def test_what_is_no_function_is_refused_at_the_door(model, unchecked):
    with pytest.raises(PanelError, match=r"evaluate is a function of a network; given 0\.5"):
        PrunePanel(model, 0.5)


def test_a_model_without_weights_is_refused_at_the_door():
    with pytest.raises(PanelError, match="ReLU holds no weights"):
        PrunePanel(nn.ReLU())


def test_scores_belong_to_the_choice_they_were_measured_for(model, share_of_zeros):
    panel = PrunePanel(model, share_of_zeros)
    panel.prune(0.5, where="every weight")
    panel.measure()
    half = panel.wait(30)
    panel.prune(0.75)
    assert panel.accuracy is None
    panel.measure()
    panel.wait(30)
    panel.undo()
    assert panel.accuracy == half
    assert panel.dense == 0.0
    assert panel.curves() == {"magnitude, global": ([0.5, 0.75], [half, max(panel.scores.values())])}
    panel.close()


def test_a_panel_that_follows_measures_every_choice_as_it_is_made(model, share_of_zeros):
    panel = PrunePanel(model, share_of_zeros)
    panel.follow()
    panel.wait(30)
    for sparsity in (0.2, 0.9, 0.5):
        panel.prune(sparsity)
    assert panel.wait(30) == panel.accuracy
    panel.leave()
    panel.prune(0.75)
    assert (panel.accuracy, panel.measuring) == (None, False)
    panel.close()


def test_moving_on_never_waits_for_an_evaluation(model):
    gate = threading.Event()
    panel = PrunePanel(model, lambda pruned: float(gate.wait(30)))
    panel.follow()
    for step in range(1, 100):
        panel.prune(step / 100)
    assert panel.sparsity.zeros == pytest.approx(0.99, abs=0.01)
    gate.set()
    assert panel.wait(30) == 1.0
    assert len(panel.scores) <= 2
    panel.close()


def test_what_was_tuned_is_a_step_that_undo_leaves(two_layers):
    def train(pruned):
        with torch.no_grad():
            pruned[0].bias.fill_(3)

    panel = PrunePanel(two_layers, lambda pruned: pruned[0].bias.mean().item(), tune=train)
    panel.prune(0.5, where="every weight")
    panel.tune()
    assert panel.wait(30) == 3.0
    assert panel.choice == Choice(0.5, tuned=1)
    assert panel.sparsity.zeros == 0.5
    panel.prune(0.75)
    assert panel.model[0].bias.unique().tolist() == [3.0]
    panel.prune(0.25)
    assert "has 50.0% zeros already" in panel.message
    for _ in range(3):
        panel.undo()
    assert panel.choice == Choice(0.5)
    assert torch.equal(panel.model[0].bias, two_layers[0].bias)
    assert panel.message == ""
    panel.close()


def test_tuning_that_fails_loses_nothing(two_layers):
    panel = PrunePanel(two_layers, tune=lambda pruned: 3)
    panel.prune(0.5)
    panel.tune()
    with pytest.raises(PanelError, match="it gave int"):
        panel.wait(30)
    assert "it gave int" in panel.message
    assert panel.choice.tuned == 0
    panel.prune(0.75)
    assert panel.steps == (2, 0)
    panel.close()


def test_what_the_evaluation_raises_is_told_and_raised_again(model):
    panel = PrunePanel(model, lambda pruned: pruned.nothing)
    panel.measure()
    with pytest.raises(AttributeError):
        panel.wait(30)
    assert panel.message.startswith("measuring ended: AttributeError: ")
    panel.close()


def test_a_choice_that_cannot_be_pruned_says_why_and_is_left_by_undo(model):
    panel = PrunePanel(model, lambda pruned: 1.0)
    panel.prune(0.5, method="N:4 pattern", where="every weight")
    with pytest.raises(PruneError, match="blocks of 4"):
        panel.model  # noqa: B018
    assert panel.facts()[1][0] == "cannot be pruned so"
    assert panel.layers == ()
    panel.measure()
    with pytest.raises(PruneError, match="blocks of 4"):
        panel.wait(30)
    panel.undo()
    panel.measure()
    assert panel.wait(30) == 1.0
    panel.close()


def test_layers_are_chosen_by_name(model):
    panel = PrunePanel(model)
    assert panel.layer == "0.weight"
    panel.select("4.weight")
    assert panel.layer == "4.weight"
    with pytest.raises(PanelError, match=r"no layer 'head'; there is 0\.weight, 2\.weight, 4\.weight"):
        panel.select("head")


def test_methods_of_ones_own_are_offered_compared_and_spelled(two_layers, share_of_zeros):
    panel = PrunePanel(two_layers, share_of_zeros, methods={"low": lambda share: Threshold(share / 10)})
    assert panel.methods[-1] == "low"
    panel.prune(0.5, method="low", where="every weight")
    assert panel.code.endswith("sparse = prune(model, Threshold(0.05))")
    panel.compare(["low", "random"], shares=[0.25, 0.5])
    panel.wait(30)
    assert set(panel.curves()) == {"low", "random"}
    with pytest.raises(PanelError, match="given 'lower'"):
        panel.compare(["lower"])
    panel.close()


def test_what_takes_a_function_says_which(model):
    panel = PrunePanel(model)
    for act in (panel.measure, panel.compare, panel.follow):
        with pytest.raises(PanelError, match="make the panel with evaluate="):
            act()
    with pytest.raises(PanelError, match="make the panel with tune="):
        panel.tune()


def test_a_closed_panel_begins_nothing_more(model, share_of_zeros):
    panel = PrunePanel(model, share_of_zeros, tune=share_of_zeros)
    panel.follow()
    panel.close()
    panel.close()
    for act in (panel.measure, panel.compare, panel.tune, panel.follow):
        with pytest.raises(PanelError, match="is closed"):
            act()
    panel.prune(0.5)
    assert panel.sparsity.zeros > 0


def test_choices_may_be_made_from_many_threads(two_layers, share_of_zeros):
    panel = PrunePanel(two_layers, share_of_zeros)
    panel.follow()
    threads = [threading.Thread(target=panel.prune, args=(step / 20,)) for step in range(1, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(panel.history) == 20
    assert panel.sparsity.zeros == pytest.approx(panel.choice.sparsity, abs=0.01)
    panel.close()


@pytest.mark.parametrize(
    "network",
    [
        nn.LSTM(4, 8),
        nn.MultiheadAttention(8, 2),
        nn.Conv1d(4, 8, 3).double(),
        nn.ConvTranspose3d(4, 8, 3),
        nn.Embedding(10, 4).to(torch.bfloat16),
    ],
    ids=["LSTM", "attention", "Conv1d, double", "ConvTranspose3d", "embedding, bfloat16"],
)
def test_any_network_is_pruned_shown_and_spelled(network):
    panel = PrunePanel(network, lambda pruned: 1.0)
    for method in ("magnitude, global", "whole filters, smallest"):
        panel.prune(0.5, method=method, where="every weight")
        assert panel.sparsity.zeros == pytest.approx(0.5, abs=0.02)
        assert all(layer.total for layer in panel.layers)
        assert "prune(model, " in panel.code
    panel.close()


def test_the_panel_shows_itself_without_a_front_end(model, share_of_zeros):
    panel = PrunePanel(model, share_of_zeros, score="share of zeros")
    panel.prune(0.5)
    assert repr(panel) == "PrunePanel(50% of all but depthwise and last layer by magnitude, global)"
    panel.measure()
    panel.wait(30)
    bundle = panel._repr_mimebundle_()
    assert bundle["text/plain"].endswith(f"share of zeros {panel.accuracy:.3f})")
    assert bundle["text/html"].count("<img") == 3
    assert "application/vnd.jupyter.widget-view+json" in bundle
    panel.close()
