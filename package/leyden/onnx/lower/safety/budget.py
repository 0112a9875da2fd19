"""What may be computed while a network is made: measured before anything is allocated."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, TypeVar, final

import numpy as np
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map
from torch.utils.flop_counter import flop_registry

__all__ = ["Budget", "OverBudget", "unwatched"]

_Result = TypeVar("_Result")
_SMALL = 2**16  # elements up to which a call is not looked at closely
_CALL = 2**13  # work that any call of torch costs
_SLOW = ("sort", "topk", "unique", "median", "cdist", "linalg", "histc", "bincount")
_SURE = frozenset((  # what gives no more elements than it is given, some of it for each axis
    "_local_scalar_dense", "_to_copy", "_unique2", "all", "amax", "amin", "any", "argmax", "argmin", "cat", "clone",
    "copy", "cumprod", "cumsum", "equal", "flip", "item", "masked_select", "mean", "nonzero", "prod", "roll", "scatter",
    "scatter_add", "scatter_reduce", "slice_scatter", "stack", "sum", "tril", "triu", "unique_consecutive",
    "unique_dim",
))  # fmt: skip


_BY_VALUE = ("aten::bincount", "aten::repeat_interleave")  # what gives as much as the values say that it is given


class OverBudget(Exception):
    """A computation would take more memory or work than is left."""


@final
class Budget:
    """Memory and work that are left for what is computed while a network is made.

    Args:
        bytes: Memory for all results together, and for any one tensor on the way to one.
        work: Elements that may be computed.
    """

    def __init__(self, bytes: int, work: int) -> None:
        self.whole = bytes
        self.bytes = bytes
        self.work = work
        self._watches = False

    def compute(self, function: Callable[..., Any], inputs: Sequence[Any], settings: Mapping[str, Any]) -> Any:
        """Call a function, and pay for what it gives.

        Raises:
            OverBudget: It would take more than is left; nothing was paid but the work so far.

        Examples:
            >>> Budget(1_000, 10**6).compute(torch.ones, [(2,)], {})
            tensor([1., 1.])
            >>> Budget(1_000, 10**6).compute(torch.ones, [(10**12,)], {})
            Traceback (most recent call last):
            leyden.onnx.lower.safety.budget.OverBudget: 4000000000000 bytes; 1000 are left
        """
        texts = [value for value in inputs if isinstance(value, np.ndarray)]
        if texts and _bound((*inputs, *settings.values())) > _SMALL:
            raise OverBudget("many texts")
        with torch.no_grad(), _Guard(self):
            result = function(*inputs, **settings)
        spent = sum(map(_size, _tensors(result)))
        if spent > self.bytes:
            raise OverBudget(f"{spent} bytes; {self.bytes} are left")
        self.bytes -= spent
        return result

    def watch(self, function: Callable[..., _Result], *inputs: Any) -> _Result:
        """Call a function that makes layers; what it allocates is looked at, and not paid for.

        It arranges what the file holds or what was paid for, so that one tensor may take all that there was to spend.

        Raises:
            OverBudget: One tensor would take more.
        """
        if self._watches:
            return function(*inputs)
        self._watches = True
        try:
            with _Guard(self, pays=False):
                return function(*inputs)
        finally:
            self._watches = False


def unwatched() -> AbstractContextManager[Any]:
    """Have nobody look at what is computed inside: it was measured before, or takes no memory."""
    return torch._C._DisableTorchDispatch()


class _Guard(TorchDispatchMode):
    """Looks at each call of torch before it is made.

    Args:
        budget: What is left.
        pays: Whether the calls are work to pay for.
    """

    def __init__(self, budget: Budget, *, pays: bool = True) -> None:
        super().__init__()
        self.budget = budget
        self.pays = pays

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # to skip it torch imports it, which takes seconds; nothing is compiled while a network is made

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        device = args[0].device if args and isinstance(args[0], Tensor) else kwargs.get("device")
        if device is not None and device.type == "meta":
            return func(*args, **kwargs)
        bound = _bound((*args, *kwargs.values()))
        self._pay(_CALL)
        if bound > _SMALL or func._schema.name in _BY_VALUE:
            self._check(func, args, kwargs)
        return func(*args, **kwargs)

    def _pay(self, work: int) -> None:
        if not self.pays:
            return
        self.budget.work -= work
        if self.budget.work < 0:
            raise OverBudget("no work is left")

    def _check(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Find out what a call would give by calling it without memory."""
        if func.is_view:
            return
        tensors = [*_tensors(args), *_tensors(kwargs)]
        count = _foreseen(func, args, tensors)
        if count is not None:
            self._allow(8 * count, count)
            return
        given = tree_map(_without_memory, (args, kwargs))
        settings = dict(given[1])
        if any(argument.name == "device" for argument in func._schema.arguments):
            settings["device"] = torch.device("meta")
        try:
            result = func(*given[0], **settings)
        except Exception as error:  # whatever torch cannot say beforehand is left to the time when the network runs
            raise OverBudget(f"{func} does not say what it takes") from error
        outputs = list(_tensors(result))
        count = sum(part.numel() for part in outputs)
        formula = flop_registry.get(func._overloadpacket)
        flops = formula(*given[0], **given[1], out_val=result) // 2 if formula is not None else 0
        slow = 32 if any(word in func._schema.name for word in _SLOW) else 1
        self._allow(sum(map(_size, outputs)), max(count, flops, slow * sum(part.numel() for part in tensors)))

    def _allow(self, size: int, work: int) -> None:
        allowed = self.budget.bytes if self.pays else self.budget.whole
        if size > allowed:
            raise OverBudget(f"{size} bytes; {allowed} are {'left' if self.pays else 'allowed'}")
        self._pay(work)


def _foreseen(func: Any, args: tuple[Any, ...], tensors: Sequence[Tensor]) -> int | None:
    """Bound the elements that a call gives, where that is simple; None where torch has to be asked.

    To be asked, torch imports its compiler for many of these, which takes seconds.
    """
    name = func._schema.name.removeprefix("aten::")
    if name == "where" or torch.Tag.pointwise in func.tags:
        ranks = max((part.dim() for part in tensors), default=0)
        shapes = [(1,) * (ranks - part.dim()) + tuple(part.shape) for part in tensors]
        return math.prod(max(sizes) for sizes in zip(*shapes, strict=True))
    masked = name == "index" and any(part.dtype == torch.bool for part in tensors[1:])
    if name in _SURE or masked:
        return sum(part.numel() * max(part.dim(), 1) for part in tensors)
    if name == "repeat_interleave" and len(tensors) == 1:
        return int(tensors[0].sum())
    if name == "bincount":
        return tensors[0].numel() + (int(tensors[0].max()) if tensors[0].numel() else 0)
    if name == "repeat":
        return tensors[0].numel() * math.prod(max(int(times), 1) for times in args[1])
    if name in ("arange", "eye"):
        numbers = [float(number) for number in args if isinstance(number, int | float)]
        first, last = (numbers[0], numbers[1]) if len(numbers) > 1 else (0.0, numbers[0])
        step = numbers[2] if len(numbers) > 2 else 1.0
        length = (
            first * last if name == "eye" and first else last**2 if name == "eye" else (last - first) / (step or 1.0)
        )
        return int(min(max(length, 0.0), 2.0**62)) + 1
    return None


def _without_memory(value: Any) -> Any:
    return value.to(device="meta") if isinstance(value, Tensor) else value


def _size(tensor: Tensor) -> int:
    return tensor.numel() * tensor.element_size()


def _bound(values: Any) -> int:
    """Bound the elements that a call can give, from the sizes and numbers that it is given."""
    bound = 1
    for part in _leaves(values):
        if isinstance(part, Tensor | np.ndarray):
            bound *= max(part.size if isinstance(part, np.ndarray) else part.numel(), 1)
        elif isinstance(part, int | float) and not math.isnan(part):
            bound *= max(int(min(abs(part), 2.0**62)), 1)
        if bound > _SMALL:
            break
    return bound


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, list | tuple | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _tensors(part)


def _leaves(values: Any) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list | tuple):
            yield from _leaves(value)
        else:
            yield value
