import copy
import json
import operator
import pickle

import pytest
import torch
from torch import nn

from leyden.errors import AccessError


def test_a_list_to_read_works_with_what_is_written_in_c(look):
    with look(reads=["model.seen"]) as seen:
        assert torch.stack(seen.task.seen).sum() == 2
        assert isinstance(seen.task.seen, list)
        assert len(operator.add(seen.task.seen, [1])) == 3
        assert seen.task.seen[1] is seen.real.task.seen[1]
        assert [item.sum() for item in seen.task.seen[:1]] == [0]


CHANGES = {
    "append": lambda items: items.append(5),
    "extend": lambda items: items.extend([5, 6]),
    "insert": lambda items: items.insert(0, 5),
    "pop": lambda items: items.pop(),
    "remove": lambda items: items.remove(items[0]),
    "clear": lambda items: items.clear(),
    "reverse": lambda items: items.reverse(),
    "sort": lambda items: items.sort(key=id),
    "set": lambda items: items.__setitem__(0, 5),
    "set a slice": lambda items: items.__setitem__(slice(0, 1), [5, 6]),
    "delete": lambda items: items.__delitem__(0),
    "add in place": lambda items: items.__iadd__([5]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_a_list_is_a_write(look, change):
    with look(reads=["model.seen"]) as seen:
        before = list(seen.real.task.seen)
        with pytest.raises(AccessError, match=r"wrote model\.seen"):
            CHANGES[change](seen.task.seen)
        assert seen.real.task.seen == before


@pytest.mark.parametrize("change", CHANGES)
def test_a_list_of_parts_changes_as_a_plain_one(look, change):
    with look(writes=["callback"]) as seen:
        plain = list(seen.real.trainer.callbacks)
        CHANGES[change](plain)
        CHANGES[change](seen.trainer.callbacks)
        assert seen.real.trainer.callbacks == plain


def test_a_list_of_parts_shows_what_others_changed(look):
    with look(reads=["scheduler"]) as seen:
        assert len(seen.trainer.lr_scheduler_configs) == 1
        seen.real.trainer.lr_scheduler_configs.clear()
        assert len(seen.trainer.lr_scheduler_configs) == 0


def test_a_dictionary_to_read_is_a_dictionary(look):
    with look(reads=["model.notes"]) as seen:
        notes = seen.task.notes
        assert isinstance(notes, dict)
        assert json.dumps(notes) == '{"colour": "red"}'
        assert {**notes} == dict(notes) == notes.copy() == {"colour": "red"}
        assert list(notes.items()) == [("colour", "red")]
        assert notes.get("shape", 3) == 3


NOTES = {
    "set": lambda notes: notes.__setitem__("a", 1),
    "delete": lambda notes: notes.__delitem__("colour"),
    "update": lambda notes: notes.update(a=1),
    "pop": lambda notes: notes.pop("colour"),
    "popitem": lambda notes: notes.popitem(),
    "clear": lambda notes: notes.clear(),
    "setdefault": lambda notes: notes.setdefault("a", 1),
    "or in place": lambda notes: notes.__ior__({"a": 1}),
}


@pytest.mark.parametrize("change", NOTES)
def test_every_change_of_a_dictionary_is_a_write(look, change):
    with look(reads=["model.notes"]) as seen:
        with pytest.raises(AccessError, match=r"wrote model\.notes"):
            NOTES[change](seen.task.notes)
        assert seen.real.task.notes == {"colour": "red"}


def test_who_may_write_a_container_gets_the_container(look):
    with look(writes=["model.notes", "model.seen"]) as seen:
        assert seen.task.notes is seen.real.task.notes
        assert seen.task.seen is seen.real.task.seen


def test_copies_are_plain(look):
    with look(reads=["model"]) as seen:
        for view, kind in ((seen.task.seen, list), (seen.task.notes, dict)):
            assert type(copy.deepcopy(view)) is kind
            assert type(pickle.loads(pickle.dumps(view))) is kind


def test_put_back_it_is_the_real_list(look):
    with look(reads=["model.seen"], writes=["model.kept"]) as seen:
        seen.task.kept = seen.task.seen
        assert seen.real.task.kept is seen.real.task.seen


def test_modules_in_a_list_are_views(look):
    with look(reads=["model.stages"]) as seen:
        seen.real.task.stages = [seen.real.task.net]
        assert isinstance(seen.task.stages[0], nn.Sequential)
        with pytest.raises(AccessError, match=r"model\.parameters\.net\.0\.weight"):
            next(seen.task.stages[0].parameters())
