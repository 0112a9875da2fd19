import heapq
from itertools import product

import pytest
import torch

from leyden.medical.synthetic.growth.spreading import arrival


def ball(count, step, radius):
    along = step * (torch.arange(count) - (count - 1) / 2)
    return (along.view(-1, 1, 1) ** 2 + along.view(1, -1, 1) ** 2 + along.view(1, 1, -1) ** 2).sqrt() - radius


@pytest.mark.parametrize("step", [3.0, 1.0])
def test_at_speed_1_the_time_is_the_distance(step):
    start = ball(round(61 / step), step, 9.0)
    near = (start > 0) & (start < 18)
    time = arrival(start, torch.ones_like(start), step=step, reach=20)
    assert (time - start)[near].abs().max() < 1.6
    assert (time - start)[near].abs().mean() < 0.7
    assert time[start < 0].max() < step


def test_half_the_speed_takes_twice_the_time():
    start = ball(24, 3.0, 9.0)
    fast, slow = (arrival(start, torch.full_like(start, speed), step=3.0, reach=40) for speed in (1.0, 0.5))
    along = (start > 6) & (start < 15)
    assert (slow[along] / fast[along]).mean() == pytest.approx(2, rel=0.1)


def test_a_wall_is_gone_around():
    start = torch.full((9, 9, 9), 100.0)
    start[4, 4, 1] = 0.0
    speed = torch.ones_like(start)
    speed[:, 2:, 4] = 0.01
    time = arrival(start, speed, step=3.0, reach=60)
    straight = arrival(start, torch.ones_like(start), step=3.0, reach=60)
    assert straight[4, 4, 7] == pytest.approx(18, abs=0.1)
    assert 25 < time[4, 4, 7] < 32  # by the gap at y = 1: 8.5 voxels of 3 mm as the crow flies
    assert time[4, 4, 7] < shortest(speed, (4, 4, 1), (4, 4, 7)) * 3 + 0.1


def shortest(speed, first, last):
    """Dijkstra along the edges of the grid, which no front is slower than."""
    best, heap = {first: 0.0}, [(0.0, first)]
    while heap:
        cost, place = heapq.heappop(heap)
        if place == last:
            return cost
        for axis, way in product(range(3), (-1, 1)):
            beside = tuple(at + way * (axis == number) for number, at in enumerate(place))
            if all(0 <= at < 9 for at in beside) and cost + 1 / float(speed[beside]) < best.get(beside, 1e9):
                best[beside] = cost + 1 / float(speed[beside])
                heapq.heappush(heap, (best[beside], beside))
    raise AssertionError("no way")
