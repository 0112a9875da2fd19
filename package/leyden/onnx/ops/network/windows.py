"""Windows that slide over the axes of space: how an input is padded for them, and what each of them sees.

Sizes of axes may be symbolic here, so that nothing is decided on them that could be computed instead.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

__all__ = [
    "cells", "int_max", "is_open", "ones", "padded", "paddings", "reach", "same_padded", "split_evenly", "surplus",
]  # fmt: skip


def is_open(auto_pad: str, strides: Sequence[int]) -> bool:
    """Say whether the padding depends on the size of the input, which may be symbolic: nothing may be decided on it."""
    return auto_pad.startswith("SAME") and any(step > 1 for step in strides)


def int_max(one: int, other: int) -> int:
    """Give the larger of two sizes, without a decision where one of them is symbolic."""
    larger = torch.sym_max(one, other)
    assert not isinstance(larger, float)
    return larger


def ones(values: Sequence[int] | None, axes: int) -> tuple[int, ...]:
    """Give strides or dilations, 1 for each axis where the file has none."""
    return tuple(values) if values else (1,) * axes


def reach(kernel: Sequence[int], dilations: Sequence[int]) -> tuple[int, ...]:
    """Give how far a dilated window reaches along each axis.

    Examples:
        >>> reach((3, 3), (1, 2))
        (3, 5)
    """
    return tuple((size - 1) * step + 1 for size, step in zip(kernel, dilations, strict=True))


def paddings(
    sizes: Sequence[int], spans: Sequence[int], strides: Sequence[int], *, auto_pad: str, pads: Sequence[int] | None
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Say how much is to be added before and after each axis.

    Args:
        sizes: Of the axes of space.
        spans: How far a window reaches along each.
        strides: How far apart windows are along each.
        auto_pad: NOTSET, VALID, SAME_UPPER or SAME_LOWER.
        pads: What NOTSET takes: all that is added before, then all that is added after.

    Examples:
        >>> paddings((5, 6), (2, 3), (1, 2), auto_pad="SAME_UPPER", pads=None)
        ((0, 0), (1, 1))
    """
    axes = len(spans)
    if auto_pad in ("NOTSET", "VALID"):
        pads = pads if pads and auto_pad == "NOTSET" else (0,) * 2 * axes
        return tuple(pads[:axes]), tuple(pads[axes:])
    totals = [_same(*axis) for axis in zip(sizes, spans, strides, strict=True)]
    return split_evenly(totals, more_after=auto_pad == "SAME_UPPER")


def split_evenly(totals: Sequence[int], *, more_after: bool) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Divide paddings between both ends of each axis; one of them gets what is left of an odd one."""
    less, more = tuple(total // 2 for total in totals), tuple(total - total // 2 for total in totals)
    return (less, more) if more_after else (more, less)


def surplus(
    sizes: Sequence[int], spans: Sequence[int], strides: Sequence[int], before: Sequence[int], after: Sequence[int]
) -> tuple[int, ...]:
    """Say how much more is to be added after each axis so that a last window fits that `ceil_mode` asks for.

    A window that would start behind the input and what is added before it is not asked for.
    """
    more = []
    for size, span, stride, first, last in zip(sizes, spans, strides, before, after, strict=True):
        inside = (size + first + last - span + stride - 1) // stride
        windows = -int_max(-inside, -((size + first - 1) // stride))
        more.append(int_max(windows * stride + span - (size + first + last), 0))
    return tuple(more)


def padded(x: Tensor, before: Sequence[int], after: Sequence[int], value: float = 0) -> Tensor:
    """Add a value before and after the last axes; negative numbers take away."""
    pairs = [pad for pair in zip(reversed(before), reversed(after), strict=True) for pad in pair]
    return functional.pad(x, pairs, value=value)


def same_padded(
    x: Tensor, *, spans: tuple[int, ...], strides: tuple[int, ...], auto_pad: str, value: float = 0
) -> Tensor:
    """Pad an input so that the windows give one element for each stride of it, as SAME_UPPER and SAME_LOWER say."""
    before, after = paddings(x.shape[2:], spans, strides, auto_pad=auto_pad, pads=None)
    return padded(x, before, after, value)


def cells(x: Tensor, kernel: Sequence[int], strides: Sequence[int], dilations: Sequence[int]) -> Tensor:
    """View what each window sees: batch, channel, windows along each axis, then places in a window along each axis.

    Examples:
        >>> cells(torch.arange(5.0).reshape(1, 1, 5), (2,), (1,), (3,))
        tensor([[[[0., 3.],
                  [1., 4.]]]])
    """
    for axis, (span, stride) in enumerate(zip(reach(kernel, dilations), strides, strict=True)):
        x = x.unfold(2 + axis, span, stride)
    if any(step > 1 for step in dilations):
        x = x[(..., *(slice(None, None, step) for step in dilations))]
    return x


def _same(size: int, span: int, stride: int) -> int:
    if stride == 1:
        return span - 1
    return int_max((size + stride - 1) // stride * stride - stride + span - size, 0)
