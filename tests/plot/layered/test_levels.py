from hypothesis import given
from hypothesis import strategies as st

from leyden.plot.layered.levels import levels, ordered

PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] != pair[1]), max_size=25)


@given(PAIRS)
def test_the_order_holds_every_vertex_once(pairs):
    assert sorted(ordered(10, pairs)) == list(range(10))


@given(PAIRS)
def test_without_circles_every_arrow_points_forward(pairs):
    pairs = [(min(pair), max(pair)) for pair in pairs]
    rank = {vertex: place for place, vertex in enumerate(ordered(10, pairs))}
    assert all(rank[first] < rank[then] for first, then in pairs)


def test_a_circle_costs_one_arrow_that_points_back():
    pairs = [(0, 1), (1, 2), (2, 3), (3, 0)]
    rank = {vertex: place for place, vertex in enumerate(ordered(4, pairs))}
    assert sum(rank[first] > rank[then] for first, then in pairs) == 1


@given(PAIRS, st.integers(10, 60))
def test_arrows_lead_down_and_levels_are_no_wider_than_the_page(pairs, limit):
    pairs = [(min(pair), max(pair)) for pair in pairs]
    widths = [10 + place for place in range(10)]
    found = levels(ordered(10, pairs), pairs, widths, limit=limit)
    assert all(found[first] < found[then] for first, then in pairs)
    assert sorted(set(found)) == list(range(max(found) + 1))
    for level in set(found):
        row = [widths[vertex] for vertex in range(10) if found[vertex] == level]
        assert sum(row) <= limit or len(row) == 1


def test_what_nothing_leads_to_stands_just_above_what_it_leads_to_unless_it_is_to_stay_high():
    pairs = [(0, 1), (1, 2), (3, 2)]
    assert levels([0, 3, 1, 2], pairs, [1] * 4, limit=9) == [0, 1, 2, 1]
    assert levels([0, 3, 1, 2], pairs, [1] * 4, limit=9, high=[0, 3]) == [0, 1, 2, 0]


def test_what_has_no_arrows_stands_at_the_bottom():
    assert levels([0, 1, 2], [(1, 2)], [1] * 3, limit=9) == [2, 0, 1]
