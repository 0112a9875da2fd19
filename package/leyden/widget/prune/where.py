"""Where a model may be pruned: the usual answers, by name."""

from glob import escape

from torch import nn

from leyden.errors import PanelError
from leyden.prune import Place, Selector, Where, depthwise, named, places

__all__ = ["name_of", "where_choices"]

_BLOCK = 4  # weights side by side of which hardware takes a few: 2:4
_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)


def where_choices(model: nn.Module, given: Selector | None = None) -> dict[str, Selector | None]:
    """Sensible answers to where a model may be pruned, by name, the one to begin with first.

    Depthwise filters have few weights, each of them needed, and the last layer decides: where a model has more than
    these, they are spared first. Patterns as 2:4 want inputs in blocks of four, so layers with others can be spared.

    Args:
        model: what is to be pruned.
        given: an answer of the user's, which then comes first.

    Raises:
        PanelError: it is no model, or has no weights to prune.

    Examples:
        >>> list(where_choices(nn.Sequential(nn.Conv2d(3, 8, 3), nn.Linear(8, 2))))
        ['all but last layer', 'every weight']
    """
    if not isinstance(model, nn.Module):
        raise PanelError(f"a pruning panel prunes a torch.nn.Module, given a {type(model).__name__}")
    found = places(model)
    if not found:
        raise PanelError(f"{type(model).__name__} holds no weights of two axes or more: there is nothing to prune")
    last, thin = escape(found[-1].name), [place for place in found if depthwise(place)]
    offered: dict[str, Selector | None] = {} if given is None else {name_of(given): given}
    if thin and len(thin) + 1 < len(found):
        offered["all but depthwise and last layer"] = ~depthwise & ~named(last)
    if len(found) > 1:
        offered["all but last layer"] = ~named(last)
    odd = [escape(place.name) for place in found if not depthwise(place) and _inputs(place) % _BLOCK]
    spared = set(odd) | {last} | {escape(place.name) for place in thin}
    if odd and set(odd) != {last} and len(spared) < len(found):
        but = ~named(*dict.fromkeys([*odd, last]))
        offered[f"all that N:{_BLOCK} fits but last layer"] = ~depthwise & but if thin else but
    return {**offered, "every weight": None}


def name_of(where: Selector) -> str:
    """What an answer is called in a list.

    Examples:
        >>> name_of(nn.Linear), name_of((nn.Conv2d, nn.Linear)), name_of("head.*"), name_of(~named("head"))
        ('Linear', 'Conv2d, Linear', 'head.*', "~named('head')")
    """
    if isinstance(where, str | Where):
        return str(where)
    if isinstance(where, tuple):
        return ", ".join(kind.__name__ for kind in where)
    name = getattr(where, "__name__", type(where).__name__)
    return "where, as given" if name == "<lambda>" else name


def _inputs(place: Place) -> int:
    """How many weights lie side by side along the inputs of one output."""
    owner = place.owners[0]
    if nn.parameter.is_lazy(place.parameter):
        return _BLOCK
    return place.parameter.shape[0] // owner.groups if isinstance(owner, _TRANSPOSED) else place.parameter.shape[1]
