import copy
import random
import threading
import time
from functools import partial

import pytest


def started_here(before):
    """Threads of ours that are there now and were not before; one that was told to end gets a moment for it."""
    left = set()
    for _ in range(100):
        left = {each for each in threading.enumerate() if each.name.startswith("leyden-")} - before
        if not left:
            break
        time.sleep(0.01)
    return {each.name for each in left}


@pytest.fixture
def nothing_left():
    """Whatever a test starts has ended when it ends."""
    before = set(threading.enumerate())
    yield
    assert not started_here(before)


@pytest.fixture
def quiet(monkeypatch):
    """Hides the draws of the checker of types that tests run with: it chooses what to look at by Python's generator."""
    monkeypatch.setattr(random, "getstate", partial(copy.copy, random.getstate()))
