"""What every test may count on: Ctrl-C raises KeyboardInterrupt, no example fails for being slow; and bad types."""

import signal

import hypothesis
import jaxtyping
import pytest

# a shell that runs the tests in the background has the signal ignored, and children inherit that
signal.signal(signal.SIGINT, signal.default_int_handler)

# a busy machine is no fault of the code
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@pytest.fixture
def unchecked():
    """Run as users do, without checked annotations, so that what is wrong reaches our own door."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)
