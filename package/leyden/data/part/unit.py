"""What must not be torn apart, or be shared out evenly, when a container is parted."""

from leyden.data.pipe.order import Order, random_steps
from leyden.data.pipe.source import as_container
from leyden.data.pipe.view import Container, Element
from leyden.data.select.key import admitted, checked_by, groups_of, keys_of
from leyden.errors import DataError

__all__ = ["checked_container", "units"]


def checked_container(usage: str, data: Element) -> Container:
    """A container that can be parted by index: one whose elements keep their places.

    Raises:
        DataError: it is none, or steps beneath let elements change places with the epoch.
    """
    container = as_container(data)
    if culprits := random_steps(container, Order):
        raise DataError(
            f"{usage} after {' and '.join(culprits)}: elements change places with the epoch, so what is trained on in "
            f"one would be tested on in another; put {usage} first and the random steps on its parts"
        )
    return container


def units(usage: str, container: Container, by: Element | None) -> list[list[int]]:
    """The indices of every label in order, the labels in the order of their first elements.

    Args:
        usage: what the labels are for, for the error.
        container: a container.
        by: as of `group`; None for one label for all.

    Raises:
        DataError: as `group` does.
    """
    if by is None:
        return [list(range(len(container)))]
    checked = checked_by(usage, by)
    admitted(usage, container, checked)
    _, groups = groups_of(keys_of(usage, container, checked))
    return [indices.tolist() for indices in groups]
