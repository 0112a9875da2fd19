"""A batch, outputs, a checkpoint or what was logged, of which a callback may read some parts only."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, NoReturn

import torch

from leyden.train.guard.grant import Offer
from leyden.train.guard.scope import Scope
from leyden.train.guard.views.sealed import Sealed
from leyden.train.guard.views.view import Standing, View, fill, fitting, real

__all__ = ["MappingPiece", "Piece", "given", "offered", "piece_of", "sealed"]

_ABSENT = object()


class Piece(View):
    """Hands out the parts its callback declared; the rest can be unpacked around, but not used."""

    __slots__ = ("_leyden_given",)

    _leyden_given: Offer

    def _leyden_look(self, name: str, value: Any) -> Any:
        if callable(value) and not isinstance(value, type):
            self._leyden_scope.read(self._leyden_path)
            return value
        return self._leyden_part(name, value)

    def _leyden_part(self, key: Any, value: Any) -> Any:
        """A part that was asked for by its name: refused at once where it may not be read."""
        offer = self._leyden_given.part(key)
        if offer.sealed:
            raise self._leyden_scope.refusal("read", offer.path)
        return offered(self._leyden_scope, value, offer)

    def _leyden_offer(self, key: Any, value: Any) -> Any:
        """A part among all the others: refused when it is used."""
        return offered(self._leyden_scope, value, self._leyden_given.part(key))

    def __getitem__(self, key: Any) -> Any:
        value = self._leyden_real[key]
        if self._leyden_scope.within is None:
            return value
        if isinstance(key, slice):
            return type(self._leyden_real)(list(self)[key])
        return self._leyden_part(key + len(self._leyden_real) if isinstance(key, int) and key < 0 else key, value)

    def __setitem__(self, key: Any, value: Any) -> None:
        offer = self._leyden_given.part(key)
        if not offer.plain:
            self._leyden_scope.write(offer.path)
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

    def __getitem__(self, key: Any) -> Any:
        value, scope = self._leyden_real[key], self._leyden_scope
        if scope.within is None:
            return value
        if type(key) is str and type(value) is torch.Tensor:  # as a loss at every step
            offer = self._leyden_given.parts[key]
            if offer.watched:
                scope.record.tensor(value, offer.path)
                return value
        return self._leyden_part(key, value)

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
    return value if scope.within is None else offered(scope, value, scope.grant.offers[path])


def offered(scope: Scope, value: Any, offer: Offer) -> Any:
    """The same of what stands under a path of which all is known, while a hook runs."""
    if value is None or offer.plain:
        return value
    if offer.watched:
        if type(value) is torch.Tensor:
            scope.record.tensor(value, offer.path)
        else:
            scope.record.nested(value, offer.path)
        return value
    made = offer.kinds.get(type(value))
    if made is None:
        if offer.sealed:
            return sealed(scope, offer)
        if offer.path == "outputs" and isinstance(value, torch.Tensor):
            loss = offer.parts["loss"]
            if loss.watched:
                scope.record.tensor(value, offer.path)
            if loss.watched or loss.plain:
                return value
        kind = MappingPiece if isinstance(value, Mapping) else Piece
        made = offer.kinds[type(value)] = fitting(kind, type(value))
    return piece_of(made, scope, value, offer=offer)


def sealed(scope: Scope, offer: Offer) -> Sealed:
    """What stands under a path that may not be read, the same each time."""
    found = scope.sealed.get(offer.path)
    if found is None:
        found = scope.sealed[offer.path] = Sealed(scope, offer.path)
    return found


def piece_of(made: type[Any], scope: Scope, value: Any, *, offer: Offer) -> Any:
    """A new view of something of which some parts may be read.

    Args:
        made: a kind of `Piece`, fitted to the class of the thing.
        scope: whose view it is.
        value: the thing.
        offer: how it and its parts are handed out.
    """
    view = made()
    fill(view, scope, value, path=offer.path)
    _put_given(view, offer)
    return view


_put_given = Piece.__dict__["_leyden_given"].__set__
