"""All colour steps of a draw, done to an image or undone."""

from collections.abc import Sequence

import torch
from torch import Tensor

from leyden.augment.fusing.layout import floating
from leyden.augment.fusing.line import Change, Line
from leyden.augment.fusing.weights import Channels
from leyden.errors import DrawError

__all__ = ["recolour", "restore"]

_UNLEARNED = "a colour step gives no gradient, and the image asks for one: give Image(data.detach()) before it"


def recolour(
    colours: Sequence[Line | Change], data: Tensor, *, owned: bool = False, like: Tensor | None = None
) -> Tensor:
    """Give an image after colour steps.

    Args:
        colours: in order.
        data: `channel *space`, real or bytes; of any layout in memory.
        owned: whether `data` may be overwritten, because nobody else holds it; saves memory and time in volumes.
        like: a coarse copy of the whole image, of which statistics are taken where `data` is only a part of it.

    Returns:
        `channel *space`, contiguous, in the dtype of `data` (bytes become float32 of 0..1); `data` itself if there are
        no steps.

    Raises:
        DrawError: a step is for another number of channels, needs a statistic of an image with NaN, or gives no
            gradient where the image asks for one.

    Examples:
        >>> recolour((Line((2.0,)), Line(offset=(1.0,))), torch.tensor([[[0, 255]]], dtype=torch.uint8))
        tensor([[[1., 3.]]])
    """
    if not colours:
        return data
    dtype = torch.float32 if data.dtype == torch.uint8 else data.dtype
    work, owned = _widen(data, owned=owned)
    rough = None if like is None else _widen(like, owned=False)[0]
    for colour in colours:
        statistics = colour.statistics(work if rough is None else rough)
        if rough is not None:
            rough = colour.act(rough, statistics, owned=False)
        result = _acted(colour, work, statistics, owned=owned)
        # a step that gives back what it was given, or a part of it, must not hand the caller's memory on as ours
        owned = owned or result.untyped_storage().data_ptr() != work.untyped_storage().data_ptr()
        work = result
    return work.to(dtype)


def _acted(colour: Line | Change, data: Tensor, statistics: Channels, *, owned: bool) -> Tensor:
    """Give the image after one step; where a gradient is asked for, there is one or an error."""
    if not (data.requires_grad and torch.is_grad_enabled()):
        return colour.act(data, statistics, owned=owned)
    try:
        result = colour.act(data, statistics, owned=False)
    except RuntimeError as error:  # torch's own, of changes in place
        raise DrawError(_UNLEARNED) from error
    if not result.requires_grad:
        raise DrawError(_UNLEARNED)
    return result


def restore(colours: Sequence[Line | Change], data: Tensor) -> Tensor:
    """Give an image before colour steps, in the dtype it has (bytes become float32).

    Args:
        colours: as they were done, in order.
        data: `channel *space`.

    Raises:
        DrawError: a step has no way back.
    """
    if not colours:
        return data
    work = floating(data)
    for colour in reversed(colours):
        work = colour.undo(work)
    return work if data.dtype == torch.uint8 else work.to(data.dtype)


def _widen(data: Tensor, *, owned: bool) -> tuple[Tensor, bool]:
    """Give half precision as float32, in which all steps compute; bytes stay, because lines take them as they are."""
    if data.dtype in (torch.uint8, torch.float32, torch.float64):
        return data, owned
    return floating(data), True
