import numpy as np
import pytest
import torch

from leyden.items.grid.field import Field
from leyden.items.grid.move import Move


@pytest.fixture(scope="session")
def some_move():
    """A move made of a number of axes and a seed."""

    def make(axes, seed):
        """Turned, shrunk or enlarged, shifted over the edge, tilted, bent: whatever a chain may come to."""
        numbers = np.random.default_rng(seed)
        size, new = (tuple(int(count) for count in numbers.integers(1, 200 // axes**2, axes)) for _ in range(2))
        turn = np.linalg.qr(numbers.normal(size=(axes, axes)))[0] * numbers.uniform(0.3, 2)
        shift = (np.array(new) - 1) / 2 - turn @ ((np.array(size) - 1) / 2) + numbers.uniform(-9, 9, axes)
        matrix = np.eye(axes + 1)
        matrix[:-1, :-1], matrix[:-1, -1] = turn, shift
        if seed % 2:
            tilt = np.eye(axes + 1)
            tilt[-1, :-1] = numbers.uniform(-0.004, 0.004, axes)
            matrix = tilt @ matrix
        fields = ()
        if seed // 2 % 2:
            lattice = numbers.integers(4, 8, axes)
            fields = (Field(torch.from_numpy(numbers.uniform(-0.04, 0.04, (axes, *lattice)))),)
        return Move(tuple(map(tuple, matrix.tolist())), size, new, fields=fields)

    return make
