"""Numbers by chance, and how their ranges are written."""

from numbers import Real
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor

from leyden.errors import DrawError

__all__ = ["Range", "check", "demand_generator", "interval", "range_text", "seed_number", "seeded", "uniform"]

Range: TypeAlias = float | tuple[float, float]
"""A number a for everything from -a to a, or (low, high)."""

_SEEDS = 2**31
"""How many seeds there are: as many as whole numbers that every generator takes and a JSON number holds."""


def uniform(generator: torch.Generator) -> float:
    """Draw an even number from 0 to below 1, in double precision, from this generator alone.

    Examples:
        >>> generator = torch.Generator().manual_seed(3)
        >>> [uniform(generator) < 0.5 for _ in range(4)]  # four coins
        [True, True, False, True]
    """
    return torch.rand((), generator=generator, device=generator.device, dtype=torch.float64).item()


def demand_generator(generator: object) -> None:
    """Raise if chance is asked of something that is no generator of torch.

    Args:
        generator: whatever was given.

    Raises:
        DrawError: it is none.

    Examples:
        >>> demand_generator(7)
        Traceback (most recent call last):
        leyden.errors.DrawError: wants a torch.Generator to draw from, got 7; give torch.Generator().manual_seed(7)
    """
    if not isinstance(generator, torch.Generator):
        seed = generator if isinstance(generator, int) else 0
        raise DrawError(
            f"wants a torch.Generator to draw from, got {generator!r}; give torch.Generator().manual_seed({seed})"
        )


def seed_number(generator: torch.Generator) -> float:
    """Draw one whole number, 0..2**31 - 1, that stands for as much chance as a step needs.

    A step whose noise has a value a pixel stores this one number and makes the noise again from it; see `seeded`.

    Examples:
        >>> seed = seed_number(torch.Generator().manual_seed(0))
        >>> noise, again = (torch.randn(1000, generator=seeded(seed, "cpu")) for _ in range(2))
        >>> seed, torch.equal(noise, again)
        (2083172959.0, True)
    """
    return float(int(_SEEDS * uniform(generator)))


def seeded(number: float, device: torch.device | str) -> torch.Generator:
    """Give a fresh generator for a number that `seed_number` drew; the global ones are neither read nor moved.

    The same number gives the same stream on the same kind of device; that of a GPU is another than that of a CPU.

    Args:
        number: whole, 0 and up.
        device: where the tensors live that it fills.

    Examples:
        >>> one, other = (torch.rand(2, generator=seeded(7.0, "cpu")) for _ in range(2))
        >>> torch.equal(one, other)
        True
    """
    return torch.Generator(device).manual_seed(int(number))


def interval(span: Range) -> tuple[float, float]:
    """Give (low, high).

    Raises:
        DrawError: it is neither a number nor a tuple of two.

    Examples:
        >>> interval(15), interval((0, 30))
        ((-15, 15), (0, 30))
    """
    if isinstance(span, tuple) and len(span) == 2:
        return span
    if isinstance(span, (float, int, Real)):  # the last takes numpy's too, after a longer look
        return -span, span
    raise DrawError(f"a range is one number a, for -a..a, or a tuple (low, high), got {span!r}")


def range_text(span: Range, factor: float = 1) -> str:
    """Write a range as people do.

    Args:
        span: the range.
        factor: multiplies what is printed, 100 for per cent.

    Examples:
        >>> range_text(15), range_text((0, 30)), range_text(0.1, 100)
        ('+-15', '0..30', '+-10')
    """
    if isinstance(span, tuple):
        return "..".join(f"{factor * end:.4g}" for end in span)
    return f"+-{factor * span:.4g}"


def check(transform: object, rules: dict[str, bool]) -> None:
    """Raise all broken rules of a transform at once, if there are any; make numpy's numbers plain, if there are none.

    Args:
        transform: named in the message.
        rules: what must hold, and whether it does.

    Raises:
        DrawError: a rule does not hold.

    Examples:
        >>> from leyden.augment import Identity
        >>> check(Identity(), {"low <= high": 2 <= 1, "a fill": True, "a p of 0..1": 0 <= 3 <= 1})
        Traceback (most recent call last):
        leyden.errors.DrawError: Identity(): wants low <= high; a p of 0..1
    """
    broken = [rule for rule, holds in rules.items() if not holds]
    if broken:
        raise DrawError(f"{transform!r}: wants {'; '.join([*broken, *_strange(transform)])}")
    for name, value in list(getattr(transform, "__dict__", {}).items()):
        if _is_of_numpy(value):
            object.__setattr__(transform, name, _plain(value))  # it is frozen, and was made a moment ago


def _is_of_numpy(value: object) -> bool:
    return isinstance(value, np.generic) or (isinstance(value, tuple) and any(map(_is_of_numpy, value)))


def _plain(value: Any) -> Any:
    return tuple(map(_plain, value)) if isinstance(value, tuple) else getattr(value, "item", lambda: value)()


def _strange(transform: object) -> list[str]:
    """Say which parameters are lists or arrays, for they are what most often breaks a rule."""
    return [
        f"{name} in plain numbers, several in a tuple, not as {type(value).__name__}"
        for name, value in getattr(transform, "__dict__", {}).items()
        if isinstance(value, list | np.ndarray | Tensor)
    ]
