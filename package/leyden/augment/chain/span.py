"""Ranges at the door: in order, finite, and angles in degrees."""

from math import degrees, isclose, isfinite, pi
from numbers import Real

from leyden.augment.chain.chance import Range, interval

__all__ = ["degree_rules", "finite", "ordered", "pair", "reads_as_radians", "share_rules"]

_CIRCLE = 6.2832
"""Radians of a whole turn, rounded up; nobody turns further by mistake."""

_PI = 1e-6
"""Relative; what pi lacks when it is written with five decimals."""


def finite(*values: object) -> bool:
    """Tell whether all of some values are numbers, and finite.

    Args:
        values: whatever was given.

    Examples:
        >>> finite(1, 0.5), finite(float("inf")), finite("1"), finite([1, 2])
        (True, False, False, False)
    """
    return all(isinstance(value, Real) and isfinite(value) for value in values)


def pair(span: object) -> bool:
    """Tell whether something is a tuple of two finite numbers.

    Args:
        span: whatever was given.

    Examples:
        >>> pair((0, 1)), pair([0, 1]), pair(1), pair((0, 1, 2))
        (True, False, False, False)
    """
    return isinstance(span, tuple) and len(span) == 2 and finite(*span)


def ordered(span: Range, *, above: float = -float("inf"), below: float = float("inf")) -> bool:
    """Tell whether a range is low <= high, both finite and between two bounds, which are left out.

    Args:
        span: the range.
        above: what low must be above.
        below: what high must be below.

    Returns:
        False also for what is no range: a list, an array, a word, three numbers.

    Examples:
        >>> ordered(15), ordered((3, 2)), ordered((0, 1), above=0), ordered(float("nan"))
        (True, False, False, False)
    """
    if not pair(span) and not finite(span):
        return False
    low, high = interval(span)
    return above < low <= high < below


def reads_as_radians(angle: float) -> bool:
    """Tell whether a number that should be degrees was meant as radians.

    It is taken for radians if it is below 1 (a turn that nobody would see), if it is a whole number of degrees when
    read as radians (`math.pi / 7.2` is 25), or if it is a twelfth of pi, times a whole number up to 24, rounded to
    two to four decimals (1.57, 3.1416) or made with pi as 3.14159. Whole numbers and numbers with one decimal from 1 on
    are always degrees.

    Args:
        angle: what was given.

    Examples:
        >>> [reads_as_radians(angle) for angle in (pi / 12, 0.5, 1.57, 3.1416)]
        [True, True, True, True]
        >>> [reads_as_radians(angle) for angle in (0, 1, 1.5, 2.25, 15, 30.0)]
        [False, False, False, False, False, False]
    """
    size = abs(angle)
    if not 0 < size <= _CIRCLE or (size >= 1 and float(10 * size).is_integer()):
        return False
    nearest = pi / 12 * round(size / (pi / 12))
    rounded = any(round(nearest, decimals) == size for decimals in (2, 3, 4)) or isclose(size, nearest, rel_tol=_PI)
    return size < 1 or rounded or isclose(degrees(size), round(degrees(size)), rel_tol=1e-9)


def share_rules(span: Range) -> dict[str, bool]:
    """Give the rules for a range of shares of a length, for `check`.

    One number that reads as pixels is refused; as (low, high) it is taken as the share that it says.

    Args:
        span: shares.

    Examples:
        >>> share_rules(0.1)
        {'finite low <= high': True}
        >>> list(share_rules(10))[-1]
        'shares of a length, and 10 is 1000 % of it; give pixels / length, or (-10, 10) to insist'
    """
    rules = {"finite low <= high": ordered(span)}
    if isinstance(span, int | float) and abs(span) > 1:
        told = f"shares of a length, and {span:g} is {100 * span:g} % of it; give pixels / length, or (-{span:g}, "
        rules[f"{told}{span:g}) to insist"] = False
    return rules


def degree_rules(span: Range, *, bound: float = float("inf")) -> dict[str, bool]:
    """Give the rules for a range of angles, for `check`.

    One number that reads as radians is refused; as (low, high) it is taken as the degrees that it says.

    Args:
        span: in degrees.
        bound: what both ends must stay below, in size.

    Examples:
        >>> degree_rules(15)
        {'finite low <= high in degrees': True}
        >>> list(degree_rules(0.5))[-1]
        'degrees, and 0.5 looks like radians: as such it is 28.65 degrees, so give 28.65, or (-0.5, 0.5) to insist'
    """
    words = "finite low <= high in degrees" if bound == float("inf") else f"-{bound} < low <= high < {bound} in degrees"
    rules = {words: ordered(span, above=-bound, below=bound)}
    if finite(span) and not isinstance(span, tuple) and reads_as_radians(span):
        given, meant = f"{span:.4g}", f"{degrees(span):.4g}"
        told = f"degrees, and {given} looks like radians: as such it is {meant} degrees"
        rules[f"{told}, so give {meant}, or (-{given}, {given}) to insist"] = False
    return rules
