"""What every test may count on: Ctrl-C raises KeyboardInterrupt, no example fails for being slow; and bad types."""

import gc
import signal

import hypothesis
import jaxtyping
import pytest

# a shell that runs the tests in the background has the signal ignored, and children inherit that
signal.signal(signal.SIGINT, signal.default_int_handler)

# a busy machine is no fault of the code
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_collection() -> None:
    """Look for no garbage while tests are collected: what is made there stays."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Leave the million objects of all tests and modules out of every later search for garbage."""
    gc.freeze()
    gc.enable()


@pytest.fixture
def unchecked():
    """Run as users do, without checked annotations, so that what is wrong reaches our own door."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)
