"""The parameters of a module in torch's own order, in one loop: torch walks through five generators a module."""

from functools import lru_cache

from torch import Tensor, jit, nn

__all__ = ["walked"]

_WALKS = ("parameters", "named_parameters", "named_modules", "_named_members")


def walked(module: nn.Module) -> list[Tensor] | None:
    """What `list(module.parameters())` gives, in half the time; None where a class of module has a walk of its own.

    Examples:
        >>> net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
        >>> [tuple(weight.shape) for weight in walked(net)]
        [(3, 2), (3,), (1, 3), (1,)]
    """
    found: dict[int, Tensor] = {}
    seen: set[nn.Module] = set()
    rest: list[nn.Module | None] = [module]
    while rest:
        inner = rest.pop()
        if inner is None or inner in seen:
            continue
        if not _is_plain(type(inner)):
            return None
        seen.add(inner)
        own = inner.__dict__
        for weight in own["_parameters"].values():
            if weight is not None:
                found[id(weight)] = weight
        modules = own["_modules"]
        if modules:
            rest += reversed(modules.values())
    return list(found.values())


@lru_cache(maxsize=1024)
def _is_plain(kind: type[nn.Module]) -> bool:
    """Whether modules of a class are walked as torch walks them."""
    return not issubclass(kind, jit.ScriptModule) and all(
        getattr(kind, name) is getattr(nn.Module, name) for name in _WALKS
    )
