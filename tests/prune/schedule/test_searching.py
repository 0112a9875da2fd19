import pickle
from typing import Any, cast

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from leyden.errors import PruneError, SearchError
from leyden.prune import Magnitude, masks, named, sparsity
from leyden.prune.schedule import prune_until

LEVELS = (0.1, 0.3, 0.5, 0.7, 0.9)


def kept(model):
    return 1 - sparsity(model).zeros


def leave(model):
    return None


def search(model=None, *, tune=leave, score=kept, floor=0.0, levels=LEVELS, **more):
    model = nn.Linear(10, 10) if model is None else model
    return prune_until(model, Magnitude, levels=levels, tune=tune, score=score, floor=floor, **more)


def test_it_ends_with_the_last_level_that_was_good():
    found = search(floor=0.5)
    assert (found.sparsity, found.status) == (0.5, "below floor")
    assert sparsity(found.model).zeros == 0.5
    assert [(step.sparsity, round(step.score, 3)) for step in found.steps] == [
        (0.1, 0.9),
        (0.3, 0.7),
        (0.5, 0.5),
        (0.7, 0.3),
    ]


def test_it_is_finished_where_every_level_was_good():
    found = search()
    assert (found.sparsity, found.status, len(found.steps)) == (0.9, "finished", 5)


def test_where_no_level_is_good_the_model_comes_back_as_a_copy():
    model = nn.Linear(10, 10)
    found = search(model, floor=2.0)
    assert (found.sparsity, found.status, len(found.steps)) == (0, "below floor", 1)
    assert found.model is not model
    assert torch.equal(found.model.weight, model.weight)
    assert not masks(found.model)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 20), st.integers(-1, 20))
def test_by_halves_the_same_level_is_found(count, good):
    levels = [step / 21 for step in range(1, count + 1)]
    floor = 1 - (levels[min(good, count - 1)] if good >= 0 else 0) - 0.01
    climbed, halved = (search(nn.Linear(21, 2), floor=floor, levels=levels, way=way) for way in ("climb", "bisect"))
    assert (halved.sparsity, halved.status) == (climbed.sparsity, climbed.status)
    assert sparsity(halved.model).zeros == sparsity(climbed.model).zeros
    assert len(halved.steps) <= count.bit_length()


def test_each_level_starts_from_the_tuned_model_before_it():
    def tune(model):
        model.bias.data += 1

    model = nn.Linear(10, 10)
    found = search(model, tune=tune)
    assert torch.allclose(found.model.bias, model.bias + 5)


def test_by_halves_each_level_starts_from_the_model_that_was_given():
    def tune(model):
        model.bias.data += 1

    model = nn.Linear(10, 10)
    found = search(model, tune=tune, way="bisect")
    assert torch.allclose(found.model.bias, model.bias + 1)


def test_a_tuned_copy_takes_the_place_of_the_model():
    found = search(tune=lambda model: nn.Sequential(model), levels=(0.5,))
    assert isinstance(found.model, nn.Sequential)


def test_the_model_itself_is_left_as_it_is():
    model = nn.Linear(10, 10)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    search(model, tune=lambda sparse: sparse.load_state_dict(nn.Linear(10, 10).state_dict()) and None)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert not masks(model)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("where", ["tune", "score", "listener"])
def test_an_interrupted_search_keeps_the_last_good_model(stop, where):
    def raising(found):
        model = getattr(found, "model", found)
        if sparsity(model).zeros > 0.4:
            raise stop
        return kept(model) if where == "score" else None

    found = search(**cast("Any", {where: raising}))
    good = 0.5 if where == "listener" else 0.3
    assert (found.status, found.sparsity) == ("interrupted", good)
    assert sparsity(found.model).zeros == good


def test_an_error_names_its_level_and_its_cause():
    def tune(model):
        if sparsity(model).zeros > 0.4:
            raise ValueError("out of memory")

    with pytest.raises(SearchError, match=r"^tune failed at sparsity 0.5: out of memory; error.search.model") as told:
        search(tune=tune)
    assert isinstance(told.value.__cause__, ValueError)


def test_an_error_does_not_lose_what_was_found_before():
    def tune(model):
        if sparsity(model).zeros > 0.4:
            raise ValueError("out of memory")

    with pytest.raises(SearchError) as told:
        search(tune=tune)
    found = told.value.search
    assert found.status == "failed"
    assert found.sparsity == found.steps[-1].sparsity < 0.5
    assert sparsity(found.model).zeros == found.sparsity


def test_an_error_of_the_listener_does_not_lose_the_level_that_it_was_told_of():
    def full(found):
        raise OSError("disk full")

    with pytest.raises(SearchError, match=r"^listener failed at sparsity 0.1: disk full; error.search.model") as told:
        search(listener=full)
    assert (told.value.search.status, told.value.search.sparsity) == ("failed", 0.1)


def test_a_search_goes_with_its_error_into_another_process():
    def tune(model):
        raise ValueError("out of memory")

    with pytest.raises(SearchError) as told:
        search(tune=tune)
    assert pickle.loads(pickle.dumps(told.value)).search.status == "failed"


@pytest.mark.usefixtures("unchecked")
def test_a_floor_may_be_a_number_of_numpy():
    assert search(floor=cast("Any", np.float32(0.4))).sparsity == 0.5


def test_an_error_of_the_score_is_named_as_such():
    def score(model):
        raise KeyError("val_accuracy")

    with pytest.raises(PruneError, match=r"score failed at sparsity 0.1: 'val_accuracy'"):
        search(score=score)


@pytest.mark.usefixtures("unchecked")
def test_a_tuner_that_gives_something_else_is_told():
    with pytest.raises(PruneError, match=r"tune failed .* trains its model in place or gives a model; it gave float"):
        search(tune=lambda model: 0.5)


def test_a_score_of_nan_is_below_any_floor():
    found = search(score=lambda model: float("nan"), floor=-float("inf"))
    assert (found.status, len(found.steps)) == ("below floor", 1)


def test_the_listener_hears_of_each_trial():
    heard = []
    search(floor=0.5, listener=heard.append)
    assert [(each.status, each.sparsity, len(each.steps)) for each in heard] == [
        ("running", 0.1, 1),
        ("running", 0.3, 2),
        ("running", 0.5, 3),
        ("running", 0.5, 4),
    ]


def test_only_what_was_chosen_is_pruned():
    model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    assert list(masks(search(model, where=named("1")).model)) == ["1.weight"]


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"levels": (0.5, 0.2)}, "0.2 comes after 0.5"),
        ({"way": "down", "floor": None}, 'way is "climb" or "bisect"; \'down\' was given; floor is a number; None'),
        ({"floor": float("nan")}, "floor is a number; nan was given"),
        ({"score": None, "listener": 1}, "score is a function; None was given; listener is a function; 1 was given"),
        ({"where": "haed"}, r"pruning failed at sparsity 0.1: named\('haed'\) matches nothing"),
    ],
    ids=["levels", "way and floor", "NaN", "functions", "where"],
)
def test_what_cannot_be_searched_is_refused(asked, message):
    def tune(model):
        raise AssertionError("work began")

    with pytest.raises(PruneError, match=message):
        search(tune=tune, **asked)
