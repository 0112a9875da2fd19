import pytest

from leyden.medical.case.grids import corner_gap, disagreements

HERE = ((0.0, 0.0, 1.0, 0.0), (0.0, 1.0, 0.0, 0.0), (3.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))


def moved(shift):
    return ((0.0, 0.0, 1.0, shift), *HERE[1:])


def test_the_gap_is_that_of_the_farthest_corner():
    assert corner_gap((4, 10, 10), HERE, HERE) == 0
    assert corner_gap((4, 10, 10), HERE, moved(2.5)) == 2.5
    flipped = ((0.0, 0.0, -1.0, 9.0), *HERE[1:])
    assert corner_gap((4, 10, 10), HERE, flipped) == 9


@pytest.mark.parametrize(("shift", "fine"), [(0.0, True), (0.05, True), (0.11, False), (0.5, False)])
def test_headers_may_round_and_grids_may_not_be_shifted(shift, fine):
    grids = {"t1": ((4, 10, 10), HERE), "t2": ((4, 10, 10), moved(shift))}
    assert disagreements(grids) == ([] if fine else [f"t2 lies up to {shift:.3g} mm off t1"])


def test_other_sizes_are_told_as_such():
    grids = {"t1": ((4, 10, 10), HERE), "flair": ((4, 10, 9), moved(50.0))}
    assert disagreements(grids) == ["flair is 4 x 10 x 9 voxels, t1 4 x 10 x 10"]


@pytest.mark.parametrize("where", [0, 1, 2])
def test_a_grid_that_lies_nowhere_is_no_grid_of_the_others(where):
    nowhere = ((float("nan"), *HERE[0][1:]), *HERE[1:])
    names = ("t1", "t2", "flair")
    grids = {name: ((2, 4, 4), nowhere if place == where else HERE) for place, name in enumerate(names)}
    # of the first it is said by whoever reads it, and nothing can be compared with it
    assert disagreements(grids) == [f"{names[where]} does not say in its header where its voxels lie"] * bool(where)
