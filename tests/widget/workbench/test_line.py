import time

import pytest
import torch
from torch import nn

from leyden.errors import PanelError
from leyden.train import Segmenter, Tuning, fit
from leyden.widget.prune.choice import Choice
from leyden.widget.workbench.feed import Feed, Stock
from leyden.widget.workbench.line import Line, Orders, worked
from leyden.widget.workbench.source import Given


def until(condition, *, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_run_that_is_over_is_in_use_and_what_is_pruned(line, task, batches, trained):
    trained(line.train())
    there = line.ledger[line.ledger.using].task.state_dict()
    feed = Feed(Stock(Given(lambda _: batches, batches, None), lambda: None), object)
    here = fit(task, feed, batches, epochs=1).task.state_dict()
    assert all(torch.equal(there[name], value) for name, value in here.items())
    assert (line.ledger.using, line.ledger.pruning) == (1, 1)
    line.prune().prune(0.5)
    assert line.stands.model[4].weight.shape == task.model[4].weight.shape
    assert int((line.stands.model[0].weight == 0).sum()) == 54
    assert int((task.model[0].weight == 0).sum()) == 0


def test_a_pruning_that_was_worked_on_stays_and_is_followed_when_asked(line, trained):
    trained(line.train())
    first = line.prune()
    first.prune(0.5, method="random")
    trained(line.train())
    assert (line.ledger.using, line.ledger.pruning) == (2, 1)
    assert line.prune() is first
    assert line.follow() == first.choice
    assert line.prune() is not first
    assert line.prune().choice == Choice(0.5, "random", first.choice.where)
    line.use(1)
    assert line.prune() is first


def test_a_pruning_on_which_nobody_worked_goes_along(line, trained):
    line.prune()
    trained(line.train())
    assert line.ledger.pruning == 1
    assert line.stage.choice is None


def test_fine_tuning_has_a_panel_of_its_own_and_ends_as_a_step_of_pruning(line, trained):
    trained(line.train())
    panel = line.prune()
    panel.prune(0.5)
    before = panel.model[0].weight.detach().clone()
    panel.tune()
    panel.wait(60)
    assert line.again.status == "finished"
    assert line.stage.choice.tuned == 1
    after = line.stands.model[0].weight
    assert not torch.equal(after, before)
    assert torch.equal(after == 0, before == 0)
    assert panel.accuracy is not None


def test_fine_tuning_ends_when_it_is_halted_and_keeps_what_it_learned(task, batches):
    orders = Orders(epochs=1, retune=100_000, retuning=task.tuning, callbacks=(), show=None, seed=0)
    stock = Stock(Given(lambda _: batches, None, None), lambda: None)
    line = Line(task, stock, orders, changed=lambda: None)
    line.prune().prune(0.5)
    line.prune().tune()
    until(lambda: line.again is not None and line.again.history.steps)
    assert line.busy() == "fine-tuning"
    line.halt()
    line.prune().wait(60)
    assert line.again.status == "stopped"
    assert line.stage.choice.tuned == 1
    line.close()


def test_fine_tuning_ends_with_the_pruning_panel_s_stop_too(task, batches):
    orders = Orders(epochs=1, retune=100_000, retuning=task.tuning, callbacks=(), show=None, seed=0)
    line = Line(task, Stock(Given(lambda _: batches, None, None), lambda: None), orders, changed=lambda: None)
    line.prune().tune()
    until(lambda: line.again is not None and line.again.history.steps)
    line.prune().stop()
    until(lambda: not line.busy())
    assert line.again.status == "stopped"
    line.close()


def test_what_was_pruned_from_a_training_goes_with_it(line, trained):
    trained(line.train())
    panel = line.prune()
    line.use(0)
    line.forget(1)
    assert panel not in line.made
    with pytest.raises(PanelError, match="closed"):
        panel.measure()


def test_a_segmenter_is_measured_by_its_own_score_and_loss():
    torch.manual_seed(0)
    task = Segmenter(nn.Conv2d(2, 2, 3, padding=1), ["low", "high"], tuning=Tuning(rate=0.01, freeze=0))
    batches = [(torch.rand(2, 2, 8, 8), (torch.rand(2, 2, 8, 8) > 0.5).float())]
    stock = Stock(Given(lambda _: batches, batches, None), lambda: None)
    orders = Orders(epochs=1, retune=1, retuning=task.tuning, callbacks=(), show=None, seed=0)
    line = Line(task, stock, orders, changed=lambda: None)
    panel = line.prune()
    panel.prune(0.5, method="Taylor")
    panel.measure()
    assert 0 <= panel.wait(60) <= 1
    assert panel.score == "dice"
    assert panel.sparsity.zeros == 0.5
    line.close()


def test_runs_take_an_epoch_at_least():
    orders = Orders(epochs=0, retune=-1, retuning=Tuning(), callbacks=(), show=None, seed=0)
    assert orders.faults() == ["epochs must be 1 or more, given 0", "retune must be 1 or more, given -1"]


def test_a_choice_is_work_once_it_is_another_network():
    assert [worked(choice) for choice in (Choice(), Choice(0.5), Choice(tuned=1))] == [False, True, True]
