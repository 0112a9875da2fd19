import gc
import threading
import time

from leyden.widget.callback.follower import Follower


class Clock:
    """Counts how often it is looked at."""

    def __init__(self, slow=0.0):
        self.looks, self.slow, self.seen = 0, slow, threading.Event()

    def look(self):
        self.looks += 1
        end = time.thread_time() + self.slow
        while time.thread_time() < end:
            pass
        self.seen.set()


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "leyden-follower"]


def test_it_looks_until_it_is_stopped():
    clock = Clock()
    follower = Follower(clock.look, seconds=0.001)
    assert clock.seen.wait(5)
    follower.stop()
    looks = clock.looks
    time.sleep(0.02)
    assert clock.looks == looks
    assert not threads()


def test_after_a_look_that_took_long_the_next_one_is_long_in_coming():
    clock = Clock(slow=0.02)
    follower = Follower(clock.look, seconds=0.001)
    time.sleep(0.3)
    follower.stop()
    assert clock.looks <= 2  # 20 ms of work are a twentieth of 400 ms


def test_it_keeps_nobody_alive_and_ends_with_its_owner():
    clock = Clock()
    seen = clock.seen
    Follower(clock.look, seconds=0.001)
    assert seen.wait(5)
    del clock
    gc.collect()
    end = time.monotonic() + 5
    while threads() and time.monotonic() < end:
        time.sleep(0.005)
    assert not threads()
