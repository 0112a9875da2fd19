"""How slices of a volume are named and turned on the screen."""

from dataclasses import dataclass
from itertools import permutations
from math import hypot

from leyden.items import Affine

__all__ = ["Facing", "facings"]

_TO, _FROM = "RAS", "LPI"
"""Where the world's x, y and z lead to, and where they come from: right, front and top; left, back and bottom."""

_SHOWN = {
    0: ("sagittal", (2, -1), (1, -1)),
    1: ("coronal", (2, -1), (0, -1)),
    2: ("axial", (1, -1), (0, -1)),
}
"""Of a slice across an axis of the world: its name, and which way of which axis leads down and to the right."""


@dataclass(frozen=True)
class Facing:
    """How the slices across one axis lie on the screen.

    Args:
        axis: the axis of the array that slices are across.
        name: `axial`, `coronal` or `sagittal`; `z`, `y` or `x` where nothing says how the volume lies.
        transposed: whether the first of the two other axes runs to the right, not down.
        flips: whether what then runs down, and to the right, is turned round.
        letters: what lies at the left, top, right and bottom edge (`R`, `A`, `L`, `P`); empty where it is not known.
    """

    axis: int
    name: str
    transposed: bool = False
    flips: tuple[bool, bool] = (False, False)
    letters: str = ""

    @property
    def axes(self) -> tuple[int, int]:
        """The axes of the array that run down and to the right."""
        first, second = (axis for axis in range(3) if axis != self.axis)
        return (second, first) if self.transposed else (first, second)


def facings(affine: Affine | None) -> tuple[Facing, Facing, Facing]:
    """Give how the slices across each axis of a volume lie on the screen, in axis order.

    With an affine as radiologists hang them: front or top of the body up, the patient's right at the left, and
    sagittal slices looking to the left. Without one rows lie as they do in memory.

    Args:
        affine: rows that take a place in axis order to mm towards right, anterior and superior.

    Examples:
        >>> scan = ((0.0, 0.0, 1.0, 0.0), (0.0, 1.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
        >>> [(facing.name, facing.flips, facing.letters) for facing in facings(scan)]
        [('axial', (True, True), 'RALP'), ('coronal', (True, True), 'RSLI'), ('sagittal', (True, True), 'ASPI')]
        >>> [facing.name for facing in facings(None)]
        ['z', 'y', 'x']
    """
    if affine is None:
        return (Facing(0, "z"), Facing(1, "y"), Facing(2, "x"))
    columns = [[row[axis] for row in affine[:3]] for axis in range(3)]
    steps = [[entry / (hypot(*column) or 1.0) for entry in column] for column in columns]
    # which axis of the world each axis of the array follows: the best way to give each its own
    worlds = max(permutations(range(3)), key=lambda order: sum(abs(steps[axis][order[axis]]) for axis in range(3)))
    signs = [1 if steps[axis][world] >= 0 else -1 for axis, world in enumerate(worlds)]
    one, two, three = (_facing(axis, worlds, signs) for axis in range(3))
    return (one, two, three)


def _facing(axis: int, worlds: tuple[int, ...], signs: list[int]) -> Facing:
    name, down, right = _SHOWN[worlds[axis]]
    rows, columns = (other for other in range(3) if other != axis)
    transposed = worlds[rows] != down[0]
    if transposed:
        rows, columns = columns, rows
    flips = (signs[rows] != down[1], signs[columns] != right[1])
    # both ways are those that lead to the left, the back or the bottom: their other end is at the top and at the left
    return Facing(axis, name, transposed, flips, _TO[right[0]] + _TO[down[0]] + _FROM[right[0]] + _FROM[down[0]])
