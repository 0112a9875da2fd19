import copy
from collections import namedtuple
from dataclasses import dataclass

import pytest
import torch

from leyden.errors import AccessError
from leyden.train.graph.access import Access
from leyden.train.guard import Guard
from leyden.train.guard.views.piece import given


def seen(value, *, reads=(), writes=(), root="batch"):
    guard = Guard("Mine", Access(tuple(reads), tuple(writes)))
    guard.within = "on_fit_start"
    return given(guard, value, root)


Pair = namedtuple("Pair", "image label")


@dataclass
class Sample:
    image: torch.Tensor
    label: int


@pytest.mark.parametrize("make", [list, tuple, lambda items: Pair(*items)])
def test_a_pair_can_be_unpacked_but_only_the_declared_part_used(make):
    image, label = seen(make([torch.ones(2), torch.zeros(2)]), reads=["batch.0"])
    assert image.sum() == 2
    with pytest.raises(AccessError, match=r"read batch\.1"):
        label.sum()


def test_an_item_is_refused_at_once_when_asked_for():
    batch = seen((torch.ones(2), torch.zeros(2)), reads=["batch.0"])
    assert batch[0].sum() == 2
    assert batch[-2].sum() == 2
    assert len(batch) == 2
    assert isinstance(batch, tuple)
    for at in (1, -1):
        with pytest.raises(AccessError, match=r"read batch\.1 in"):
            batch[at]


def test_a_slice_holds_declared_and_sealed_parts():
    first, second = seen([torch.ones(2), torch.zeros(2)], reads=["batch.0"])[:2]
    assert first.sum() == 2
    with pytest.raises(AccessError, match=r"read batch\.1"):
        float(second)


@pytest.mark.parametrize("sample", [Sample(torch.ones(2), 3), Pair(torch.ones(2), 3)])
def test_attributes_are_parts(sample):
    batch = seen(sample, reads=["batch.image"])
    assert batch.image.sum() == 2
    assert isinstance(batch, type(sample))
    with pytest.raises(AccessError, match=r"read batch\.label"):
        _ = batch.label


def test_parts_of_parts():
    batch = seen({"views": [torch.ones(1), torch.zeros(1)]}, reads=["batch.views.1"])
    assert batch["views"][1] == 0
    with pytest.raises(AccessError, match=r"read batch\.views\.0"):
        batch["views"][0]


def test_wildcards_name_parts():
    batch = seen({"image_left": 1, "image_right": 2, "label": 3}, reads=["batch.image_*"])
    assert batch["image_left"] + batch["image_right"] == 3
    with pytest.raises(AccessError):
        batch["label"]


def test_names_are_free_and_values_are_not():
    logged = seen({"a": torch.ones(1), "b": torch.zeros(1)}, reads=["logged.a"], root="logged")
    assert list(logged) == ["a", "b"] == list(logged.keys())
    assert "b" in logged
    assert logged.get("a") == 1
    assert logged.get("c", 5) == 5
    assert [value == 1 for name, value in logged.items() if name == "a"] == [True]
    with pytest.raises(AccessError, match=r"read logged\.b"):
        logged.get("b")
    with pytest.raises(AccessError, match=r"read logged\.b"):
        sum(logged.values())
    with pytest.raises(AccessError, match=r"read logged\.b"):
        dict(logged)


def test_a_deep_copy_is_plain_and_holds_what_may_be_read():
    logged = seen({"a": torch.ones(1), "b": torch.zeros(1)}, reads=["logged.a"], root="logged")
    twin = copy.deepcopy(logged)
    assert type(twin) is dict
    twin["epoch"] = 3
    assert twin["a"] == 1
    with pytest.raises(AccessError, match=r"read logged\.b"):
        float(twin["b"])


def test_writes_reach_the_real_dictionary_key_by_key():
    real = {"a": 1, "b": 2}
    logged = seen(real, writes=["logged.a", "logged.new"], root="logged")
    logged["a"] = 3
    logged.update(new=4)
    logged |= {"a": 5}
    assert logged.setdefault("a", 9) == 5
    assert logged.pop("new") == 4
    assert logged.pop("gone", None) is None
    assert real == {"a": 5, "b": 2}
    for act in (lambda: logged.update(b=3), lambda: logged.pop("b"), logged.clear, lambda: logged.setdefault("c", 1)):
        with pytest.raises(AccessError, match=r"(read|wrote) logged\.[bc]"):
            act()


def test_items_of_a_list_are_written_by_their_place():
    real = [1, 2]
    batch = seen(real, writes=["batch.0"])
    batch[0] = 5
    with pytest.raises(AccessError, match=r"wrote batch\.1"):
        batch[1] = 5
    with pytest.raises(AccessError, match=r"wrote batch\.1"):
        del batch[1]
    assert real == [5, 2]


def test_a_tensor_of_which_parts_are_granted_cannot_be_used_whole():
    batch = seen(torch.ones(2, 2), reads=["batch.0"])
    assert batch[0].sum() == 2
    for act in (torch.mean, lambda item: item.mean(), lambda item: 0 in item):
        with pytest.raises(AccessError, match="read batch in"):
            act(batch)


def test_a_bare_tensor_that_a_step_returned_is_its_loss():
    loss = torch.ones(())
    assert seen(loss, reads=["outputs.loss"], root="outputs") is loss


def test_nothing_is_nothing():
    assert seen(None) is None
