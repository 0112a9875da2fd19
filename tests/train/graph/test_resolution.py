"""Resolutions: which of two goes first."""

import pytest
import pytorch_lightning as pl

from leyden.errors import TrainError
from leyden.train.graph.resolution import resolve


class One(pl.Callback): ...


class Other(pl.Callback): ...


def test_a_resolution_prints_as_the_line_that_makes_it():
    assert repr(resolve(One, Other, first=Other)) == "resolve(Other, One, first=Other)"
    assert resolve(One, Other, first=Other).sides == (Other, One)


def test_two_callbacks_of_one_class_are_resolved_by_themselves():
    one, other = One(), One()
    assert resolve(one, other, first=other).sides == (other, one)


@pytest.mark.parametrize(("one", "other", "first"), [(One, Other, pl.Callback), (One, One, One)])
def test_first_is_one_of_two_different_sides(one, other, first):
    with pytest.raises(TrainError, match=f"{first.__name__}.: name two different ones, and one of them as `first`"):
        resolve(one, other, first=first)


def test_only_callbacks_and_their_classes_have_an_order(unchecked):
    with pytest.raises(TrainError, match=r"given \[<class 'int'>, 'Plateau'\]"):
        resolve(int, "Plateau", first=int)
