"""Pruning by a method hurts less than pruning at random, and that less than pruning what the method holds dearest."""

import functools

import pytest
import torch

from leyden.prune import Magnitude, prune
from leyden.prune.method import SemiStructured
from prune.laws import INNER, METHODS, SEEDS, WHERE, digits, loss, means, trained, turned

SHARE = 0.2

NORMED = functools.partial(trained, normed=True)


@pytest.mark.parametrize("name", METHODS)
def test_the_most_useful_hurt_more_than_any_and_any_more_than_the_least_useful(name):
    # with a BatchNorm behind it, the size of a filter says nothing
    models = NORMED if name == "BatchNormScale" else trained
    most, random, least = means(lambda way: way(METHODS[name](SHARE, digits())), WHERE.get(name), models=models)
    assert most > random > least


@pytest.mark.parametrize("keep", [1, 2, 3])
def test_of_each_block_the_largest_hurt_more_than_any_and_any_more_than_the_smallest(keep):
    most, random, least = means(lambda way: SemiStructured(keep, 4, by=way(Magnitude(SHARE))), INNER)
    assert most > random > least


def test_the_networks_have_learnt_something():
    assert all(loss(models(seed)) < 0.4 for seed in SEEDS for models in (trained, NORMED))


@pytest.mark.parametrize("name", ["Magnitude", "Magnitude, local", "Filters, inputs", "BatchNormScale"])
def test_a_method_turned_by_nothing_is_itself(name):
    method = METHODS[name](SHARE, digits())
    plain, same = (
        prune(NORMED(0), way, where=WHERE.get(name)).state_dict() for way in (method, turned(method, torch.clone))
    )
    assert all(torch.equal(same[key], plain[key]) for key in plain)
