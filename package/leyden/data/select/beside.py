"""Containers side by side: `zip`."""

from leyden.data.pipe.source import Columns
from leyden.data.pipe.view import Element, View
from leyden.errors import DataError

__all__ = ["zip"]


def zip(*data: Element) -> View:
    """Containers side by side: element i is the tuple of every container's element i.

    It is what a tuple of containers means to every step, as in `(images, labels) | shuffle()`. Where the elements
    belong together by a key and not by their place, see `join`.

    Args:
        data: equally long containers, at least one.

    Raises:
        DataError: there is none, one is no container, or their lengths differ; all lengths are named.

    Examples:
        >>> list(zip([1, 2], "x y".split()))
        [(1, 'x'), (2, 'y')]
    """
    if not data:
        raise DataError("zip needs at least one container; given none")
    return Columns(data)
