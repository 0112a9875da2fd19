"""Levels of sparsity, one after the other, as plain numbers; and shares that fade, for regrowth."""

import math
from collections.abc import Iterable
from itertools import accumulate

from leyden.errors import PruneError

__all__ = ["annealed", "check_levels", "geometric", "gradual"]


def gradual(stop: float, steps: int, *, start: float = 0.0, power: float = 3.0) -> tuple[float, ...]:
    """Rise fast at first, while there is much that can be spared, and ever slower.

    Args:
        stop: the last level, from `start` to below 1.
        steps: how many levels, 1 or more; with 1 all is pruned at once.
        start: how much is pruned already, which is no level of its own.
        power: above 0; 1 makes all steps alike, and the higher, the more goes early.

    Returns:
        `steps` levels; `stop` is the last, exactly.

    Raises:
        PruneError: if a level, the number of steps or the power is none.

    Examples:
        >>> [round(level, 3) for level in gradual(0.8, 4)]
        [0.463, 0.7, 0.788, 0.8]
        >>> [round(level, 3) for level in gradual(0.8, 4, start=0.4, power=1)]
        [0.5, 0.6, 0.7, 0.8]

    Source:
        Zhu and Gupta, To prune, or not to prune, arXiv 1710.01878, 2017, equation 1, without its first value, which
        is `start` itself; its power is 3.
    """
    faults = _faults(stop, steps, start)
    if not (_is_number(power) and 0 < power < math.inf):
        faults.append(f"power is a finite number above 0; {power!r} was given")
    _raise_for(faults)
    left = [(1 - step / steps) ** power for step in range(1, steps)]
    return _rising((stop + (start - stop) * share for share in left), start=start, stop=stop)


def geometric(stop: float, steps: int, *, start: float = 0.0) -> tuple[float, ...]:
    """Take the same share of what is left each time, as the rounds of the lottery ticket do.

    Args:
        stop: the last level, from `start` to below 1.
        steps: how many levels, 1 or more.
        start: how much is pruned already, which is no level of its own.

    Returns:
        `steps` levels; `stop` is the last, exactly.

    Raises:
        PruneError: if a level or the number of steps is none.

    Examples:
        >>> [round(level, 3) for level in geometric(0.488, 3)]
        [0.2, 0.36, 0.488]

    Source:
        Frankle and Carbin, The lottery ticket hypothesis, ICLR 2019, section 1: over n rounds, each prunes p^(1/n) % of
        the weights that survive the one before; there p is what goes in all, and a fifth in each round.
    """
    _raise_for(_faults(stop, steps, start))
    left = [(1 - start) ** (1 - step / steps) * (1 - stop) ** (step / steps) for step in range(1, steps)]
    return _rising((1 - share for share in left), start=start, stop=stop)


def annealed(share: float, steps: int) -> tuple[float, ...]:
    """Let a share fade to nothing along half a wave of the cosine: how much `regrow` exchanges each time.

    Args:
        share: the first one, above 0 to below 1.
        steps: how many, 1 or more.

    Returns:
        `steps` shares; the one after the last would be zero.

    Raises:
        PruneError: if the share or the number of steps is none.

    Examples:
        >>> [round(share, 3) for share in annealed(0.3, 4)]
        [0.3, 0.256, 0.15, 0.044]

    Source:
        Evci, Gale, Menick, Castro and Elsen, Rigging the lottery, ICML 2020, section 3, "Update schedule"; its share is
        0.3, and it ends after three quarters of the training.
    """
    faults = [] if _is_number(share) and 0 < share < 1 else [f"a share is above 0 and below 1; {share!r} was given"]
    _raise_for(faults + _step_faults(steps))
    return tuple(share / 2 * (1 + math.cos(math.pi * step / steps)) for step in range(steps))


def check_levels(levels: object) -> tuple[float, ...]:
    """Give levels of sparsity as they were given, once they are known to be some, and to rise.

    Args:
        levels: numbers from 0 to below 1, none smaller than the one before.

    Raises:
        PruneError: if they are not; all faults at once.

    Examples:
        >>> check_levels([0.5, 0.8])
        (0.5, 0.8)
        >>> check_levels([0.8, 0.5, 1.0])
        Traceback (most recent call last):
        leyden.errors.PruneError: levels: 0.5 comes after 0.8, but what is pruned stays pruned; 1.0 is not a share ...
    """
    shares = tuple(levels) if isinstance(levels, Iterable) and not isinstance(levels, str) else ()
    if not shares:
        raise PruneError(f"levels are a tuple of shares, as gradual(0.9, 10) gives; {levels!r} was given")
    faults, before = [], 0.0
    for level in shares:
        if not (_is_number(level) and 0 <= level < 1):
            faults.append(f"{level!r} is not a share from 0 to below 1")
        elif level < before:
            faults.append(f"{level!r} comes after {before!r}, but what is pruned stays pruned")
        else:
            before = level
    if faults:
        raise PruneError(f"levels: {'; '.join(faults)}")
    return shares


def _rising(levels: Iterable[float], *, start: float, stop: float) -> tuple[float, ...]:
    # what is rounded in the last digit may fall a little
    return (*accumulate((min(max(level, start), stop) for level in levels), max), stop)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _step_faults(steps: object) -> list[str]:
    known = isinstance(steps, int) and not isinstance(steps, bool) and steps >= 1
    return [] if known else [f"steps is a whole number of 1 or more; {steps!r} was given"]


def _faults(stop: float, steps: int, start: float) -> list[str]:
    faults = [
        f"{name} is a share from 0 to below 1; {value!r} was given"
        for name, value in (("stop", stop), ("start", start))
        if not (_is_number(value) and 0 <= value < 1)
    ]
    if not faults and stop < start:
        faults.append(f"stop is not below start; {stop!r} and {start!r} were given")
    return faults + _step_faults(steps)


def _raise_for(faults: list[str]) -> None:
    if faults:
        raise PruneError("; ".join(faults))
