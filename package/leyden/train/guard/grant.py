"""What one callback may read and write, path by path, decided once each."""

from typing import Any, final

from leyden.train.graph.access import Access
from leyden.train.graph.path import covers, overlaps

__all__ = ["Grant", "Offer"]


@final
class Grant:
    """The answers to "may it?", kept as dictionaries: the second question about a path costs a look-up.

    Args:
        access: what the callback has said that it reads and writes.

    Attributes:
        readable: path -> whether it may be read; what may be written may be read too.
        writable: path -> whether it may be changed, for good or until the hook ends.
        partly: path -> whether it, or something below it, may be read.
        offers: path -> how something that is found there is handed out.

    Examples:
        >>> grant = Grant(Access(reads=("batch.0", "logged.val_*"), writes=("optimizer.lr",)))
        >>> grant.readable["batch"], grant.partly["batch"], grant.readable["batch.0"]
        (False, True, True)
        >>> grant.readable["optimizer.lr"], grant.writable["optimizer.lr"], grant.writable["logged.val_loss"]
        (True, True, False)
    """

    __slots__ = ("access", "offers", "partly", "readable", "writable")

    def __init__(self, access: Access) -> None:
        self.access = access
        changes = (*access.writes, *access.borrows)
        both = (*access.reads, *changes)
        self.readable: dict[str, bool] = _Covered(both)
        self.writable: dict[str, bool] = _Covered(changes)
        self.partly: dict[str, bool] = _Touched(both)
        self.offers: dict[str, Offer] = _Offers(self)


@final
class Offer:
    """How a batch, outputs, a checkpoint, or a part of one is handed out: found out once, for all steps to come.

    Args:
        grant: what the callback may do.
        path: what the thing is called.

    Attributes:
        path: what the thing is called.
        plain: whether it may be changed, and so is given as it is.
        watched: whether all of it may be read, and so is given as it is, and looked at again when the hook ends.
        sealed: whether none of it may be read.
        parts: key or position -> how that part is handed out.
        kinds: class of a thing of which some parts may be read -> class of what is given in its place.

    Examples:
        >>> offer = Grant(Access(reads=("outputs.loss",))).offers["outputs"]
        >>> offer.plain, offer.watched, offer.sealed, offer.parts["loss"].watched, offer.parts["logits"].sealed
        (False, False, False, True, True)
    """

    __slots__ = ("_grant", "kinds", "parts", "path", "plain", "sealed", "watched")

    def __init__(self, grant: Grant, path: str) -> None:
        self._grant, self.path = grant, path
        self.plain = grant.writable[path]
        self.watched = grant.readable[path] and not self.plain
        self.sealed = not grant.partly[path]
        self.parts: dict[str | int, Offer] = _Parts(grant, path)
        self.kinds: dict[type, type[Any]] = {}

    def part(self, key: Any) -> "Offer":
        """How a part is handed out; a key that is no word and no number (a slice) is not remembered."""
        return self.parts[key] if type(key) in (str, int) else Offer(self._grant, f"{self.path}.{key}")


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


@final
class _Offers(dict[str, Offer]):
    def __init__(self, grant: Grant) -> None:
        super().__init__()
        self.grant = grant

    def __missing__(self, path: str) -> Offer:
        found = self[path] = Offer(self.grant, path)
        return found


@final
class _Parts(dict[str | int, Offer]):
    def __init__(self, grant: Grant, path: str) -> None:
        super().__init__()
        self.grant, self.path = grant, path

    def __missing__(self, key: str | int) -> Offer:
        found = self[key] = self.grant.offers[f"{self.path}.{key}"]
        return found
