"""Which vertex stands on which level: every arrow leads down, and no level is wider than a page."""

from collections.abc import Collection, Iterable, Sequence

__all__ = ["levels", "ordered"]

_Pair = tuple[int, int]


def ordered(count: int, pairs: Iterable[_Pair]) -> list[int]:
    """All vertices, each after those that lead to it; where they lead in a circle, few arrows point back.

    Args:
        count: how many vertices.
        pairs: (from, to), by number; one to itself is passed over.

    Returns:
        Numbers; of those that could come next, the lowest does.

    Source:
        Eades, Lin and Smyth 1993, A fast and effective heuristic for the feedback arc set problem.

    Examples:
        >>> ordered(3, [(2, 0), (0, 1)]), ordered(3, [(0, 1), (1, 2), (2, 0)])
        ([2, 0, 1], [0, 1, 2])
    """
    left = dict.fromkeys(range(count))
    above: list[set[int]] = [set() for _ in left]
    below: list[set[int]] = [set() for _ in left]
    for first, then in pairs:
        if first != then:
            above[then].add(first)
            below[first].add(then)
    done: list[int] = []
    while left:
        free = next((vertex for vertex in left if not above[vertex]), None)
        chosen = max(left, key=lambda each: len(below[each]) - len(above[each])) if free is None else free
        del left[chosen]
        done.append(chosen)
        for other in below[chosen]:
            above[other].discard(chosen)
        for other in above[chosen]:
            below[other].discard(chosen)
    return done


def levels(
    order: Sequence[int],
    pairs: Iterable[_Pair],
    widths: Sequence[float],
    *,
    limit: float,
    high: Collection[int] = (),
) -> list[int]:
    """The level of every vertex, 0 the highest: below all that lead to it, where there is room.

    A vertex that nothing leads to comes down to just above those that it leads to; one without arrows stands below
    all others.

    Args:
        order: all vertices, each after those that lead to it.
        pairs: (from, to), all of them down that order.
        widths: of every vertex, with the room around it.
        limit: widest a level may be; one vertex alone may be wider.
        high: vertices that stay as high as they can.

    Examples:
        >>> levels([0, 1, 2, 3], [(0, 1), (1, 2)], [10, 10, 10, 10], limit=100)
        [0, 1, 2, 3]
        >>> levels([0, 4, 1, 2, 3], [(0, 1), (0, 2), (0, 3), (4, 3)], [10] * 5, limit=20)
        [0, 1, 1, 2, 0]
    """
    above, below = _neighbours(order, pairs)
    page = _Page(widths, limit)
    bare = [each for each in order if not (above[each] or below[each]) and each not in high]
    for vertex in (each for each in order if above[each] or below[each] or each in high):
        page.place(vertex, max((page.level[other] + 1 for other in above[vertex]), default=0))
    for vertex in reversed([each for each in order if not above[each] and below[each] and each not in high]):
        nearest = min(page.level[other] for other in below[vertex]) - 1
        page.lower(vertex, nearest)
    last = max(page.level.values(), default=-1) + 1
    for vertex in bare:
        page.place(vertex, last)
    used = {level: place for place, level in enumerate(sorted(set(page.level.values())))}
    return [used[page.level[vertex]] for vertex in range(len(order))]


def _neighbours(order: Sequence[int], pairs: Iterable[_Pair]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    above: dict[int, list[int]] = {vertex: [] for vertex in order}
    below: dict[int, list[int]] = {vertex: [] for vertex in order}
    for first, then in pairs:
        above[then].append(first)
        below[first].append(then)
    return above, below


class _Page:
    """Levels as they fill."""

    def __init__(self, widths: Sequence[float], limit: float) -> None:
        self.level: dict[int, int] = {}
        self._widths, self._limit = widths, limit
        self._used: dict[int, float] = {}

    def place(self, vertex: int, level: int) -> None:
        """On the first level from a given one on that has room."""
        while not self._room(vertex, level):
            level += 1
        self._used[level] = self._used.get(level, 0.0) + self._widths[vertex]
        self.level[vertex] = level

    def lower(self, vertex: int, nearest: int) -> None:
        """To the lowest level above a given one, that one included, that has room."""
        for level in range(nearest, self.level[vertex], -1):
            if self._room(vertex, level):
                self._used[self.level[vertex]] -= self._widths[vertex]
                self.place(vertex, level)
                return

    def _room(self, vertex: int, level: int) -> bool:
        used = self._used.get(level, 0.0)
        return used == 0.0 or used + self._widths[vertex] <= self._limit
