import itertools
import threading
import time

import pytest
import torch

from leyden.errors import PanelError, PruneError
from leyden.prune import Magnitude, prune
from leyden.prune.method import SemiStructured
from leyden.widget.prune.choice import Choice
from leyden.widget.prune.making import Workshop
from leyden.widget.prune.trials import Trials


class Meter:
    """An evaluation that can be held up, and counts."""

    def __init__(self, measure):
        self.measure, self.calls, self.inside = measure, 0, 0
        self.gate, self.begun = threading.Event(), threading.Event()
        self.gate.set()

    def __call__(self, model):
        self.calls += 1
        self.inside += 1
        assert self.inside == 1, "two at once"
        self.begun.set()
        assert self.gate.wait(30)
        self.inside -= 1
        return self.measure(model)


@pytest.fixture
def meter(share_of_zeros):
    return Meter(share_of_zeros)


@pytest.fixture
def said():
    return []


@pytest.fixture
def trials(shop, meter, said):
    made = Trials(shop, meter, say=said.append)
    yield made
    meter.gate.set()
    made.close()


def held(trials, meter):
    """Begin an evaluation that waits at its gate."""
    meter.gate.clear()
    trials.measure(Choice(0.25))
    assert meter.begun.wait(30)


def test_what_was_measured_is_not_measured_again(trials, meter):
    for _ in range(3):
        trials.measure(Choice(0.5))
        trials.wait(30)
    assert meter.calls == 2
    assert trials.dense == 0.0
    assert list(trials.scores) == [Choice(0.5)]


def test_while_one_evaluation_runs_only_the_latest_choice_waits(trials, meter):
    held(trials, meter)
    for step in range(30, 100):
        trials.measure(Choice(step / 100))
    assert trials.status == "measuring"
    meter.gate.set()
    trials.wait(30)
    assert list(trials.scores) == [Choice(0.25), Choice(0.99)]


def test_nothing_pruned_is_the_model_given(trials, meter):
    trials.measure(Choice())
    trials.wait(30)
    assert (meter.calls, trials.scores) == (1, {Choice(): 0.0})


def test_a_method_that_prunes_at_a_share_of_0_too_is_scored_as_it_prunes(two_layers, meter):
    shop = Workshop(two_layers, {"every weight": None}, {"2:4": lambda share: SemiStructured(2, 4)})
    trials = Trials(shop, meter)
    trials.measure(Choice(0.0, "2:4"))
    trials.wait(30)
    assert trials.curves() == {"2:4": ([0.5], [meter.measure(shop.make(Choice(0.0, "2:4")).model)])}
    assert trials.dense == 0.0
    trials.close()


def test_zeros_that_the_model_came_with_are_told(two_layers, meter):
    shop = Workshop(prune(two_layers, Magnitude(0.5)), {"every weight": None}, {"magnitude": Magnitude})
    trials = Trials(shop, meter)
    trials.measure(Choice(0.0, "magnitude"))
    trials.wait(30)
    assert trials.curves() == {"magnitude": ([0.5], [trials.dense])}
    assert meter.calls == 1
    trials.close()


@pytest.mark.parametrize("answer", [None, "0.9", 1j, torch.ones(3)], ids=["None", "text", "complex", "three numbers"])
def test_what_is_no_number_is_refused_as_a_score(shop, said, answer):
    trials = Trials(shop, lambda model: answer, say=said.append)
    trials.measure(Choice(0.5))
    with pytest.raises(PanelError, match="evaluate= gives a number, higher is better; it gave "):
        trials.wait(30)
    assert "it gave " in said[0]
    trials.close()


@pytest.mark.parametrize("answer", [True, torch.ones(1, requires_grad=True), torch.tensor(1)], ids=str)
def test_what_stands_for_a_number_is_a_score(shop, answer):
    trials = Trials(shop, lambda model: answer)
    trials.measure(Choice(0.5))
    trials.wait(30)
    assert trials.scores == {Choice(0.5): 1.0}
    trials.close()


def test_a_comparison_gives_a_curve_a_method(trials, shop):
    trials.compare(shop.several(Choice(), None, [0.5, 0.75]))
    trials.wait(30)
    curves = trials.curves()
    assert {name: x for name, (x, _) in curves.items()} == {"magnitude, global": [0.5, 0.75], "random": [0.5, 0.75]}
    assert trials.progress == (4, 4)
    assert not trials.busy("compare")


def test_a_choice_of_ones_own_comes_between_the_steps_of_a_comparison(trials, meter, shop):
    meter.gate.clear()
    trials.compare(shop.several(Choice(), None, [0.1, 0.2, 0.3, 0.4]))
    meter.begun.wait(30)
    trials.measure(Choice(0.9))
    meter.gate.set()
    trials.wait(30)
    assert list(trials.scores).index(Choice(0.9)) <= 1
    assert len(trials.scores) == 9


def test_a_comparison_that_is_stopped_keeps_what_it_found(trials, meter, shop):
    trials.measure(Choice(0.9))
    trials.wait(30)
    meter.begun.clear()
    meter.gate.clear()
    trials.compare(shop.several(Choice(), None, [0.1, 0.2, 0.3, 0.4]))
    meter.begun.wait(30)
    assert trials.status == "comparing, 0 of 8"
    trials.stop()
    meter.gate.set()
    trials.wait(30)
    assert list(trials.scores) == [Choice(0.9)]
    with pytest.raises(PanelError, match="there is nothing to stop"):
        trials.stop()


def test_a_comparison_takes_the_place_of_another(trials, meter, shop):
    meter.gate.clear()
    trials.compare(shop.several(Choice(), None, [0.1, 0.2, 0.3]))
    meter.begun.wait(30)
    trials.compare(shop.several(Choice(), ["random"], [0.8]))
    meter.gate.set()
    trials.wait(30)
    assert len(trials.scores) == 2
    assert trials.progress == (1, 1)


def test_a_comparison_that_fails_does_not_end_the_one_that_took_its_place(shop):
    gate, begun, calls = threading.Event(), threading.Event(), []

    def evaluate(model):
        calls.append(1)
        if len(calls) == 2:
            begun.set()
            gate.wait(30)
            raise ValueError("the first comparison")
        return 1.0

    trials = Trials(shop, evaluate)
    trials.compare(shop.several(Choice(), ["random"], [0.1, 0.2]))
    begun.wait(30)
    trials.stop()
    trials.compare(shop.several(Choice(), ["magnitude, global"], [0.5, 0.75]))
    gate.set()
    trials.wait(30)
    assert trials.curves() == {"magnitude, global": ([0.5, 0.75], [1.0, 1.0])}
    assert trials.progress == (2, 2)
    trials.close()


def test_what_was_raised_once_is_not_raised_of_later_work(shop):
    calls = itertools.count()
    trials = Trials(shop, lambda model: 1 / next(calls))
    trials.compare(shop.several(Choice(), ["random"], [0.1]))
    with pytest.raises(ZeroDivisionError):
        trials.wait(30)
    trials.measure(Choice(0.5))
    trials.wait(30)
    assert trials.scores == {Choice(0.5): 0.5}
    trials.close()


def test_closing_while_it_tunes_is_no_fault(shop, meter, said):
    gate, begun, landed = threading.Event(), threading.Event(), []
    trials = Trials(shop, meter, tune=lambda model: (begun.set(), gate.wait(30), None)[-1], say=said.append)
    trials.tune(Choice(0.5), landed=landed.append)
    begun.wait(30)
    closing = threading.Thread(target=trials.close)
    closing.start()
    while not trials._desk.closed:
        threading.Event().wait(0.001)
    gate.set()
    closing.join()
    trials.wait(0)
    assert (said, landed) == ([], [])


def test_a_method_that_does_not_suit_the_model_is_left_out_of_a_comparison(two_layers, meter):
    def refuse(share):
        raise PruneError("not so")

    trials = Trials(Workshop(two_layers, {"every weight": None}, {"no": refuse, "yes": Magnitude}), meter)
    trials.compare([Choice(share, method) for share in (0.5, 0.75) for method in ("no", "yes")])
    trials.wait(30)
    assert trials.refused == {"no": "not so"}
    assert [choice.method for choice in trials.scores] == ["yes", "yes"]
    assert trials.progress == (4, 4)
    trials.close()


def test_an_error_of_the_evaluation_is_told_and_raised_and_loses_no_score(shop, said):
    answers = iter([1.0, 0.5])

    def evaluate(model):
        return next(answers)

    trials = Trials(shop, evaluate, say=said.append)
    trials.compare(shop.several(Choice(), ["random"], [0.2, 0.4, 0.6]))
    with pytest.raises(StopIteration):
        trials.wait(30)
    assert list(trials.scores.values()) == [0.5]
    assert [words.partition(":")[0] for words in said] == ["comparing ended"]
    assert not trials.busy("compare")
    trials.close()


def test_tuning_in_place_and_tuning_that_returns_give_the_same(shop):
    def in_place(model):
        with torch.no_grad():
            model[0].bias.fill_(3)

    def returning(model):
        in_place(model)
        return model

    for tune in (in_place, returning):
        landed = []
        trials = Trials(shop, None, tune=tune)
        trials.tune(Choice(0.5), landed=landed.append)
        trials.wait(30)
        assert shop.make(landed[0]).model[0].bias.unique().tolist() == [3.0]
        assert [tuned.returned for tuned in shop.tuned][-1] == (tune is returning)
        trials.close()


def test_what_was_tuned_is_measured(shop, meter):
    trials = Trials(shop, meter, tune=lambda model: None)
    trials.tune(Choice(0.5), landed=lambda choice: None)
    trials.wait(30)
    assert Choice(0.5, tuned=1) in trials.scores
    assert list(trials.curves()) == ["magnitude, global, tuned 1"]
    trials.close()


def test_an_error_while_tuning_changes_nothing(shop, said):
    landed = []
    trials = Trials(shop, None, tune=lambda model: model.nothing, say=said.append)
    trials.tune(Choice(0.5), landed=landed.append)
    with pytest.raises(AttributeError):
        trials.wait(30)
    assert (landed, shop.tuned) == ([], ())
    assert said[0].startswith("tuning ended: AttributeError: ")
    trials.close()


def test_tuning_is_one_at_a_time(shop):
    gate, begun = threading.Event(), threading.Event()
    trials = Trials(shop, None, tune=lambda model: (begun.set(), gate.wait(30), None)[-1])
    trials.tune(Choice(0.5), landed=lambda choice: None)
    begun.wait(30)
    with pytest.raises(PanelError, match="under way already"):
        trials.tune(Choice(0.5), landed=lambda choice: None)
    with pytest.raises(PanelError, match=r"tuning after 0\.01 s still"):
        trials.wait(0.01)
    gate.set()
    trials.close()


def test_a_function_at_work_is_stopped_within_a_second_and_what_it_tuned_is_given_up(shop, said):
    begun, landed = threading.Event(), []

    def tune(model):
        while True:
            begun.set()
            model(torch.zeros(1, 8))

    trials = Trials(shop, None, tune=tune, say=said.append)
    trials.tune(Choice(0.5), landed=landed.append)
    begun.wait(30)
    trials.stop()
    asked = time.monotonic()
    trials.wait(30)
    assert time.monotonic() - asked < 1
    assert (said, landed, shop.tuned, trials.status) == ([], [], (), "")
    trials.close()


def test_the_time_left_follows_from_the_steps_done_and_from_the_last_evaluation(trials, meter, shop):
    trials.measure(Choice(0.5))
    trials.wait(30)
    assert trials.times[1] is None
    held(trials, meter)
    seconds, left = trials.times
    assert seconds >= 0
    assert left is not None
    trials.compare(shop.several(Choice(), ["random"], [0.1, 0.2]))
    meter.gate.set()
    trials.wait(30)
    assert trials.progress == (2, 2)


def test_without_the_functions_that_takes_it_is_said(shop):
    trials = Trials(shop, None)
    with pytest.raises(PanelError, match="make the panel with evaluate="):
        trials.measure(Choice())
    with pytest.raises(PanelError, match="make the panel with tune="):
        trials.tune(Choice(), landed=lambda choice: None)
    with pytest.raises(PanelError, match="call measure\\(\\) first"):
        trials.wait()


def test_curves_of_several_places_are_told_apart(trials):
    trials.measure(Choice(0.5, where="every weight"))
    trials.wait(30)
    trials.measure(Choice(0.5, where="all but last layer"))
    trials.wait(30)
    assert list(trials.curves()) == ["magnitude, global, every weight", "magnitude, global, all but last layer"]
