import jaxtyping
import pytest
from torch.nn import functional


@pytest.fixture
def unchecked():
    """Run as users do, without checked annotations, so that what is wrong reaches our own door."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


@pytest.fixture
def interpolations(monkeypatch):
    """Count what torch interpolates: the list grows by the size of every image that is."""
    counted = []
    sample = functional.grid_sample

    def count(data, grid, **options):
        counted.append(tuple(data.shape[2:]))
        return sample(data, grid, **options)

    monkeypatch.setattr(functional, "grid_sample", count)
    return counted
