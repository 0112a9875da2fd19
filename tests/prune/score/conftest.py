import jaxtyping
import pytest


@pytest.fixture
def unchecked():
    """Run as users do, without checked annotations, so that what is wrong reaches our own door."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)
