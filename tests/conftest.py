"""What every test may count on: equal random numbers in any order of tests, Ctrl-C, no limit for being slow."""

import gc
import os
import random
import signal
import zlib

import hypothesis
import jaxtyping
import numpy as np
import pytest
import torch

SEED = os.environ.get("LEYDEN_TEST_SEED", "0")
"""Where the random numbers of tests start; a test has to hold for others too."""

# a shell that runs the tests in the background has the signal ignored, and children inherit that
signal.signal(signal.SIGINT, signal.default_int_handler)

# a busy machine is no fault of the code; new examples are looked for where somebody is there to see them
hypothesis.settings.register_profile("untimed", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("untimed")


def seeded(name: str) -> None:
    number = zlib.crc32(f"{SEED}:{name}".encode())
    random.seed(number)
    np.random.seed(number)  # noqa: NPY002 -- what others draw from
    torch.default_generator.manual_seed(number)


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Let what a module draws when it is read hang on nothing that was read before."""
    seeded(collector.nodeid)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let what a test draws hang on no other test."""
    seeded(item.nodeid)


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
