"""Modules that a process must not import."""

import sys
from collections.abc import Iterable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import final

__all__ = ["Barrier"]


@final
class Barrier(MetaPathFinder):
    """Stands before all other ways to import, and refuses some modules and all that is in them.

    To ask whether a module is there, as torch does of many, is no import; it is refused when it is to be loaded.

    Args:
        names: Of modules, with dots.

    Examples:
        >>> with Barrier(["antigravity"]):
        ...     import antigravity
        Traceback (most recent call last):
        ImportError: antigravity must not be imported here
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find what refuses a module that is named; leave all others to those behind."""
        return ModuleSpec(fullname, _Refusal()) if self._bars(fullname) else None

    def intruders(self) -> list[str]:
        """Name the modules that are imported nevertheless."""
        return sorted(name for name in sys.modules if self._bars(name))

    def __enter__(self) -> "Barrier":
        sys.meta_path.insert(0, self)
        return self

    def __exit__(self, *reason: object) -> None:
        sys.meta_path.remove(self)

    def _bars(self, fullname: str) -> bool:
        return any(fullname == name or fullname.startswith(f"{name}.") for name in self.names)


@final
class _Refusal(Loader):
    """Loads nothing."""

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to Python: the module is gone again when it does not load."""

    def exec_module(self, module: ModuleType) -> None:
        raise ImportError(f"{module.__name__} must not be imported here", name=module.__name__)
