"""Weights through a mask: what `torch.where(mask, weights, 0)` gives, bit for bit, in a fraction of its time on a CPU.

There torch.where branches on each entry, and a mask is as good as random; a product of whole numbers does not branch.
It is done piece by piece, so that the mask, which is bytes, is widened in the cache and not in memory. Training reads
each mask twice a step: there it is kept, once more, as wide as the weights.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.weak import WeakTensorKeyDictionary

__all__ = ["Through", "through", "zero_"]

_WHOLE = {2: torch.int16, 4: torch.int32, 8: torch.int64}  # by size of an entry, in bytes
_SMALL = 1 << 14  # entries; for fewer, what a function of autograd costs is more than it saves
_PIECE = 1 << 17  # entries a thread; widened to 32 bits they are half a MiB, which caches hold
_WIDE = WeakTensorKeyDictionary()  # widened masks of training, by mask, with the version of the mask that they are of


def through(weights: Tensor, mask: Tensor) -> Tensor:
    """Give weights where a mask says True, and zero elsewhere, in the forward and in the gradient.

    It is no product of floating-point numbers, for infinity times zero would be NaN.

    Args:
        weights: of any shape and type; left as they are.
        mask: boolean, of the same shape, on the same device.

    Returns:
        A new tensor, which autograd follows to `weights`.

    Examples:
        >>> through(torch.tensor([1.0, torch.inf]), torch.tensor([True, False]))
        tensor([1., 0.])
    """
    watched = torch.compiler.is_compiling() or torch.jit.is_tracing() or type(weights) is not nn.Parameter
    if watched or weights.device.type != "cpu" or weights.numel() < _SMALL or weights.element_size() not in _WHOLE:
        return torch.where(mask, weights, 0)
    if not (torch.is_grad_enabled() and weights.requires_grad):
        return _kept(weights, mask)
    kept = Through.apply(weights, mask)
    assert isinstance(kept, Tensor)
    return kept


def zero_(tensor: Tensor, mask: Tensor) -> None:
    """Write exact zeros into a tensor, which autograd does not follow, where its mask says False.

    Examples:
        >>> momentum = torch.tensor([0.5, torch.nan])
        >>> zero_(momentum, torch.tensor([True, False]))
        >>> momentum
        tensor([0.5000, 0.0000])
    """
    if not _multiplied(tensor, mask, tensor):
        # masked_fill_(~mask) would make the mask a second time
        torch.where(mask, tensor, tensor.new_zeros(()), out=tensor)


class Through(torch.autograd.Function):
    """`through` for large tensors on a CPU; it can be mapped, and its gradient has gradients of its own."""

    @staticmethod
    def forward(weights: Tensor, mask: Tensor) -> Tensor:
        """Give the weights that the mask keeps."""
        return _kept(weights, mask, again=True)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor], output: Tensor) -> None:
        """Remember the mask."""
        ctx.save_for_backward(inputs[1])

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Any, None]:
        """Give the gradients that the mask keeps."""
        # a function of autograd only where gradients of gradients are asked for, for its call has a price
        if torch.is_grad_enabled():
            return Through.apply(*gradients, *ctx.saved_tensors), None
        return _kept(*gradients, *ctx.saved_tensors, again=True), None

    @staticmethod
    def vmap(info: Any, in_dims: Sequence[int | None], *args: Tensor) -> tuple[Tensor, int]:
        """Do the same for many at once; one mask may serve all."""
        both = [
            tensor.movedim(axis, 0) if axis is not None else tensor.expand(info.batch_size, *tensor.shape)
            for tensor, axis in zip(args, in_dims, strict=True)
        ]
        kept: Any = Through.apply(*both)
        return kept, 0


def _kept(weights: Tensor, mask: Tensor, *, again: bool = False) -> Tensor:
    kept = torch.empty_like(weights)
    return kept if _multiplied(weights, mask, kept, again=again) else torch.where(mask, weights, 0)


def _multiplied(weights: Tensor, mask: Tensor, kept: Tensor, *, again: bool = False) -> bool:
    """Write the weights times the mask, as whole numbers; say whether they lie in memory in a way that lets it.

    `again` says that the same will be asked many times: the widened mask is kept for as long as the mask is.
    """
    whole = _WHOLE.get(weights.element_size())
    same = weights.stride() == mask.stride() == kept.stride()
    if whole is None or not same or weights.device.type != "cpu" or not _dense(weights) or not _stored(weights):
        return False
    if again and not mask.is_inference():
        torch.mul(weights.view(whole), _widened(mask, whole), out=kept.view(whole))
        return True
    length = min(weights.numel(), _PIECE * torch.get_num_threads())
    wide = torch.empty(length, dtype=whole)
    flat = [tensor.as_strided((tensor.numel(),), (1,)) for tensor in (weights.view(whole), mask, kept.view(whole))]
    for weight, keep, out in zip(*(tensor.split(length) for tensor in flat), strict=True):
        torch.mul(weight, wide[: len(keep)].copy_(keep), out=out)
    return True


def _widened(mask: Tensor, whole: torch.dtype) -> Tensor:
    version, wide = _WIDE.get(mask) or (-1, mask)
    if version != mask._version or wide.dtype != whole or wide.shape != mask.shape:
        wide = mask.to(whole)
        _WIDE[mask] = (mask._version, wide)
    return wide


def _dense(tensor: Tensor) -> bool:
    """Say whether entries follow each other without gaps, in whatever order of the axes."""
    expected = 1
    for stride, length in sorted(zip(tensor.stride(), tensor.shape, strict=True)):
        if length > 1 and stride != expected:
            return False
        expected *= length
    return True


def _stored(tensor: Tensor) -> bool:
    """Say whether a tensor has memory of its own; the gradients of many outputs at once have not."""
    try:
        tensor.untyped_storage()
    except (NotImplementedError, RuntimeError):
        return False
    return True
