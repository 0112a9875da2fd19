"""What one callback may read and write, path by path, decided once each."""

from typing import final

from leyden.train.graph.access import Access
from leyden.train.graph.path import covers, overlaps

__all__ = ["Grant"]


@final
class Grant:
    """The answers to "may it?", kept as dictionaries: the second question about a path costs a look-up.

    Args:
        access: what the callback has said that it reads and writes.

    Attributes:
        readable: path -> whether it may be read; what may be written may be read too.
        writable: path -> whether it may be changed, for good or until the hook ends.
        partly: path -> whether it, or something below it, may be read.

    Examples:
        >>> grant = Grant(Access(reads=("batch.0", "logged.val_*"), writes=("optimizer.lr",)))
        >>> grant.readable["batch"], grant.partly["batch"], grant.readable["batch.0"]
        (False, True, True)
        >>> grant.readable["optimizer.lr"], grant.writable["optimizer.lr"], grant.writable["logged.val_loss"]
        (True, True, False)
    """

    __slots__ = ("access", "partly", "readable", "writable")

    def __init__(self, access: Access) -> None:
        self.access = access
        changes = (*access.writes, *access.borrows)
        both = (*access.reads, *changes)
        self.readable: dict[str, bool] = _Covered(both)
        self.writable: dict[str, bool] = _Covered(changes)
        self.partly: dict[str, bool] = _Touched(both)


@final
class _Covered(dict[str, bool]):
    def __init__(self, declared: tuple[str, ...]) -> None:
        super().__init__()
        self.declared = declared

    def __missing__(self, path: str) -> bool:
        found = self[path] = any(covers(said, path) for said in self.declared)
        return found


@final
class _Touched(dict[str, bool]):
    def __init__(self, declared: tuple[str, ...]) -> None:
        super().__init__()
        self.declared = declared

    def __missing__(self, path: str) -> bool:
        found = self[path] = any(overlaps(said, path) for said in self.declared)
        return found
