"""Where modules, parameters and buffers stand in a model: their dotted names, found by the object itself."""

import weakref
from typing import Any, final

from torch import nn

__all__ = ["Names"]

_MADE: "weakref.WeakKeyDictionary[nn.Module, Names]" = weakref.WeakKeyDictionary()


@final
class Names:
    """The names of everything in a model, read once and again when something is not among them.

    Args:
        model: the task; only its structure is read.

    Examples:
        >>> net = nn.Sequential(nn.Linear(2, 2))
        >>> Names.of(net).name(net[0].weight), Names.of(net).name(net[0]), Names.of(net).name(nn.ReLU())
        ('0.weight', '0', None)
    """

    def __init__(self, model: nn.Module) -> None:
        self._model = weakref.ref(model)
        self._known: dict[int, tuple[weakref.ref[Any], str]] = {}
        self._strangers: dict[int, weakref.ref[Any]] = {}
        self._read()

    @staticmethod
    def of(model: nn.Module) -> "Names":
        """The names of a model, the same object at every call."""
        found = _MADE.get(model)
        if found is None:
            found = _MADE[model] = Names(model)
        return found

    def name(self, item: nn.Module | Any) -> str | None:
        """The dotted name of a module, parameter or buffer; empty for the model itself, None for what is not in it."""
        known = self._known.get(id(item))
        if known and known[0]() is item:
            return known[1]
        stranger = self._strangers.get(id(item))
        if stranger and stranger() is item:
            return None
        self._read()
        known = self._known.get(id(item))
        if known and known[0]() is item:
            return known[1]
        self._strangers[id(item)] = weakref.ref(item)
        return None

    def _read(self) -> None:
        model = self._model()
        if model is None:
            return
        self._known = {
            id(item): (weakref.ref(item), name)
            for found in (model.named_buffers(), model.named_parameters(), model.named_modules())
            for name, item in found
        }
