"""The step `to_device`: every tensor of an element on one device."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, final, overload

import torch
from torch import Tensor

from leyden.data.pipe.collate import branches, rebuilt
from leyden.data.pipe.seed import Moment
from leyden.data.pipe.step import Operation, Step, applied
from leyden.data.pipe.view import Container, Element, View, stream, take
from leyden.errors import DataError

__all__ = ["ToDevice", "checked_device", "move", "to_device"]


@final
@dataclass(frozen=True, repr=False)
class ToDevice(Operation):
    """Move every element to a device; see `to_device`."""

    verb: ClassVar[str] = "to_device"
    device: str

    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """See `Operation.at`."""
        return move(take(source, index, moment), self.device)

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`."""
        return (move(element, self.device) for element in stream(source, indices, moment))


@overload
def to_device(device: str | torch.device = ..., /) -> Step: ...
@overload
def to_device(data: Element, device: str | torch.device = ..., /) -> View: ...
def to_device(*given: Element) -> Element:
    """Move every tensor of every element to a device, as `move` does it.

    Args:
        given: the data, if any, then the device; left out, it is this machine's accelerator, or the cpu if it has none.

    Raises:
        DataError: this machine has no such device.

    Examples:
        >>> import leyden as ly
        >>> range(4) | ly.data.batch(2) | ly.data.to_device("cpu")
        range(0, 4) | batch(2) | to_device('cpu')
    """
    if len(given) > 2:
        raise TypeError(f"write to_device(data, device), to_device(data) or to_device(device); given {len(given)}")
    if given and isinstance(given[-1], str | torch.device):
        return applied(ToDevice(checked_device(given[-1])), given[:-1])
    if len(given) == 2:
        raise DataError(f"to_device(data, device): the device is a word such as 'cuda:0'; given {given[1]!r}")
    return applied(ToDevice(checked_device(None)), given)


def move(element: Element, device: str | torch.device) -> Element:
    """Copy every tensor of a nested structure to a device; what is there already is not copied.

    Dicts, tuples, named tuples, lists and dataclasses are gone into; all else stays as it is. If nothing had to be
    moved the same object is returned. To a CUDA device the copy goes through pinned memory and does not block: work
    queued afterwards on the same stream waits for it by itself.

    Args:
        element: anything.
        device: where to.

    Returns:
        The element, or one of the same structure.

    Examples:
        >>> pair = (torch.zeros(2), "name")
        >>> move(pair, "cpu") is pair
        True
    """
    target = torch.device(device)

    def moved(value: Element) -> Element:
        if isinstance(value, Tensor):
            return _moved(value, target)
        parts = branches(value)
        if parts is None:
            return value
        new = {key: moved(part) for key, part in parts.items()}
        return value if all(new[key] is part for key, part in parts.items()) else rebuilt(value, new)

    return moved(element)


def checked_device(device: str | torch.device | None) -> str:
    """A device's name, tried out by an empty tensor; without one, the accelerator's, or the cpu's if there is none.

    Raises:
        DataError: this machine has no such device.
    """
    accelerator = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    if device is None:
        return "cpu" if accelerator is None else str(accelerator)
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        there = "cpu" if accelerator is None else f"cpu and {accelerator}"
        raise DataError(f"this machine has no device {str(device)!r}; it has {there} ({_first_line(error)})") from error
    return str(device)


def _moved(tensor: Tensor, target: torch.device) -> Tensor:
    if target.type == "cuda" and tensor.device.type == "cpu" and tensor.layout is torch.strided:
        return (tensor if tensor.is_pinned() else tensor.pin_memory()).to(target, non_blocking=True)
    return tensor.to(target)


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
