import pytest

from leyden.train import RunLog
from leyden.widget.callback import Window


@pytest.fixture
def log(graph, train):
    """Of a run of two epochs and one of one epoch, four steps each."""
    train(graph, epochs=2)
    train(graph)
    return graph.log


def test_the_newest_steps_of_the_last_run_are_shown(log):
    window = Window(newest=2)
    assert window.span(log) == range(3, 5)
    assert {(event.run, event.step) for event in window.events(log)} == {(1, 3), (1, 4)}


def test_the_newest_steps_of_an_earlier_run_are_its_own(log):
    assert Window(newest=3, run=0).span(log) == range(6, 9)
    assert {event.step for event in Window(newest=3, run=0).events(log)} == {6, 7, 8}


def test_zero_shows_all_steps(log):
    assert Window(newest=0).span(log) is None
    assert {event.step for event in Window(newest=0, hook="on_train_batch_end").events(log)} == {1, 2, 3, 4}


def test_writes_are_chosen_like_calls(log):
    window = Window(hook="on_train_batch_start", callback="WarmUp", steps=(2, 3))
    found = window.writes(log)
    assert {(write.step, write.callback, write.hook) for write in found} == {
        (2, "WarmUp", "on_train_batch_start"),
        (3, "WarmUp", "on_train_batch_start"),
    }
    assert all(write.path.startswith("optimizer.lr") for write in found)


def test_an_empty_log_has_nothing_to_show():
    assert (Window().events(RunLog()), Window().writes(RunLog()), Window().chosen(RunLog())) == ([], [], 0)
