import copy
from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from leyden.train.log.ring import Ring


@given(st.integers(1, 12), st.lists(st.tuples(st.integers(0, 99), st.floats(allow_nan=False)), max_size=40))
def test_a_ring_is_a_queue_of_bounded_length(keep, rows):
    ring, queue = Ring(keep), deque(maxlen=keep)
    for step, seconds in rows:
        ring.add(step, 1, 2, 0.5, seconds)
        queue.append((step, 1, 2, 0.5, seconds))
    assert ring.rows() == list(queue)
    assert list(ring.newest_first()) == list(queue)[::-1]
    assert (len(ring), ring.count) == (len(queue), len(rows))


def test_memory_follows_the_rows_and_not_what_may_be_kept():
    ring = Ring(10**9)
    ring.add(1, 0, 0, 0.0, 0.0)
    assert ring.rows() == [(1, 0, 0, 0.0, 0.0)]


def test_numbers_keep_all_their_digits():
    ring = Ring(1)
    row = (2**40, 2**31, 2**31, 1 / 3, 1e-300)
    ring.add(*row)
    assert ring.rows() == [row]


def test_more_rows_than_a_piece_of_memory_are_kept():
    ring = Ring(3000)
    for step in range(5000):
        ring.add(step, 0, 0, 0.0, 0.0)
    assert [row[0] for row in copy.deepcopy(ring).rows()] == list(range(2000, 5000))
