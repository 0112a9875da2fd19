"""Elements that could not be made: what stands in their place, and how steps pass them on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, final

from leyden.errors import DataError

__all__ = ["Broken", "Remainder", "broken_among", "faults_in", "named", "sound", "through"]


@final
@dataclass(frozen=True)
class Broken:
    """Stands in a view where an element could not be made, see `guard`.

    Args:
        index: of the element, in the view that `guard` made.
        problem: what went wrong, on one line.
        inside: where it stands for several elements, such as a batch, those of them that are broken.
        origin: which `guard` of the pipe made it; it tells one element in two windows from two elements.
    """

    index: int
    problem: str
    inside: tuple["Broken", ...] = ()
    origin: tuple[int, ...] = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return f"element {self.index}: {self.problem}"


@final
@dataclass(frozen=True)
class Remainder:
    """An element that was made without some that are broken, such as a batch of the others.

    Args:
        element: what was made.
        faults: the broken ones.
    """

    element: Any
    faults: tuple[Broken, ...]


def through(function: Callable[[Any], Any], element: Any) -> Any:
    """Apply a function to an element of a view; a broken one stays as it is, a remainder keeps its faults.

    Examples:
        >>> through(abs, -1), through(abs, Broken(4, "is cut short"))
        (1, Broken(index=4, problem='is cut short', inside=()))
    """
    if type(element) is Broken:
        return element
    if type(element) is Remainder:
        return Remainder(function(element.element), element.faults)
    return function(element)


def faults_in(elements: Iterable[Any]) -> tuple[Broken, ...]:
    """Every single broken element that these stand for or were made without."""
    faults: list[Broken] = []
    for element in elements:
        if type(element) is Broken:
            faults.extend(element.inside or (element,))
        elif type(element) is Remainder:
            faults.extend(element.faults)
    return tuple(faults)


def sound(elements: Sequence[Any]) -> tuple[list[int], list[Any]]:
    """The elements that are not broken and their places in the row, for what can be made without the others."""
    places = [place for place, element in enumerate(elements) if type(element) is not Broken]
    whole = [elements[place] for place in places]
    return places, [each.element if type(each) is Remainder else each for each in whole]


def broken_among(elements: Sequence[Any], index: int) -> Broken | None:
    """What stands for a whole that cannot be made without any of its parts; None if all of them are sound."""
    faults = faults_in(elements)
    if len(faults) == 0:
        return None
    more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
    return Broken(index, f"is made of broken elements ({faults[0]}{more})", faults)


def named(error: Exception) -> str:
    """An error in words, on one line; the kind of error is left out where leyden wrote the words."""
    words = str(error) if isinstance(error, DataError) else f"{type(error).__name__}: {error}"
    return " ".join(words.split())
