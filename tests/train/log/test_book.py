import copy
import pickle

import pytest
import torch

from leyden.train.log.book import Book
from leyden.train.log.record import Event, Total, Write
from leyden.train.log.value import Later


@pytest.fixture
def book():
    book = Book(4)
    book.begin({})
    return book


def add(book, hook="on_train_end", callback="A", *, step=1, seconds=0.5, changes=(), thread="MainThread"):
    kind = book.kind(hook, callback)
    book.add(kind, book.thread(thread), step=step, start=0.0, seconds=seconds, changes=changes)


def test_kinds_and_threads_are_numbered_once(book):
    assert [book.kind("on_fit_start", "A"), book.kind("on_fit_end", "A"), book.kind("on_fit_start", "A")] == [0, 1, 0]
    assert [book.thread("one"), book.thread("two"), book.thread("one")] == [0, 1, 0]


def test_totals_are_exact_when_rows_are_gone(book):
    for number in range(10):
        add(book, seconds=float(number))
        add(book, callback="B", seconds=1.0)
    assert book.totals() == (Total("on_train_end", "A", 10, 45.0, 9.0), Total("on_train_end", "B", 10, 10.0, 1.0))
    assert len(book.events(None, None, None)) == 4
    assert book.dropped == 16


def test_events_are_chosen_by_hook_callback_and_step(book):
    add(book, "on_fit_start", "A", step=0)
    add(book, "on_train_end", "A", step=1)
    add(book, "on_train_end", "B", step=2)
    assert [row.callback for row in book.events("on_train_end", None, None)] == ["A", "B"]
    assert [row.hook for row in book.events(None, "A", None)] == ["on_fit_start", "on_train_end"]
    assert [row.step for row in book.events(None, None, range(1, 3))] == [1, 2]
    assert [row.step for row in book.newest(None, None)] == [2, 1, 0]
    assert book.events("on_fit_end", None, None) == ()


def test_each_row_knows_its_run_also_when_older_ones_are_gone(book):
    add(book)
    book.begin({})
    book.begin({})  # a run without a single call
    for _ in range(4):
        add(book, changes=[("optimizer.lr", 1, 2)])
    book.begin({})
    add(book, thread="worker")
    assert [row.run for row in book.events(None, None, None)] == [2, 2, 2, 3]
    assert [row.run for row in book.newest(None, None)] == [3, 2, 2, 2]
    assert next(book.newest(None, None)) == Event(1, "on_train_end", "A", 0.0, 0.5, "worker", 3)
    assert {row.run for row in book.writes()} == {2}


def test_changes_have_a_ring_of_their_own(book):
    add(book, changes=[("optimizer.lr", number, number + 1) for number in range(6)])
    assert [row.before for row in book.writes()] == [2, 3, 4, 5]
    assert (len(book.calls), book.changed, book.dropped) == (1, 6, 2)


def test_numbers_on_an_accelerator_are_read_with_the_writes_and_in_a_pickle(book):
    add(book, changes=[("logged.x", None, Later(torch.tensor(0.5))), ("logged.x", Later(torch.tensor(1)), 2)])
    assert len(book.later) == 2
    copied = pickle.loads(pickle.dumps(book))
    assert book.later == copied.later == []
    expected = (
        Write(1, "on_train_end", "A", "logged.x", None, 0.5),
        Write(1, "on_train_end", "A", "logged.x", 1, 2),
    )
    assert copied.writes() == book.writes() == expected


def test_numbers_on_an_accelerator_do_not_pile_up():
    book = Book(100_000)
    book.begin({})
    for number in range(2100):
        add(book, changes=[("logged.x", Later(torch.tensor(number)), Later(torch.tensor(number + 1)))])
    assert len(book.later) <= 4097
    assert book.writes()[0].after == 1


def test_a_copy_is_a_book_of_its_own(book):
    add(book, changes=[("optimizer.lr", 1, 2)])
    copied = copy.deepcopy(book)
    add(copied)
    add(copied, changes=[("optimizer.lr", 2, 3)])
    assert (len(book.events(None, None, None)), len(book.writes()), book.totals()[0].calls) == (1, 1, 1)
    assert (len(copied.events(None, None, None)), len(copied.writes()), copied.totals()[0].calls) == (3, 2, 3)


def test_writes_without_values_follow_the_calls_and_never_drive_out_a_change(book):
    book.begin({"A": ("model", "logger")})
    add(book, changes=[("optimizer.lr", 1, 2)])
    for step in range(2, 6):
        add(book, step=step)
        add(book, callback="B", step=step)
    assert book.changes() == (Write(1, "on_train_end", "A", "optimizer.lr", 1, 2, 1),)
    assert [(row.step, row.path, row.before) for row in book.writes()] == [
        (1, "optimizer.lr", 1),
        (4, "model", None),
        (4, "logger", None),
        (5, "model", None),
        (5, "logger", None),
    ]


def test_writes_without_values_are_those_of_the_run(book):
    add(book)
    book.begin({"A": ("model",)})
    add(book)
    book.begin({"B": ("logger",)})
    add(book)
    add(book, callback="B")
    assert [(row.run, row.callback, row.path) for row in book.writes()] == [(1, "A", "model"), (2, "B", "logger")]
