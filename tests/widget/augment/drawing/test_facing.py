from itertools import permutations, product

import pytest

from leyden.widget.augment.drawing.facing import facings

STEPS = {"R": (1, 0, 0), "L": (-1, 0, 0), "A": (0, 1, 0), "P": (0, -1, 0), "S": (0, 0, 1), "I": (0, 0, -1)}
HUNG = {"axial": "RALP", "coronal": "RSLI", "sagittal": "ASPI"}


def affine_of(ways):
    """Where each axis of the array leads, written as NIfTI writes it."""
    columns = [STEPS[way] for way in ways]
    return (*((*(float(column[row]) for column in columns), 0.0) for row in range(3)), (0.0, 0.0, 0.0, 1.0))


@pytest.mark.parametrize("axes", list(permutations(("RL", "AP", "SI"))))
def test_slices_hang_as_radiologists_hang_them_however_the_scan_lies_in_memory(axes):
    for ways in product(*axes):
        found = facings(affine_of(ways))
        assert sorted(facing.name for facing in found) == ["axial", "coronal", "sagittal"]
        for facing in found:
            down, right = facing.axes
            toward = {way for axis, flip in zip((down, right), facing.flips, strict=True)
                      for way in (ways[axis] if not flip else OPPOSITE[ways[axis]])}  # fmt: skip
            left, top, far, bottom = facing.letters
            assert facing.letters == HUNG[facing.name]
            assert toward == {bottom, far}
            assert (OPPOSITE[far], OPPOSITE[bottom]) == (left, top)


OPPOSITE = {"R": "L", "L": "R", "A": "P", "P": "A", "S": "I", "I": "S"}


def test_an_oblique_scan_is_named_by_what_it_is_nearest_to():
    tilted = ((0.1, 0.2, 0.97, 0.0), (0.3, 0.93, -0.2, 0.0), (0.95, -0.3, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
    assert [facing.name for facing in facings(tilted)] == ["axial", "coronal", "sagittal"]


def test_without_an_affine_rows_lie_as_in_memory():
    for axis, facing in enumerate(facings(None)):
        assert (facing.name, facing.flips, facing.transposed, facing.letters) == (
            "zyx"[axis],
            (False, False),
            False,
            "",
        )


def test_the_neurological_convention_puts_the_right_at_the_right():
    scan = ((0.0, 0.0, -1.0, 0.0), (0.0, -1.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
    one, two = (facings(scan, convention=name) for name in ("radiological", "neurological"))
    assert [facing.letters for facing in one] == ["RALP", "RSLI", "ASPI"]
    assert [facing.letters for facing in two] == ["LARP", "LSRI", "ASPI"]
    turned = [first.flips[1] != second.flips[1] for first, second in zip(one, two, strict=True)]
    assert turned == [True, True, False]
    assert [first.flips[0] for first in one] == [second.flips[0] for second in two]
