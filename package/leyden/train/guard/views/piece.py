"""A batch, outputs, a checkpoint or what was logged, of which a callback may read some parts only."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, NoReturn

import torch

from leyden.train.guard.scope import Scope
from leyden.train.guard.views.sealed import Sealed
from leyden.train.guard.views.view import Standing, View, real, view_of

__all__ = ["MappingPiece", "Piece", "given"]

_ABSENT = object()


class Piece(View):
    """Hands out the parts its callback declared; the rest can be unpacked around, but not used."""

    __slots__ = ()

    def _leyden_look(self, name: str, value: Any) -> Any:
        if callable(value) and not isinstance(value, type):
            self._leyden_scope.read(self._leyden_path)
            return value
        return self._leyden_part(name, value)

    def _leyden_part(self, key: Any, value: Any) -> Any:
        """A part that was asked for by its name: refused at once where it may not be read."""
        path = f"{self._leyden_path}.{key}"
        if not self._leyden_scope.grant.partly[path]:
            raise self._leyden_scope.refusal("read", path)
        return given(self._leyden_scope, value, path)

    def _leyden_offer(self, key: Any, value: Any) -> Any:
        """A part among all the others: refused when it is used."""
        return given(self._leyden_scope, value, f"{self._leyden_path}.{key}")

    def __getitem__(self, key: Any) -> Any:
        value = self._leyden_real[key]
        if self._leyden_scope.within is None:
            return value
        if isinstance(key, slice):
            return type(self._leyden_real)(list(self)[key])
        return self._leyden_part(key + len(self._leyden_real) if isinstance(key, int) and key < 0 else key, value)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._leyden_scope.write(f"{self._leyden_path}.{key}")
        self._leyden_real[key] = real(value)

    def __delitem__(self, key: Any) -> None:
        self._leyden_scope.write(f"{self._leyden_path}.{key}")
        del self._leyden_real[key]

    def __len__(self) -> int:
        return len(self._leyden_real)

    def __bool__(self) -> bool:
        return len(self._leyden_real) > 0

    def __contains__(self, key: object) -> bool:
        self._leyden_scope.read(self._leyden_path)
        return key in self._leyden_real

    def __iter__(self) -> Iterator[Any]:
        return (self._leyden_offer(at, value) for at, value in enumerate(self._leyden_real))

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> NoReturn:
        for item in (*args, *(kwargs or {}).values()):
            if issubclass(type(item), Standing):
                raise item._leyden_scope.refusal("read", item._leyden_path)
        raise TypeError(f"{function} was given something of which only parts may be read")


class MappingPiece(Piece):
    """The same of a dictionary: its names are free to read, its values are not."""

    __slots__ = ()

    def __contains__(self, key: object) -> bool:
        return key in self._leyden_real

    def __iter__(self) -> Iterator[Any]:
        return iter(self._leyden_real)

    def keys(self) -> Any:
        """All names."""
        return self._leyden_real.keys()

    def values(self) -> list[Any]:
        """All parts; those that were not declared can be passed on, but not used."""
        return [self._leyden_offer(key, value) for key, value in self._leyden_real.items()]

    def items(self) -> list[tuple[Any, Any]]:
        """Names and parts, as `keys` and `values`."""
        return list(zip(self._leyden_real.keys(), self.values(), strict=True))

    def get(self, key: Any, default: Any = None) -> Any:
        """One part, or something else where there is none."""
        return self[key] if key in self._leyden_real else default

    def copy(self) -> dict[Any, Any]:
        """A plain dictionary of `items`."""
        return dict(self.items())

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Writes several parts."""
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """One part, written first where there is none."""
        if key not in self._leyden_real:
            self[key] = default
        return self[key]

    def pop(self, key: Any, default: Any = _ABSENT) -> Any:
        """Takes one part out."""
        if key not in self._leyden_real and default is not _ABSENT:
            return default
        value = self[key]
        del self[key]
        return value

    def clear(self) -> None:
        """Takes all parts out."""
        for key in list(self._leyden_real):
            del self[key]

    def __or__(self, other: Mapping[Any, Any]) -> dict[Any, Any]:
        return self.copy() | dict(other)

    def __ror__(self, other: Mapping[Any, Any]) -> dict[Any, Any]:
        return dict(other) | self.copy()

    def __ior__(self, other: Any) -> "MappingPiece":
        self.update(other)
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return deepcopy(self.copy(), memo)


def given(scope: Scope, value: Any, path: str) -> Any:
    """Something a hook was called with, as its callback may see it.

    Returns:
        The value itself where all of it may be read (then its tensors and containers are watched, unless they may be
        written too); a `Piece` where some parts may; else something sealed. A step that returned a bare tensor
        returned its loss.
    """
    grant = scope.grant
    if value is None or scope.within is None or grant.writable[path]:
        return value
    if grant.readable[path] or (path == "outputs" and torch.is_tensor(value) and grant.readable["outputs.loss"]):
        scope.record.nested(value, path)
        return value
    if not grant.partly[path]:
        sealed = scope.sealed.get(path)
        if sealed is None:
            sealed = scope.sealed[path] = Sealed(scope, path)
        return sealed
    kind = MappingPiece if isinstance(value, Mapping) else Piece
    return view_of(kind, scope, value, path=path)
