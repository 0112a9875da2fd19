"""The choice between steps as a verb, for the seed that `*` has no room for."""

from leyden.data.pipe.seed import checked_seed
from leyden.data.pipe.step import Choice, Step
from leyden.data.pipe.view import Element
from leyden.errors import DataError

__all__ = ["choose"]


def choose(*steps: Element, seed: int = 0) -> Step:
    """One of several steps, drawn anew for every element and epoch, all with equal chances.

    With seed 0 it is what `*` makes: `choose(a, b, c) == a * b * c`. What is drawn depends on the seed, the epoch, the
    element's index and how many choices lie beneath.

    Args:
        steps: at least two, each of which keeps the number of elements.
        seed: names the stream of draws.

    Raises:
        DataError: there are fewer than two, one is no step, or the seed is no whole number.

    Examples:
        >>> import leyden as ly
        >>> step = choose(ly.data.map(abs), ly.data.map(str), seed=2)
        >>> list([-1, -2, -3, -4] | step), step
        (['-1', 2, '-3', '-4'], choose(map(abs), map(str), seed=2))
    """
    wrong = [each for each in steps if not isinstance(each, Step)]
    if wrong or len(steps) < 2:
        raise DataError(f"choose takes at least two steps; given {len(steps)}, of which {len(wrong)} are no steps")
    return Step((Choice(steps, seed=checked_seed(seed)),))
