"""Methods for levels: anything with a sparsity is made by a function of it."""

from collections.abc import Callable
from typing import TypeAlias

from leyden.errors import PruneError
from leyden.prune.schedule.levels import check_levels
from leyden.prune.subject import Method, Rule

__all__ = ["At", "methods_for"]

At: TypeAlias = Callable[[float], Method | Rule]
"""A function of a sparsity that gives a method: `Magnitude` itself, or `lambda share: Taylor(share, batches)`."""


def methods_for(at: At, levels: object) -> tuple[Method | Rule, ...]:
    """Make the methods of all levels, so that what cannot be made is told before work begins.

    Args:
        at: called once for each level.
        levels: rising shares, from 0 to below 1.

    Raises:
        PruneError: if the levels are none, or `at` is not such a function. What it raises itself passes.

    Examples:
        >>> from leyden.prune.method import Magnitude
        >>> methods_for(Magnitude, (0.5, 0.8))
        (Magnitude(sparsity=0.5, scope='global'), Magnitude(sparsity=0.8, scope='global'))
    """
    shares = check_levels(levels)
    if isinstance(at, Method) or not callable(at):
        hint = f": say {type(at).__name__}, which makes one of each level" if isinstance(at, Method) else ""
        raise PruneError(f"at is a function of a sparsity that gives a method; {at!r} was given{hint}")
    made = tuple(at(share) for share in shares)
    strangers = sorted({type(method).__name__ for method in made if not callable(method)})
    if strangers:
        raise PruneError(f"at is a function of a sparsity that gives a method; it gave {', '.join(strangers)}")
    return made
