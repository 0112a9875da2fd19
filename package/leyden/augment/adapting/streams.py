"""Streams of chance that other libraries read: the global ones, set for a moment and put back."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

import numpy as np
import torch

__all__ = ["seeded_streams"]

_ONE_AT_A_TIME = RLock()
"""The streams are those of the whole process: what another thread drew between would be another draw."""


@contextmanager
def seeded_streams(seed: int) -> Iterator[None]:
    """Seed the global generators of torch (on the CPU), NumPy and Python inside a `with`, and put them back after it.

    Threads wait for each other.

    Args:
        seed: 0..2**31 - 1.

    Examples:
        >>> with seeded_streams(1):
        ...     one = torch.rand(1)
        >>> with seeded_streams(1):
        ...     bool(one == torch.rand(1))
        True
    """
    with _ONE_AT_A_TIME:
        # the legacy stream of NumPy is the one that those libraries read
        before = torch.default_generator.get_state(), np.random.get_state(), random.getstate()  # noqa: NPY002
        try:
            torch.default_generator.manual_seed(seed)
            np.random.seed(seed)  # noqa: NPY002
            random.seed(seed)
            yield
        finally:
            torch.default_generator.set_state(before[0])
            np.random.set_state(before[1])  # noqa: NPY002
            random.setstate(before[2])
