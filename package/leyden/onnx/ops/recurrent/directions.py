"""Sequences along which a state is carried, and back."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

__all__ = ["Step", "reverse", "silence", "unroll"]

Step = Callable[[Tensor, tuple[Tensor, ...]], tuple[Tensor, ...]]
"""Makes the next states of what the input adds to the gates, and of the states; the first one is what is given out."""


def reverse(data: Tensor, lengths: Tensor | None) -> Tensor:
    """Turn the sequences of a batch around, each within its own length.

    Args:
        data: Time, batch, feature.
        lengths: Of each sequence; None if all take the whole time.

    Examples:
        >>> reverse(torch.arange(3).view(3, 1, 1), torch.tensor([2])).flatten()
        tensor([1, 0, 2])
    """
    if lengths is None:
        return data.flip(0)
    time = torch.arange(data.shape[0], device=data.device)[:, None]
    index = torch.where(time < lengths, lengths - 1 - time, time)
    return data.gather(0, index[..., None].expand_as(data))


def silence(data: Tensor, lengths: Tensor | None) -> Tensor:
    """Put zeros behind the end of each sequence; time, batch, feature."""
    if lengths is None:
        return data
    over = torch.arange(data.shape[0], device=data.device)[:, None] >= lengths
    return data.masked_fill(over[..., None], 0)


def unroll(
    step: Step, inputs: Tensor, states: Sequence[Tensor], lengths: Tensor | None
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Carry states along the time.

    Args:
        step: What is done at each time.
        inputs: Time, batch, feature.
        states: The first ones: batch, feature.
        lengths: Of each sequence, behind which its states stay as they are; None if all take the whole time.

    Returns:
        The first state at each time, zeros behind the end of a sequence, and the last states.
    """
    held, given = tuple(states), []
    for time, data in enumerate(inputs.unbind(0)):
        fresh = step(data, held)
        if lengths is not None:
            runs = (time < lengths)[:, None]
            fresh = tuple(torch.where(runs, new, old) for new, old in zip(fresh, held, strict=True))
        held = fresh
        given.append(held[0])
    out = torch.stack(given) if given else held[0].new_zeros(0, *held[0].shape)
    return silence(out, lengths), held
