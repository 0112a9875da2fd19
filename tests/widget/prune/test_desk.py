import threading

import pytest
import torch

from leyden.errors import PanelError
from leyden.widget.prune.desk import Desk


@pytest.fixture
def changes():
    return []


@pytest.fixture
def desk(changes):
    made = Desk(("look", "dig"), changed=lambda: changes.append(1))
    yield made
    made.close()


@pytest.fixture
def gate(desk):
    """What holds the desk at one piece of work until it is set."""
    begun, opened = threading.Event(), threading.Event()
    desk.ask("dig", lambda: (begun.set(), opened.wait(30)))
    begun.wait(30)
    yield opened
    opened.set()


def test_of_many_requests_the_latest_is_served_and_no_other(desk, gate):
    done = []
    for number in range(50):
        desk.ask("look", lambda number=number: done.append(number))
    gate.set()
    assert desk.wait(30)
    assert done == [49]


def test_what_is_urgent_goes_first_whatever_was_asked_for_first(desk, gate):
    done = []
    desk.ask("dig", lambda: done.append("dig"))
    desk.ask("look", lambda: done.append("look"))
    assert (desk.under_way, desk.waiting) == ("dig", ("look", "dig"))
    gate.set()
    desk.wait(30)
    assert done == ["look", "dig"]


def test_two_pieces_of_work_never_run_at_once(desk):
    inside, most = [], []

    def work():
        inside.append(1)
        most.append(len(inside))
        threading.Event().wait(0.005)
        inside.pop()

    askers = [threading.Thread(target=lambda: [desk.ask("look", work) for _ in range(20)]) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    desk.wait(30)
    assert set(most) == {1}


def test_work_may_ask_for_more_work(desk):
    done = []

    def count(number):
        done.append(number)
        if number:
            desk.ask("dig", lambda: count(number - 1))

    desk.ask("dig", lambda: count(3))
    desk.wait(30)
    assert done == [3, 2, 1, 0]


def test_what_work_raises_is_kept_until_the_next_of_its_kind(desk):
    desk.ask("look", lambda: 1 / 0)
    desk.wait(30)
    assert isinstance(desk.error, ZeroDivisionError)
    desk.ask("dig", lambda: None)
    desk.wait(30)
    assert isinstance(desk.error, ZeroDivisionError)
    desk.ask("look", lambda: None)
    desk.wait(30)
    assert desk.error is None


def test_what_was_raised_is_taken_once_the_most_urgent_first(desk):
    for kind, error in (("dig", KeyError), ("look", ValueError)):
        desk.ask(kind, lambda error=error: (_ for _ in ()).throw(error()))
        desk.wait(30)
    assert [type(desk.take_error()) for _ in range(3)] == [ValueError, KeyError, type(None)]


def test_gradients_that_one_piece_of_work_switches_off_are_on_for_the_next(desk, gate):
    seen = []
    desk.ask("look", lambda: torch.set_grad_enabled(False))
    desk.ask("dig", lambda: seen.append(torch.is_grad_enabled()))
    gate.set()
    desk.wait(30)
    assert seen == [True]


def test_an_exit_in_the_work_does_not_end_the_desk(desk):
    def leave():
        raise SystemExit(1)

    done = []
    desk.ask("look", leave)
    desk.ask("dig", lambda: done.append(1))
    desk.wait(30)
    assert done == [1]


def test_what_waits_can_be_taken_back(desk, gate):
    done = []
    desk.ask("look", lambda: done.append(1))
    assert desk.busy("look")
    desk.drop("look")
    gate.set()
    desk.wait(30)
    assert (done, desk.busy("look")) == ([], False)


def test_a_stop_ends_what_is_at_hand_drops_what_waits_and_the_desk_goes_on(desk):
    begun, done = threading.Event(), []

    def forever():
        while True:
            begun.set()

    desk.ask("look", forever)
    begun.wait(30)
    desk.ask("dig", lambda: done.append("dig"))
    desk.stop()
    assert desk.wait(30)
    assert (done, desk.error, desk.stopping) == ([], None, False)
    desk.ask("dig", lambda: done.append("again"))
    desk.wait(30)
    assert done == ["again"]


def test_the_time_left_is_that_of_the_last_of_its_kind(desk, gate):
    assert desk.times[1] is None
    gate.set()
    desk.wait(30)
    begun, opened = threading.Event(), threading.Event()
    desk.ask("dig", lambda: (begun.set(), opened.wait(30)))
    begun.wait(30)
    assert desk.times[1] is not None
    opened.set()


def test_every_beginning_and_ending_is_told(desk, changes):
    desk.ask("look", lambda: None)
    desk.wait(30)
    assert len(changes) == 2


def test_nothing_is_taken_on_after_closing():
    desk = Desk(("look",), changed=lambda: None)
    assert not desk.begun
    assert desk.wait(0)
    desk.close()
    with pytest.raises(PanelError, match="closed"):
        desk.ask("look", lambda: None)
