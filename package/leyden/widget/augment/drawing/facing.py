"""How slices of a volume are named and turned on the screen."""

from dataclasses import dataclass
from itertools import permutations
from math import hypot
from typing import Literal, TypeAlias

from leyden.items import Affine

__all__ = ["Convention", "Facing", "facings"]

Convention: TypeAlias = Literal["radiological", "neurological"]
"""Whether the patient's right is at the left of the screen, as if seen from the feet, or at the right."""

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


def facings(affine: Affine | None, *, convention: Convention = "radiological") -> tuple[Facing, Facing, Facing]:
    """Give how the slices across each axis of a volume lie on the screen, in axis order.

    With an affine as radiologists hang them: front or top of the body up, the patient's right at the left, and
    sagittal slices looking to the left. Without one rows lie as they do in memory.

    Args:
        affine: rows that take a place in axis order to mm towards right, anterior and superior.
        convention: at which side of axial and coronal slices the patient's right is.

    Examples:
        >>> scan = ((0.0, 0.0, 1.0, 0.0), (0.0, 1.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
        >>> [(facing.name, facing.flips, facing.letters) for facing in facings(scan)]
        [('axial', (True, True), 'RALP'), ('coronal', (True, True), 'RSLI'), ('sagittal', (True, True), 'ASPI')]
        >>> [facing.letters for facing in facings(scan, convention="neurological")]
        ['LARP', 'LSRI', 'ASPI']
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
    one, two, three = (_facing(axis, worlds, signs, convention) for axis in range(3))
    return (one, two, three)


def _facing(axis: int, worlds: tuple[int, ...], signs: list[int], convention: Convention) -> Facing:
    name, down, right = _SHOWN[worlds[axis]]
    if right[0] == 0 and convention == "neurological":
        right = (0, 1)
    rows, columns = (other for other in range(3) if other != axis)
    transposed = worlds[rows] != down[0]
    if transposed:
        rows, columns = columns, rows
    flips = (signs[rows] != down[1], signs[columns] != right[1])
    # each way leads from the letter at its beginning to the one at its end
    top, bottom = _ends(*down)
    left, end = _ends(*right)
    return Facing(axis, name, transposed, flips, left + top + end + bottom)


def _ends(world: int, way: int) -> tuple[str, str]:
    return (_FROM[world], _TO[world]) if way > 0 else (_TO[world], _FROM[world])
