import threading
import time

import pytest

from leyden.errors import PanelError
from leyden.widget.base.errand import Errand


@pytest.fixture
def errand():
    made = Errand(lambda: None)
    yield made
    made.close()


def endless(progress):
    done = 0
    while progress(done, 0) is not False:
        done += 1


def test_work_tells_how_far_it_is_and_ends_finished():
    changes = []
    errand = Errand(lambda: changes.append(1))
    errand.start(lambda progress: [progress(done, 3) for done in (1, 2, 3)], "counting")
    errand.wait(10)
    assert (errand.status, errand.progress, errand.busy) == ("finished", (3, 3), False)
    assert len(changes) == 5


def test_one_at_a_time_and_it_stops_when_asked(errand):
    errand.start(endless, "an endless look")
    with pytest.raises(PanelError, match="an endless look is under way"):
        errand.start(endless, "another")
    errand.stop()
    errand.wait(10)
    assert errand.status == "stopped"
    with pytest.raises(PanelError, match="nothing to stop: an endless look is stopped"):
        errand.stop()


def test_what_work_raises_is_kept_and_raised_to_whoever_waits(errand):
    def broken(_progress):
        raise ValueError("no such file")

    errand.start(broken, "a look")
    with pytest.raises(ValueError, match="no such file"):
        errand.wait(10)
    assert errand.status == "failed"
    assert errand.problem.startswith("ValueError: no such file")
    errand.start(lambda progress: None, "a look")
    errand.wait(10)
    assert (errand.status, errand.problem) == ("finished", "")


def test_closing_ends_the_thread(errand):
    errand.start(endless, "a look")
    errand.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "leyden-look"]


def test_there_is_nothing_to_wait_for_at_first(errand):
    with pytest.raises(PanelError, match=r"begin some first"):
        errand.wait()


def test_work_that_looks_for_no_stop_is_ended_too(errand):
    def deaf(_progress):
        while True:
            time.sleep(0.001)

    errand.start(deaf, "deaf work", at_once=True)
    errand.stop()
    errand.wait(10)
    assert (errand.status, errand.problem) == ("stopped", "")
    errand.start(deaf, "deaf work", at_once=True)
    errand.close()
    assert errand.status == "stopped"


def test_the_time_left_follows_from_the_pieces_done(errand):
    gate = threading.Event()

    def half(progress):
        time.sleep(0.05)
        progress(1, 2)
        gate.wait(10)

    assert errand.remaining is None
    errand.start(half, "a look")
    while not errand.progress[0]:
        time.sleep(0.001)
    assert errand.remaining == pytest.approx(errand.seconds, rel=0.5)
    gate.set()
    errand.wait(10)
    assert errand.remaining is None
    assert errand.seconds >= 0.05
