import pickle
import threading
import time

import pytest

import leyden as ly
from leyden.data.select.notes import Noted, Notes, found
from leyden.errors import DataError, UnreadableImage


def fail():
    raise ValueError


def test_a_note_is_found_once_by_whoever_asks_first():
    notes, calls = Notes(), []

    def find():
        calls.append(0)
        time.sleep(0.02)
        return "x"

    threads = [threading.Thread(target=notes.recall, args=("name", find)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert notes.recall("name", fail) == "x"
    assert len(calls) == 1


def test_what_was_not_found_is_looked_for_again():
    notes = Notes()
    with pytest.raises(ValueError):  # noqa: PT011 - as raised above
        notes.recall("name", fail)
    assert notes.recall("name", lambda: 3) == 3


def test_only_the_newest_notes_are_kept():
    notes = Notes(2)
    for name in (0, 1, 2):
        notes.recall(name, lambda name=name: name + 10)
    assert [notes.recall(name, lambda: "anew") for name in (2, 1, 0)] == [12, 11, "anew"]


def test_notes_go_to_another_process():
    notes = Notes()
    notes.recall("name", lambda: 3)
    assert pickle.loads(pickle.dumps(notes)).recall("name", fail) == 3


def test_a_noted_container_is_the_container():
    noted = Noted(range(3) | ly.data.map(abs))
    assert (list(noted), noted[-1], len(noted), repr(noted)) == ([0, 1, 2], 2, 3, "range(0, 3) | map(abs)")


def test_an_element_that_cannot_be_asked_is_named_with_its_cause():
    with pytest.raises(
        DataError, match=r"^ask: element 1 of list\[2\]: ZeroDivisionError: division by zero$"
    ) as caught:
        found("ask", [1, 0], lambda x: 1 / x)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)

    def refuse(x):
        raise UnreadableImage(f"{x} is cut short")

    with pytest.raises(UnreadableImage, match=r"^ask: element 0 of .* \| map\(refuse\): 5 is cut short$"):
        found("ask", [5] | ly.data.map(refuse), bool)


@pytest.mark.parametrize(
    "verb",
    [
        lambda data: data | ly.data.filter(lambda x: x < 2),
        lambda data: [tuple(part) for part in data | ly.data.group(lambda x: x % 2)],
        lambda data: ly.data.join(data, range(8), on=(lambda x: x, lambda x: x)),
        lambda data: ly.data.split(data, 0.5, seed=0, stratify=lambda x: x < 4)[0],
        lambda data: data | ly.data.oversample(lambda x: x < 2, seed=0),
    ],
    ids=["filter", "group", "join", "split", "oversample"],
)
def test_what_is_found_belongs_to_its_element_in_whatever_order_elements_are_made(verb):
    def slow(x):
        time.sleep(0.02 if x < 2 else 0)
        return x

    data = range(8) | ly.data.map(slow)
    assert sorted(verb(data | ly.data.parallel(4, ordered=False))) == sorted(verb(data))
