import threading

from leyden import data
from leyden.augment import Flip
from leyden.widget.workbench.feed import Feed, Stock
from leyden.widget.workbench.source import Given


def seeded(move):
    return list(range(6)) | data.map(lambda number: (move and move.axis, number)) | data.shuffle(seed=0)


def test_a_run_keeps_to_what_was_chosen_when_it_began():
    chosen, runs = [Flip("x")], ["first"]
    feed = Feed(Stock(Given(seeded, None, None), lambda: chosen[0]), lambda: runs[0])
    assert {axis for axis, _ in feed} == {"x"}
    chosen[0] = Flip("y")
    assert {axis for axis, _ in feed} == {"x"}
    runs[0] = "second"
    assert {axis for axis, _ in feed} == {"y"}
    assert feed.move == Flip("y")
    assert len(feed) == 6


def test_every_run_begins_with_the_draws_of_the_first_epoch_whatever_else_is_looped_over():
    runs = ["first"]
    stock = Stock(Given(seeded, None, None), lambda: None)
    feed, other = Feed(stock, lambda: runs[0]), Feed(stock, object)
    first = [list(feed), list(other), list(feed)]
    runs[0] = "second"
    again = [list(feed), list(feed)]
    assert again == [first[0], first[2]]
    assert first[0] != first[2]
    assert first[1] == first[0]


def test_batches_are_made_once_for_one_choice():
    made = []
    stock = Stock(Given(lambda move: made.append(move) or [move], ["held out"], None), lambda: Flip("x"))
    assert list(Feed(stock, object)) == list(Feed(stock, object)) == [Flip("x")]
    assert stock.held_out == ["held out"]
    assert made == [Flip("x")]


def test_a_loop_waits_while_a_file_is_written():
    stock = Stock(Given(lambda _: [1], None, None), lambda: None)
    seen = []
    with stock.gate:
        waiting = threading.Thread(target=lambda: seen.extend(Feed(stock, object)))
        waiting.start()
        waiting.join(0.1)
        assert seen == []
    waiting.join(10)
    assert seen == [1]
