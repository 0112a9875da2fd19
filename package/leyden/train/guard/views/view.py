"""The base of all views: something that stands for an object, and asks before it hands out what is in it."""

from abc import ABC, abstractmethod
from copy import deepcopy
from functools import lru_cache
from operator import methodcaller
from typing import Any, TypeVar, final

from leyden.train.guard.scope import Scope

__all__ = ["Method", "Standing", "View", "asked", "fill", "fitting", "real", "view_of"]

_View = TypeVar("_View", bound="View")
_ABSENT = object()
_ATOMS = {int, float, str, bool, type(None)}
"""Kinds of values that need no view: once one was handed out under a name, the next one is too."""

_ATOM = object()
_OPTIONAL = ("__iter__", "__len__", "__getitem__", "__setitem__", "__delitem__", "__or__", "__ior__")


class Standing:
    """Abstract: whatever stands for a real object."""

    __slots__ = ()

    _leyden_path: str
    _leyden_real: Any
    _leyden_scope: Scope

    _leyden_steady = True
    """Whether it may always be shown again for the same object; if not, `_leyden_fresh` tells."""

    def _leyden_fresh(self) -> bool:
        """Whether it may be shown again for the same object."""
        return True


class View(Standing, ABC):
    """Stands for an object of a run; `isinstance` and `==` take it for the object itself.

    A view is asked only while a hook of its callback runs; what is kept of it afterwards is as good as the object.
    """

    __slots__ = ("__weakref__", "_leyden_known", "_leyden_path", "_leyden_real", "_leyden_scope")

    _leyden_known: dict[str, Any]

    @abstractmethod
    def _leyden_look(self, name: str, value: Any) -> Any:
        """An attribute that was found under a name, as the callback may see it."""

    def _leyden_place(self, name: str) -> str:
        """The path under which an attribute is written."""
        return f"{self._leyden_path}.{name}"

    @property
    def __class__(self) -> type:
        return self._leyden_real.__class__

    @__class__.setter
    def __class__(self, kind: type) -> None:
        self._leyden_scope.write(f"{self._leyden_path}.__class__")
        self._leyden_real.__class__ = kind

    def __getattr__(self, name: str) -> Any:
        scope, item = self._leyden_scope, self._leyden_real
        value = scope.frozen.get((id(item), name), _ABSENT) if scope.frozen else _ABSENT
        if value is _ABSENT:
            value = getattr(item, name)
        if scope.within is None:
            return value
        known = self._leyden_known.get(name)
        if known is _ATOM:
            if type(value) in _ATOMS:
                return value
        elif known is not None and known._leyden_real is value and (known._leyden_steady or known._leyden_fresh()):
            return known
        return self._leyden_learn(name, value)

    def _leyden_learn(self, name: str, value: Any) -> Any:
        """What is shown under a name, kept for the next time where that will be the same."""
        shown = self._leyden_look(name, value)
        if type(value) in _ATOMS:
            self._leyden_known[name] = _ATOM
        elif issubclass(type(shown), View) or (shown is not value and self._leyden_scope.lists.get(id(value)) is shown):
            self._leyden_known[name] = shown
        return shown

    def __setattr__(self, name: str, value: Any) -> None:
        self._leyden_scope.write(self._leyden_place(name))
        setattr(self._leyden_real, name, real(value))

    def __delattr__(self, name: str) -> None:
        self._leyden_scope.write(self._leyden_place(name))
        delattr(self._leyden_real, name)

    def __dir__(self) -> list[str]:
        return dir(self._leyden_real)

    def __repr__(self) -> str:
        return repr(self._leyden_real)

    def __eq__(self, other: object) -> bool:
        return bool(self._leyden_real == real(other))

    def __hash__(self) -> int:
        return hash(self._leyden_real)

    def _leyden_whole(self) -> None:
        """Asks for all of it."""
        self._leyden_scope.read(self._leyden_path)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        self._leyden_whole()
        return deepcopy(self._leyden_real, memo)

    def __reduce_ex__(self, protocol: Any) -> Any:
        self._leyden_whole()
        return self._leyden_real.__reduce_ex__(protocol)


@final
class Method:
    """A method of a viewed object: it may always be had, and is asked for when called.

    It runs on the object itself: what it does inside is not looked at.

    Args:
        scope: whose view it is found in.
        method: the bound method.
        reads: paths that a call reads.
        writes: paths that a call writes.
        own: whether what the call changes in place is the object's own doing, and not the callback's.
        shown: the path under which what it returns is shown; empty to return it as it is.
    """

    __slots__ = ("_leyden_method", "_leyden_own", "_leyden_reads", "_leyden_scope", "_leyden_shown", "_leyden_writes")

    def __init__(
        self,
        scope: Scope,
        method: Any,
        *,
        reads: tuple[str, ...] = (),
        writes: tuple[str, ...] = (),
        own: bool = False,
        shown: str = "",
    ) -> None:
        self._leyden_scope = scope
        self._leyden_method = method
        self._leyden_reads = reads
        self._leyden_writes = writes
        self._leyden_own = own
        self._leyden_shown = shown

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Asks for the paths of the call, then calls the real method with real objects."""
        scope = self._leyden_scope
        for path in self._leyden_reads:
            scope.read(path)
        for path in self._leyden_writes:
            scope.write(path)
        faults = scope.record.changed() if self._leyden_own and scope.within is not None else []
        if faults:
            raise scope.refusal("write", *faults)
        args = tuple(map(real, args))
        try:
            found = self._leyden_method(*args, **{name: real(value) for name, value in kwargs.items()})
        finally:
            if self._leyden_own:
                scope.record.renew()
        return scope.wrap(found, self._leyden_shown) if self._leyden_shown and scope.within is not None else found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._leyden_method, name)

    def __repr__(self) -> str:
        return repr(self._leyden_method)

    def __eq__(self, other: object) -> bool:
        return self._leyden_method == (other._leyden_method if isinstance(other, Method) else other)

    def __hash__(self) -> int:
        return hash(self._leyden_method)


def real(value: Any) -> Any:
    """What a view stands for; anything else is returned as it is.

    Examples:
        >>> real(3)
        3
    """
    return value._leyden_real if issubclass(type(value), Standing) else value


def view_of(kind: type[_View], scope: Scope, item: Any, *, path: str) -> _View:
    """A new view of an object.

    Args:
        kind: how it is looked at.
        scope: whose view it is.
        item: the object.
        path: what it is called.
    """
    view = fitting(kind, type(item))()
    fill(view, scope, item, path=path)
    return view


def fill(view: Any, scope: Scope, item: Any, *, path: str) -> None:
    """Puts into a new view what it stands for."""
    _put_scope(view, scope)
    _put_real(view, item)
    _put_path(view, path)
    _put_known(view, {})


# A slot's own setter: it goes past `View.__setattr__`, which writes to the real object.
_put_scope = View.__dict__["_leyden_scope"].__set__
_put_real = View.__dict__["_leyden_real"].__set__
_put_path = View.__dict__["_leyden_path"].__set__
_put_known = View.__dict__["_leyden_known"].__set__


def asked(name: str) -> Any:
    """An attribute that callbacks ask for at every step: there at once, while any other is first missed.

    Args:
        name: of the attribute; where the real object has none, the view has none either.
    """
    return property(methodcaller("__getattr__", name))


@lru_cache(maxsize=1024)
def fitting(kind: type[_View], target: type) -> type[_View]:
    """A class of views for one class of objects: `type(a) is type(b)` and `type(a).__name__` stay true of views.

    What the object cannot do, its view cannot either: only a view of an iterable is an `Iterable`.
    """
    space: dict[str, Any] = {name: None for name in _OPTIONAL if hasattr(kind, name) and not hasattr(target, name)}
    space |= {"__slots__": (), "__module__": target.__module__, "__qualname__": target.__qualname__}
    made: Any = type(target.__name__, (kind,), space)
    return made
