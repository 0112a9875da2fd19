"""Heads of attention: packed into one axis, or on an axis of their own."""

from torch import Tensor

__all__ = ["pack_heads", "unpack_heads"]


def unpack_heads(packed: Tensor, heads: int) -> Tensor:
    """Turn batch, time, head by feature into batch, head, time, feature; a view.

    Examples:
        >>> import torch
        >>> unpack_heads(torch.zeros(2, 5, 12), 3).shape
        torch.Size([2, 3, 5, 4])
    """
    return packed.unflatten(2, (heads, -1)).transpose(1, 2)


def pack_heads(data: Tensor) -> Tensor:
    """Turn batch, head, time, feature into batch, time, head by feature."""
    return data.transpose(1, 2).flatten(2)
