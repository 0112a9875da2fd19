"""Lists and dictionaries of a run that a callback may read, but not change."""

from collections.abc import Iterator
from copy import deepcopy
from operator import is_
from typing import Any, SupportsIndex, final

from leyden.train.guard.scope import Scope
from leyden.train.guard.views.view import Standing, real

__all__ = ["DictView", "ListView"]


@final
class ListView(list[Any], Standing):
    """A list that shows its items as their views; what is added or taken out is asked for, and done to the real list.

    It holds the real items too (a copy of the list, not of them): for `torch.stack` and all else written in C.
    """

    __slots__ = ("_leyden_path", "_leyden_real", "_leyden_scope")

    _leyden_steady = False

    def __init__(self, scope: Scope, items: list[Any], path: str) -> None:
        super().__init__(items)
        self._leyden_scope = scope
        self._leyden_real = items
        self._leyden_path = path

    def _leyden_fresh(self) -> bool:
        """Whether it still holds what the real list holds."""
        items = self._leyden_real
        return len(self) == len(items) and all(map(is_, list.__iter__(self), items))

    def _leyden_change(self, act: str, *args: Any) -> Any:
        self._leyden_scope.write(self._leyden_path)
        found = getattr(self._leyden_real, act)(*map(real, args))
        super().__init__(self._leyden_real)
        return found

    def __getitem__(self, at: Any) -> Any:
        found = list.__getitem__(self, at)
        scope, path = self._leyden_scope, self._leyden_path
        if isinstance(at, slice):
            return [scope.wrap(item, path) for item in found]
        view = scope.views.get(id(found))  # of a part that was shown before
        return scope.wrap(found, path) if view is None else view

    def __iter__(self) -> Iterator[Any]:
        return iter([self[at] for at in range(len(self))])

    def __contains__(self, item: object) -> bool:
        return super().__contains__(real(item))

    def __setitem__(self, at: Any, value: Any) -> None:
        value = [real(item) for item in value] if isinstance(at, slice) else value
        self._leyden_change("__setitem__", at, value)

    def __delitem__(self, at: SupportsIndex | slice) -> None:
        self._leyden_change("__delitem__", at)

    def __iadd__(self, values: Any) -> "ListView":
        self.extend(values)
        return self

    def append(self, value: Any) -> None:
        """Adds an item to the real list."""
        self._leyden_change("append", value)

    def extend(self, values: Any) -> None:
        """Adds items to the real list."""
        self._leyden_change("extend", [real(item) for item in values])

    def insert(self, at: SupportsIndex, value: Any) -> None:
        """Puts an item into the real list."""
        self._leyden_change("insert", at, value)

    def remove(self, value: Any) -> None:
        """Takes an item out of the real list."""
        self._leyden_change("remove", value)

    def pop(self, at: SupportsIndex = -1) -> Any:
        """Takes an item out of the real list and returns it."""
        return self._leyden_scope.wrap(self._leyden_change("pop", at), self._leyden_path)

    def clear(self) -> None:
        """Empties the real list."""
        self._leyden_change("clear")

    def reverse(self) -> None:
        """Turns the real list around."""
        self._leyden_change("reverse")

    def sort(self, *, key: Any = None, reverse: bool = False) -> None:
        """Sorts the real list."""
        self._leyden_change("__setitem__", slice(None), sorted(self._leyden_real, key=key, reverse=reverse))

    def copy(self) -> list[Any]:
        """A plain list of the items as they are shown."""
        return list(self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return list, (list(self._leyden_real),)

    def __deepcopy__(self, memo: dict[int, Any]) -> list[Any]:
        return deepcopy(list(self._leyden_real), memo)


@final
class DictView(dict[Any, Any], Standing):
    """A dictionary that shows its values as their views; what is changed is asked for, and done to the real one.

    As a `ListView` it holds the real values too.
    """

    __slots__ = ("_leyden_path", "_leyden_real", "_leyden_scope")

    def __init__(self, scope: Scope, items: dict[Any, Any], path: str) -> None:
        super().__init__(items)
        self._leyden_scope = scope
        self._leyden_real = items
        self._leyden_path = path

    def _leyden_change(self, act: str, *args: Any) -> Any:
        self._leyden_scope.write(self._leyden_path)
        found = getattr(self._leyden_real, act)(*map(real, args))
        super().clear()
        super().update(self._leyden_real)
        return found

    def _leyden_shown(self) -> dict[Any, Any]:
        wrap, path = self._leyden_scope.wrap, self._leyden_path
        return {key: wrap(value, f"{path}.{key}") for key, value in super().items()}

    def __getitem__(self, key: Any) -> Any:
        return self._leyden_scope.wrap(super().__getitem__(key), f"{self._leyden_path}.{key}")

    def get(self, key: Any, default: Any = None) -> Any:
        """A value, or something else where there is none."""
        return self[key] if key in self else default  # noqa: SIM401

    def values(self) -> Any:
        """All values as they are shown."""
        return self._leyden_shown().values()

    def items(self) -> Any:
        """Keys, and values as they are shown."""
        return self._leyden_shown().items()

    def copy(self) -> dict[Any, Any]:
        """A plain dictionary of `items`."""
        return self._leyden_shown()

    def __setitem__(self, key: Any, value: Any) -> None:
        self._leyden_change("__setitem__", key, value)

    def __delitem__(self, key: Any) -> None:
        self._leyden_change("__delitem__", key)

    def __ior__(self, other: Any) -> "DictView":
        self.update(other)
        return self

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Writes into the real dictionary."""
        self._leyden_change("update", dict(*args, **kwargs))

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """A value, written into the real dictionary first where there is none."""
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key: Any, *default: Any) -> Any:
        """Takes a value out of the real dictionary."""
        return self._leyden_change("pop", key, *default)

    def popitem(self) -> tuple[Any, Any]:
        """Takes the last pair out of the real dictionary."""
        return self._leyden_change("popitem")

    def clear(self) -> None:
        """Empties the real dictionary."""
        self._leyden_change("clear")

    def __reduce_ex__(self, protocol: Any) -> Any:
        return dict, (dict(self._leyden_real),)

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[Any, Any]:
        return deepcopy(dict(self._leyden_real), memo)
