"""How far a parameter can sensibly be turned: what its docstring says, what its value says, what its class takes."""

import math
import re
from collections.abc import Callable
from functools import cache
from inspect import getdoc
from typing import Any, NamedTuple

from leyden.errors import LeydenError

__all__ = ["Ends", "accepted", "ends_of", "sensible", "sentence"]

_INTERVALS = (r"(-?\d+(?:\.\d+)?) ?\.\. ?(-?\d+(?:\.\d+)?)", r"between (-?\d+(?:\.\d+)?) and (-?\d+(?:\.\d+)?)")
_HALVINGS = 9  # until the last value that is taken is known to a five-hundredth of the range


class Ends(NamedTuple):
    """The least and the greatest value that makes sense."""

    low: float
    high: float


def ends_of(value: Any) -> tuple[Any, ...]:
    """The ends of a range, or one number by itself, in a tuple."""
    return value if isinstance(value, tuple) else (value,)


@cache
def sentence(owner: type, field: str) -> str:
    """What the docstring of a class says of a parameter, on one line; empty where it says nothing.

    Examples:
        >>> from leyden.augment import Maybe
        >>> sentence(Maybe, "p")
        'the probability, 0..1.'
    """
    lines = (getdoc(owner) or "").splitlines()
    found = [number for number, line in enumerate(lines) if re.match(rf"\s+{re.escape(field)}: ", line)]
    if not found:
        return ""
    indent = len(lines[found[0]]) - len(lines[found[0]].lstrip())
    said = [lines[found[0]].partition(": ")[2]]
    for line in lines[found[0] + 1 :]:
        if not line.strip() or len(line) - len(line.lstrip()) <= indent:
            break
        said.append(line.strip())
    return " ".join(said)


def sensible(field: str, value: Any, *, about: str, pixels: int | None) -> Ends:
    """Guess the ends from words and value; what stands there always fits.

    Args:
        field: what the parameter is called.
        value: a number, or the ends of a range.
        about: what is said of it.
        pixels: for what counts, the highest that a number of pixels may become; None for what does not count.

    Examples:
        >>> sensible("degrees", (-15, 15), about="", pixels=None)
        Ends(low=-180.0, high=180.0)
        >>> sensible("p", 0.5, about="the probability, 0..1.", pixels=None)
        Ends(low=0.0, high=1.0)
    """
    ends = ends_of(value)
    reach = max(map(abs, ends))
    told = next((found.groups() for pattern in _INTERVALS if (found := re.search(pattern, about))), None)
    if pixels is not None:
        counts = "pixel" in about or "size" in about or reach > 32
        low, high = 0.0, float(pixels if counts else max(10, 4 * reach))
    elif told is not None and reach <= max(map(abs, map(float, told))):
        low, high = (float(end) for end in told)
    elif "degrees" in field or "in degrees" in about:
        low, high = 0.0, 180.0
    else:
        low, high = 0.0, 1.0 if reach < 1 else _round_up(2 * reach)
    if isinstance(value, tuple) and low == 0 and (min(ends) < 0 or not reach):
        low = -high
    return Ends(float(min(low, *ends)), float(max(high, *ends)))


def accepted(ends: Ends, value: Any, takes: Callable[[Any], Any]) -> Ends:
    """Draw the ends in to what is taken, to a five-hundredth of the way from the value.

    Args:
        ends: where to try first.
        value: a number, or the ends of a range; it is taken.
        takes: raises what is of leyden where a value is refused.

    Examples:
        >>> from leyden.augment import Shear
        >>> accepted(Ends(-90.0, 90.0), (-5.0, 5.0), Shear)
        Ends(low=-89.8, high=89.8)
    """
    low, high = value if isinstance(value, tuple) else (value, value)
    pair = isinstance(value, tuple)
    return Ends(
        _last(float(low), ends.low, lambda end: takes((end, high) if pair else end)),
        _last(float(high), ends.high, lambda end: takes((low, end) if pair else end)),
    )


def _last(good: float, end: float, takes: Callable[[Any], Any]) -> float:
    """The value nearest to an end that is taken, as a round number."""

    def fits(value: float) -> bool:
        try:
            takes(value)
        except LeydenError:
            return False
        return True

    if fits(end):
        return end
    bad, start = end, good
    for _ in range(_HALVINGS):
        middle = (good + bad) / 2
        good, bad = (middle, bad) if fits(middle) else (good, middle)
    room = abs(end - start)
    digits = max(0, 2 - math.floor(math.log10(room))) if room else 0
    scale = 10.0 ** min(digits, 3)
    inward = math.floor(good * scale) / scale if end > start else math.ceil(good * scale) / scale
    return inward if fits(inward) else good


def _round_up(value: float) -> float:
    """The next round number."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(
        power * factor for factor in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if power * factor >= value * (1 - 1e-9)
    )
