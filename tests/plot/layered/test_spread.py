import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leyden.plot.layered.slots import Slot
from leyden.plot.layered.spread import spread, squeezed

PLACES = st.lists(st.tuples(st.floats(-50, 50), st.floats(0.5, 5), st.floats(0, 20)), min_size=1, max_size=6)


def cost(places, wanted, weights):
    return float(np.sum(np.array(weights) * (np.array(places) - np.array(wanted)) ** 2))


@given(PLACES, st.integers(0, 2**32 - 1))
def test_squeezed_places_keep_their_distance_and_no_others_that_do_come_nearer(rows, seed):
    wanted, weights, rooms = ([row[part] for row in rows] for part in range(3))
    rooms = rooms[1:]
    found = squeezed(wanted, weights, rooms)
    assert all(right - left >= room - 1e-9 for left, right, room in zip(found, found[1:], rooms, strict=False))
    moved = np.random.default_rng(seed)
    for _ in range(20):  # the cost is convex: what is best nearby is best
        other = list(np.array(found) + moved.normal(0, 0.1, len(found)))
        if all(right - left >= room for left, right, room in zip(other, other[1:], rooms, strict=False)):
            assert cost(other, wanted, weights) >= cost(found, wanted, weights) - 1e-9


def chain(*kinds):
    slots = [Slot(kind, row, 40 if kind == "box" else 2, 20) for row, kind in enumerate(kinds)]
    for upper, lower in itertools.pairwise(slots):
        upper.below.append(lower)
        lower.above.append(upper)
    return slots


def test_a_chain_is_a_straight_line_from_the_left_edge():
    slots = chain("box", "tag", "box", "bend", "box")
    spread([[slot] for slot in slots])
    assert {slot.x for slot in slots} == {20.0}


def test_a_parent_stands_over_the_middle_of_its_children():
    top = Slot("box", 0, 40, 20)
    below = [Slot("box", 1, 40, 20, above=[top]) for _ in range(3)]
    top.below = below
    spread([[top], below])
    assert top.x == pytest.approx(below[1].x)
    assert below[1].x - below[0].x >= 40 + 26


def test_rows_without_lines_stand_in_the_middle_below():
    slots = chain("box", "bend", "box")
    alone = [Slot("box", 3, 40, 20), Slot("box", 3, 40, 20)]
    spread([*([slot] for slot in slots), alone])
    assert (alone[0].x + alone[1].x) / 2 == pytest.approx(slots[0].x)
