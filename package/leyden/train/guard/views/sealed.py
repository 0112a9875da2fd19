"""What stands in the place of something that a callback may not read."""

from typing import Any, NoReturn, final

from leyden.train.guard.scope import Scope

__all__ = ["Sealed"]

_USES = (
    "abs add and array array_ufunc bool bytes call ceil complex contains delitem divmod enter eq exit float floor "
    "floordiv format ge getitem gt iadd iand ifloordiv ilshift imatmul imod imul index int invert ior ipow irshift "
    "isub iter itruediv ixor le len lshift lt matmul mod mul ne neg next or pos pow radd rand rdivmod reduce_ex "
    "reversed rfloordiv rlshift rmatmul rmod rmul ror round rpow rrshift rshift rsub rtruediv rxor setitem str sub "
    "truediv trunc xor"
)


@final
class Sealed:
    """May be passed on, kept and unpacked around; whatever else is done with it raises `AccessError`."""

    __slots__ = ("_leyden_path", "_leyden_scope")

    _leyden_path: str
    _leyden_scope: Scope

    def __init__(self, scope: Scope, path: str) -> None:
        object.__setattr__(self, "_leyden_scope", scope)
        object.__setattr__(self, "_leyden_path", path)

    def _leyden_refuse(self, *_: object, **__: object) -> NoReturn:
        raise self._leyden_scope.refusal("read", self._leyden_path)

    def __getattr__(self, name: str) -> NoReturn:
        self._leyden_refuse()

    def __setattr__(self, name: str, value: Any) -> None:
        raise self._leyden_scope.refusal("write", self._leyden_path)

    def __delattr__(self, name: str) -> None:
        raise self._leyden_scope.refusal("write", self._leyden_path)

    # The type of something is a use of it: `isinstance` raises too.
    @property
    def __class__(self) -> type:  # pyright: ignore[reportIncompatibleMethodOverride]
        self._leyden_refuse()

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> NoReturn:
        stack = [args, *(kwargs or {}).values()]
        while stack:
            item = stack.pop()
            if type(item) is cls:
                item._leyden_refuse()
            if type(item) in {tuple, list}:
                stack += item
        raise TypeError(f"{function} was given something sealed")

    def __deepcopy__(self, memo: Any) -> "Sealed":
        return self

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f"<{self._leyden_path}: {self._leyden_scope.name} may not read it>"


for _use in _USES.split():
    setattr(Sealed, f"__{_use}__", Sealed._leyden_refuse)
