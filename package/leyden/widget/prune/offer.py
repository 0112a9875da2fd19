"""The methods that a panel offers, each as a function of the share to prune."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, final

from leyden.errors import PanelError
from leyden.prune import Magnitude, Method, Random, Rule, Scored
from leyden.prune.method import Filters, GeometricMedian, SemiStructured
from leyden.prune.score import Batches, Loss, Movement, Snip, Taylor, Wanda, cross_entropy

__all__ = ["Maker", "Measured", "check_share", "method_choices"]

Maker: TypeAlias = Callable[[float], Method | Rule]
"""A function of the share to prune, from 0 to below 1, that gives a method: `Magnitude` is one."""

_BLOCK = 4  # weights side by side of which some are kept


@final
@dataclass(frozen=True, eq=False)
class Measured:
    """A maker of methods that run the model, which takes time, and find the same scores for every share.

    Attributes:
        make: gives the method for a share.

    Examples:
        >>> Measured(Magnitude)(0.5)
        Magnitude(sparsity=0.5, scope='global')
    """

    make: Callable[[float], Scored]

    def __call__(self, share: float) -> Scored:
        """Give the method for a share."""
        return self.make(share)


def method_choices(
    methods: Mapping[str, Any] | None = None, *, batches: Batches | None = None, loss: Loss = cross_entropy
) -> dict[str, Maker]:
    """The methods that need no data, those that do where there is some, and the user's own, by name.

    Args:
        methods: more of them, functions of a share (`Maker`); one of a name that is there takes its place.
        batches: what methods that run the model run it on.
        loss: what they take the gradient of.

    Raises:
        PanelError: something among `methods` is not a name with a function.
        PruneError: `batches` are none, or can be gone through only once.

    Examples:
        >>> made = method_choices({"largest": lambda share: Magnitude(share, scope="local")})
        >>> made["largest"](0.5), made["N:4 pattern"](0.5)
        (Magnitude(sparsity=0.5, scope='local'), SemiStructured(keep=2, of=4, axis=1, by=None))
        >>> list(made)[:3]
        ['magnitude, global', 'magnitude, local', 'random']
    """
    given = dict(methods or {})
    wrong = [f"{name!r}: {make!r}" for name, make in given.items() if not (isinstance(name, str) and callable(make))]
    if wrong:
        raise PanelError(f"methods= names functions of the share to prune, as Magnitude is; given {', '.join(wrong)}")
    built_in: dict[str, Maker] = {
        "magnitude, global": Magnitude,
        "magnitude, local": lambda share: Magnitude(share, scope="local"),
        "random": lambda share: Random(share, seed=0),
        "whole filters, smallest": Filters,
        "whole filters, most alike": GeometricMedian,
        "N:4 pattern": _pattern,
    }
    return built_in | ({} if batches is None else _measured(batches, loss)) | given


def check_share(share: float) -> list[str]:
    """What is wrong with a share to prune.

    Examples:
        >>> check_share(1.0), check_share(0.5)
        (['sparsity is a share from 0 to below 1, given 1.0'], [])
    """
    fits = isinstance(share, int | float) and not isinstance(share, bool) and 0 <= share < 1
    return [] if fits else [f"sparsity is a share from 0 to below 1, given {share!r}"]


def _pattern(share: float) -> Method:
    """As many of each four as come nearest to the share; one stays in any case."""
    keep = max(1, _BLOCK - round(_BLOCK * share))
    return SemiStructured(keep, _BLOCK) if keep < _BLOCK else Magnitude(0.0)


def _measured(batches: Batches, loss: Loss) -> dict[str, Maker]:
    Taylor(0.0, batches, loss=loss)  # asks now whether they are batches, not when somebody looks
    return {
        "Taylor": Measured(lambda share: Taylor(share, batches, loss=loss)),
        "SNIP": Measured(lambda share: Snip(share, batches, loss=loss)),
        "movement": Measured(lambda share: Movement(share, batches, loss=loss)),
        "Wanda": lambda share: Wanda(share, batches),
    }
