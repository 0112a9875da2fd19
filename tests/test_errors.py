"""Errors: one family, and one that carries its reasons."""

import leyden.errors
from leyden.errors import GraphError, LeydenError


def test_every_error_is_of_the_family():
    made = [getattr(leyden.errors, name) for name in leyden.errors.__all__]
    assert all(issubclass(kind, LeydenError) for kind in made)


def test_a_graph_error_carries_its_faults_and_says_its_message_only():
    error = GraphError("why", (1, 2))
    assert str(error) == "why"
    assert error.faults == (1, 2)
