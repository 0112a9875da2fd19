"""Small values as they are at a moment; those on an accelerator without waiting for it.

Examples:
    >>> held(torch.tensor(0.5)), held([1, 2]), held(torch.zeros(3)) is LARGE
    (0.5, (1, 2), True)
"""

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, Final, final
from weakref import ref

import numpy as np
import torch
from torch import Tensor

__all__ = ["LARGE", "UNCOUNTED", "Glance", "Later", "Value", "alike", "held", "near", "plain", "settle"]

Value = float | int | str | tuple[Any, ...] | None
"""What the log can show of a state: a number, a truth value, a text, a few of these, or nothing."""

LARGE: Final = object()
"""Stands for a value that is too large to be kept: a tensor of several elements, a module, a long list."""

UNCOUNTED: Final = (0, 0)
"""The versions of a tensor that was made in inference mode, where nobody counts how often one changes in place."""

_PLAIN = {float, int, bool, str, type(None)}
_FEW = 8  # Adam's betas, the base rates of a scheduler: more is no longer read at a glance


@final
class Later:
    """A number that is not read yet: its tensor is kept, and read with many others at once.

    Args:
        tensor: one element; it must not change in place any more. One that did all the same is read as None.
        source: the tensor that the number was found in, where `tensor` is a copy.
        count: one element that the number is to be divided by.
    """

    __slots__ = ("count", "source", "tensor", "value", "version")

    def __init__(self, tensor: Tensor, source: Tensor | None = None, *, count: Tensor | None = None) -> None:
        self.tensor: Tensor | None = tensor
        self.source: Tensor | None = tensor if source is None else source
        self.count = count
        self.value: Value = None
        try:
            version = tensor._version
            self.version = (version, version if source is None else source._version)
        except RuntimeError:
            self.version = UNCOUNTED

    def finish(self, value: float, count: float | None) -> None:
        """Takes the number; lets go of the tensors."""
        assert self.tensor is not None
        if self.version is UNCOUNTED or self.tensor._version == self.version[0]:
            self.value = value if count is None else value / count if count else float("nan")
        self.tensor = self.source = self.count = None


@final
class Glance:
    """Holds one value after another; a tensor on the processor is read anew only where it is another or has changed."""

    __slots__ = ("_number", "_tensor", "_version")

    def __init__(self) -> None:
        self._tensor: Callable[[], Tensor | None] = _nothing
        self._version, self._number = 0, 0.0

    def held(self, value: Any) -> Any:
        """As `held` without a copy."""
        if value is None or (value is self._tensor() and value._version == self._version):
            return value if value is None else self._number
        number = held(value, copy=False)
        if type(value) is Tensor and type(number) is float and not value.is_inference():
            self._tensor, self._version, self._number = ref(value), value._version, number
        return number


def _nothing() -> None:
    return None


def held(value: Any, *, copy: bool = True) -> Any:
    """What a value is now: plain data, a `Later`, or `LARGE`.

    Args:
        value: anything.
        copy: whether a tensor on an accelerator is copied, so that later changes in place do not matter.
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Tensor):
        return _number(value, copy=copy)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Enum):
        return held(value.value)
    if isinstance(value, int | float | str):  # classes of their own, which a reader of the log may not have
        return next(kind(value) for kind in (int, float, str) if isinstance(value, kind))
    if isinstance(value, tuple | list) and len(value) <= _FEW:
        parts = tuple(held(part) for part in value)
        return LARGE if any(part is LARGE or isinstance(part, Later) for part in parts) else parts
    return LARGE


def _number(tensor: Tensor, *, copy: bool) -> Any:
    if tensor.is_cpu:
        try:
            return tensor.item()
        except RuntimeError:  # several elements; asking for their number first costs more
            return LARGE
    if tensor.numel() != 1 or tensor.is_meta:
        return LARGE
    tensor = tensor.detach()  # nothing else that it was computed from is kept
    return Later(tensor.clone(), tensor) if copy else Later(tensor)


def alike(before: Any, after: Any) -> bool:
    """Whether two values that `held` gave are the same, as far as can be told without waiting; nan is like nan."""
    if before is after:
        return True
    if type(before) is type(after) is float:
        return before == after or (before != before and after != after)  # nan differs from itself
    if isinstance(before, Later) and isinstance(after, Later):
        return before.version[1] == after.version[1] and _shared(before.source, after.source)
    if isinstance(before, Later) or isinstance(after, Later) or LARGE in (before, after):
        return False
    if isinstance(before, tuple) and isinstance(after, tuple):
        return len(before) == len(after) and all(map(alike, before, after))
    return bool(before == after) or (before != before and after != after)


def _shared(one: Tensor | None, other: Tensor | None) -> bool:
    return one is other or (one is not None and other is not None and one.data_ptr() == other.data_ptr())


def near(value: Any) -> Any:
    """The value itself; the number of a `Later` that can be read without waiting: one on the processor."""
    if type(value) is not Later or (tensor := value.tensor) is None or not tensor.is_cpu:
        return value
    value.finish(tensor.item(), None if value.count is None else value.count.item())
    return value.value


def plain(value: Any) -> Value:
    """The value itself; a `Later` that was not read yet is read, and waits for the accelerator."""
    if isinstance(value, Later):
        settle([value])
        return value.value
    return None if value is LARGE else value


def settle(later: Iterable[Later]) -> None:
    """Reads the numbers of many at once: one wait a device and type."""
    groups: dict[tuple[torch.device, torch.dtype], list[Tensor]] = {}
    waiting = [one for one in later if one.tensor is not None]
    for tensor in (part for one in waiting for part in (one.tensor, one.count) if part is not None):
        groups.setdefault((tensor.device, tensor.dtype), []).append(tensor)
    numbers = {
        id(tensor): number
        for tensors in groups.values()
        for tensor, number in zip(tensors, torch.stack([t.detach().reshape(()) for t in tensors]).tolist(), strict=True)
    }
    for one in waiting:
        one.finish(numbers[id(one.tensor)], None if one.count is None else numbers[id(one.count)])
