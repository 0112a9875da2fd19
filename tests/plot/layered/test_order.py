import itertools
import random

from leyden.plot.layered.order import crossings, untangle
from leyden.plot.layered.slots import Slot


def grid(sizes, pairs):
    """Rows of so many slots, joined by (row, place, place in the next row)."""
    rows = [[Slot("box", row, 10, 10) for _ in range(size)] for row, size in enumerate(sizes)]
    for row, one, other in pairs:
        rows[row][one].below.append(rows[row + 1][other])
        rows[row + 1][other].above.append(rows[row][one])
    return rows


def slow_crossings(rows):
    count = 0
    for upper, lower in itertools.pairwise(rows):
        lines = [(upper.index(slot), lower.index(end)) for slot in upper for end in slot.below]
        count += sum((a - c) * (b - d) < 0 for (a, b), (c, d) in itertools.combinations(lines, 2))
    return count


def some_grid(seed, sizes=(4, 5, 4)):
    draw = random.Random(seed)
    pairs = [(row, draw.randrange(a), draw.randrange(b)) for row, (a, b) in enumerate(itertools.pairwise(sizes))
             for _ in range(6)]  # fmt: skip
    return grid(sizes, set(pairs))


def test_crossings_are_those_that_a_look_at_all_pairs_counts():
    for seed in range(30):
        rows = some_grid(seed)
        assert crossings(rows) == slow_crossings(rows)


def test_two_crossed_lines_are_untangled():
    rows = grid((2, 2), [(0, 0, 1), (0, 1, 0)])
    assert crossings(rows) == 1
    assert all(crossings(order) == 0 for order in untangle(rows))


def test_small_graphs_come_near_the_fewest_crossings_there_are():
    wanted = found = 0
    for seed in range(12):
        rows = some_grid(seed, (3, 4, 3))
        orders = itertools.product(*(itertools.permutations(row) for row in rows))
        wanted += min(crossings(order) for order in orders)
        found += crossings(untangle(rows)[0])
    assert found <= wanted + 1


def test_every_order_has_equally_few_crossings_all_slots_and_the_rows_given_stay():
    rows = some_grid(3)
    before = [list(row) for row in rows]
    orders = untangle(rows)
    assert rows == before
    assert len({crossings(order) for order in orders}) == 1
    assert all([set(map(id, row)) for row in order] == [set(map(id, row)) for row in rows] for order in orders)
