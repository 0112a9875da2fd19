import jaxtyping
import pytest

from leyden.items.grid import counting


@pytest.fixture
def unchecked():
    """Run as users do, without checked annotations, so that what is wrong reaches our own door."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


@pytest.fixture
def interpolations():
    """Count what is interpolated, by whatever backend: the list grows by the new grid of every image or mask."""
    with counting() as counter:
        yield counter.sizes
