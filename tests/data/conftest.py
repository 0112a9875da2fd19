import threading

import pytest


def workers():
    return {thread for thread in threading.enumerate() if thread.name.startswith("leyden-data")}


@pytest.fixture(autouse=True)
def no_worker_is_left():
    before = workers()
    yield
    assert workers() <= before
