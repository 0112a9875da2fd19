"""Quicker ways than torch's own through convolutions and norms of volumes on the CPU."""

from collections.abc import Sequence
from typing import Any, final

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from leyden.medical.sliding.engine.norms import group_norm

__all__ = ["Detours"]

_CONVOLUTION = 7
"""Arguments that a convolution module passes on, all of them by position."""


@final
class Detours(TorchFunctionMode):
    """Sends volumes on ways that are as right and quicker: nothing that is asked for changes but who computes it."""

    def __torch_function__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        given = kwargs or {}
        if function is torch.conv3d and not given and _is_plain_convolution(args):
            volume, weight, bias, stride, padding, dilation, groups = args
            # torch takes a slow way of its own for one small volume; asked by name, oneDNN computes all of them
            return torch.mkldnn_convolution(
                volume, weight, bias, _each(padding), _each(stride), _each(dilation), groups
            )
        if function is functional.group_norm and _is_channels_last(args[0]):
            return _grouped(*args, **given)
        if function is functional.instance_norm and _is_channels_last(args[0]):
            return _instanced(*args, **given)
        return function(*args, **given)


def _each(given: int | Sequence[int]) -> tuple[int, ...]:
    """One number an axis, as torch reads what functions are given."""
    numbers = (given,) if isinstance(given, int) else tuple(given)
    return numbers * 3 if len(numbers) == 1 else numbers


def _grouped(
    volume: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    return group_norm(volume, num_groups, weight=weight, bias=bias, eps=eps)


def _instanced(
    volume: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    if not use_input_stats:
        return functional.batch_norm(volume, running_mean, running_var, weight, bias, False, momentum, eps)
    return group_norm(volume, volume.shape[1], weight=weight, bias=bias, eps=eps)


def _is_plain_convolution(args: tuple[Any, ...]) -> bool:
    """Tell whether it is what a module of volumes asks for: one batch in single precision, zeros around it."""
    if len(args) != _CONVOLUTION or isinstance(args[4], str) or args[0].ndim != 5:
        return False
    return all(each is None or each.dtype == torch.float32 for each in args[:3])


def _is_channels_last(volume: Tensor) -> bool:
    fits = volume.ndim == 5 and volume.dtype == torch.float32
    return fits and not volume.is_contiguous() and volume.is_contiguous(memory_format=torch.channels_last_3d)
