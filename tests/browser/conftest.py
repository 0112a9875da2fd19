"""These tests need a browser; where there is no chromium they are not collected. One JupyterLab serves all of them."""

import pytest
from playwright.sync_api import expect

from browser.jupyter import CHROMIUM, jupyterlab

expect.set_options(timeout=30_000)  # milliseconds: a busy machine is no fault of a page
collect_ignore_glob = [] if CHROMIUM else ["test_*.py"]


@pytest.fixture(scope="session")
def desk(tmp_path_factory):
    """A folder to work in."""
    return tmp_path_factory.mktemp("desk")


@pytest.fixture(scope="session")
def lab(desk):
    """A JupyterLab on it."""
    with jupyterlab(desk) as found:
        yield found
