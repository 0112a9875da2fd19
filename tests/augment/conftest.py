import pytest

from leyden.items.grid import counting


@pytest.fixture
def interpolations():
    """Count what is interpolated, by whatever backend: the list grows by the new grid of every image or mask."""
    with counting() as counter:
        yield counter.sizes
