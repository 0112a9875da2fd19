"""Faults: one error that tells them all."""

import pickle

import pytest

from leyden.errors import GraphError, TrainError
from leyden.train.graph.fault import Fault, raise_for

ONE = Fault("write conflict", ("A", "B"), ("optimizer.lr",), "A and B write optimizer.lr", "resolve(A, B, first=A)")
OTHER = Fault("missing writer", ("C",), ("logged.x",), "C reads logged.x")


def test_all_faults_are_told_at_once_with_their_mending_lines():
    with pytest.raises(GraphError) as error:
        raise_for([ONE, OTHER])
    assert error.value.faults == (ONE, OTHER)
    assert isinstance(error.value, TrainError)
    assert str(error.value).splitlines() == [
        "these callbacks cannot run as they are, for 2 reasons:",
        "  1. write conflict: A and B write optimizer.lr",
        "      resolve(A, B, first=A)",
        "  2. missing writer: C reads logged.x",
    ]


def test_the_error_crosses_processes_with_its_faults():
    error = pickle.loads(pickle.dumps(GraphError("why", (ONE,))))
    assert error.faults == (ONE,)
    assert str(error) == "why"
