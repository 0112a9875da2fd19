import pytest

from leyden.train import Epoch, History, Step, fit


def test_history_holds_every_step_and_epoch_with_its_rate(task, batches):
    history = fit(task, batches, batches, epochs=3).history
    assert [step.step for step in history.steps] == list(range(1, 13))
    assert [step.epoch for step in history.steps] == [0] * 4 + [1] * 4 + [2] * 4
    assert history.total == 12
    assert history.steps[0].rate == pytest.approx(0.05 / 25)
    assert set(history.epochs[0].metrics) == {"val_loss", "val_accuracy"}
    mean = sum(step.loss for step in history.steps[4:8]) / 4
    assert history.epochs[1].loss == pytest.approx(mean)


def test_series_leaves_out_what_was_not_logged():
    history = History()
    history.epochs = [Epoch(0, 1.0, {}, 0.1), Epoch(1, 0.5, {"val_accuracy": 0.7}, 0.1)]
    assert history.series("loss") == ([1.0, 2.0], [1.0, 0.5])
    assert history.series("val_accuracy") == ([2.0], [0.7])
    assert history.best("unknown") is None


def test_state_goes_through_a_checkpoint():
    first, second = History(), History()
    first.steps = [Step(1, 0, 0.5, 0.1)]
    first.epochs = [Epoch(0, 0.5, {"val_loss": 1.0}, 2.0)]
    second.load_state_dict(first.state_dict())
    assert (second.steps, second.epochs) == (first.steps, first.epochs)


def test_listener_hears_every_step_and_what_it_raises_stops_the_run(task, batches):
    class Enough(Exception):
        pass

    def listen(history):
        if len(history.steps) == 3:
            raise Enough

    history = History(listen)
    with pytest.raises(Enough):
        fit(task, batches, epochs=5, callbacks=[history])
    assert len(history.steps) == 3
