"""The step `to_device`: every tensor of an element on one device."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar, final, overload

import torch
from torch import Tensor

from leyden.data.pipe.collate import branches, rebuilt
from leyden.data.pipe.seed import Moment
from leyden.data.pipe.step import Operation, Step, applied
from leyden.data.pipe.view import Container, Element, View, stream, take
from leyden.data.run.lookahead import fetched_ahead
from leyden.errors import DataError

__all__ = ["ToDevice", "checked_device", "move", "to_device"]


@final
@dataclass(frozen=True, repr=False)
class ToDevice(Operation):
    """Move every element to a device; see `to_device`."""

    verb: ClassVar[str] = "to_device"
    device: str
    prefetch: int = field(default=2, kw_only=True)

    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """See `Operation.at`."""
        return move(take(source, index, moment), self.device)

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`; up to `prefetch` elements are moved ahead of time."""
        elements = stream(source, indices, moment)
        target = torch.device(self.device)
        if target.type == "cpu" or self.prefetch == 0:
            return (move(element, target) for element in elements)
        # "cuda" is the device that the reader works on; the thread that moves ahead would take the first one
        transfer = _Transfer(torch.empty(0, device=target).device)
        return fetched_ahead(elements, transfer.begun, hand_out=transfer.finished, count=self.prefetch)


@final
class _Transfer:
    """Copies to a device; on a CUDA device beside what else it does, on a stream of their own."""

    def __init__(self, target: torch.device) -> None:
        self._target = target
        self._side = torch.cuda.Stream(target) if target.type == "cuda" else None

    def begun(self, element: Element) -> tuple[Element, torch.Event | None]:
        """The element on the device, and what tells when it is really there."""
        if self._side is None:
            return move(element, self._target), None
        with torch.cuda.stream(self._side):
            moved = move(element, self._target)
            return moved, self._side.record_event()

    def finished(self, begun: tuple[Element, torch.Event | None]) -> Element:
        """The element, for the stream that the reader works on."""
        moved, arrived = begun
        if arrived is not None:
            current = torch.cuda.current_stream(self._target)
            current.wait_event(arrived)
            for tensor in _tensors(moved):
                if tensor.is_cuda:  # its memory must not go to another copy while the reader's stream still reads it
                    tensor.record_stream(current)
        return moved


@overload
def to_device(device: str | torch.device = ..., /, *, prefetch: int = ...) -> Step: ...
@overload
def to_device(data: Element, device: str | torch.device = ..., /, *, prefetch: int = ...) -> View: ...
def to_device(*given: Element, prefetch: int = 2) -> Element:
    """Move every tensor of every element to a device, as `move` does it, ahead of time.

    A loop takes elements from beneath on one thread of its own and moves them while the reader works: to a CUDA device
    from pinned memory, on a stream beside the one that computes. With the one that the reader has, at most
    `prefetch + 1` are on the device. On the cpu it does nothing at all.

    Args:
        given: the data, if any, then the device; left out, it is this machine's accelerator, or the cpu if it has none.
        prefetch: how many elements are moved ahead; 0 moves each when it is asked for.

    Raises:
        DataError: this machine has no such device, or `prefetch` is no whole number from 0 on.

    Examples:
        >>> import leyden as ly
        >>> range(4) | ly.data.batch(2) | ly.data.to_device("cpu")
        range(0, 4) | batch(2) | to_device('cpu')
    """
    if len(given) > 2:
        raise TypeError(f"write to_device(data, device), to_device(data) or to_device(device); given {len(given)}")
    if not isinstance(prefetch, int) or prefetch < 0:
        raise DataError(f"to_device(data, device): prefetch is a whole number from 0 on; given {prefetch!r}")
    if given and isinstance(given[-1], str | torch.device):
        return applied(ToDevice(checked_device(given[-1]), prefetch=prefetch), given[:-1])
    if len(given) == 2:
        raise DataError(f"to_device(data, device): the device is a word such as 'cuda:0'; given {given[1]!r}")
    return applied(ToDevice(checked_device(None), prefetch=prefetch), given)


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


def _tensors(value: Element) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    else:
        for part in (branches(value) or {}).values():
            yield from _tensors(part)


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
