"""Masks for checkpoints: a bit a weight, plain types only."""

from collections.abc import Mapping
from typing import TypedDict

import numpy as np
import torch
from torch import Tensor

__all__ = ["Packed", "pack", "unpack"]


class Packed(TypedDict):
    """One mask: its shape, and its bits in memory order, eight in a byte; `torch.load(weights_only=True)` reads it."""

    shape: list[int]
    bits: Tensor


def pack(masks: Mapping[str, Tensor]) -> dict[str, Packed]:
    """Write masks as bits, in main memory.

    Args:
        masks: boolean tensors by name, of any shape and device.

    Examples:
        >>> pack({"a": torch.tensor([[True, False], [False, False]])})
        {'a': {'shape': [2, 2], 'bits': tensor([128], dtype=torch.uint8)}}
    """
    return {
        name: {"shape": list(mask.shape), "bits": torch.from_numpy(np.packbits(mask.cpu().numpy()))}
        for name, mask in masks.items()
    }


def unpack(packed: Mapping[str, Packed]) -> dict[str, Tensor]:
    """Read masks back from bits.

    Args:
        packed: what `pack` gave, on any device.

    Returns:
        New boolean tensors in main memory.

    Examples:
        >>> masks = {"a": torch.tensor([[True, False, True]])}
        >>> unpack(pack(masks))
        {'a': tensor([[ True, False,  True]])}
    """
    made = {}
    for name, one in packed.items():
        bits = np.unpackbits(one["bits"].cpu().numpy(), count=int(np.prod(one["shape"])))
        made[name] = torch.from_numpy(bits).bool().reshape(one["shape"])
    return made
