"""Which keys each query of an attention may see."""

from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["Sight", "mask_of"]


@final
@dataclass(frozen=True)
class Sight:
    """What limits the keys that a query sees, besides a mask.

    Args:
        causal: Whether it sees none behind its own place.
        left: How many before its own place it sees; -1 for all.
        right: How many behind its own place it sees; -1 for all.
        past: Keys that came before the first query.
        filled: Keys of each sample of the batch that are no filling; None if all are.
    """

    causal: bool = False
    left: int = -1
    right: int = -1
    past: int = 0
    filled: Tensor | None = None

    @property
    def is_triangle(self) -> bool:
        """Whether the first query sees the first key, and each one more than the one before it."""
        free = self.left < 0 and self.right < 0 and self.filled is None
        return self.causal and free and isinstance(self.past, int) and self.past == 0


def mask_of(mask: Tensor | None, sight: Sight, query: Tensor, keys: int) -> Tensor | None:
    """Give one mask for all that limits an attention: where to look, or what to add to the scores; None for no limit.

    Args:
        mask: Booleans, or numbers to add; it may be shorter than the keys, which hides the rest.
        sight: What else limits.
        query: Batch, head, query, feature: its device, type and number of queries count.
        keys: How many there are.
    """
    seen = _seen(sight, query, keys)
    if mask is None:
        return seen
    chooses = mask.dtype == torch.bool
    mask = mask if chooses else mask.to(query.dtype)
    if mask.shape[-1] != keys:
        mask = functional.pad(mask, (0, keys - mask.shape[-1]), value=False if chooses else -torch.inf)
    if chooses:
        return mask if seen is None else mask & seen
    return mask if seen is None else torch.where(seen, mask, -torch.inf)


def _seen(sight: Sight, query: Tensor, keys: int) -> Tensor | None:
    if not sight.causal and sight.left < 0 and sight.right < 0 and sight.filled is None:
        return None
    device, queries = query.device, query.shape[-2]
    key = torch.arange(keys, device=device)
    seen, place = None, torch.arange(queries, device=device)[:, None] + sight.past
    if sight.filled is not None:
        filled = sight.filled.view(-1, 1, 1, 1)
        seen, place = key < filled, torch.arange(queries, device=device)[:, None] + (filled - queries)
    limits = []
    if sight.causal or sight.right >= 0:
        limits.append(key <= place + (0 if sight.causal else sight.right))
    if sight.left >= 0:
        limits.append(key >= place - sight.left)
    for limit in limits:
        seen = limit if seen is None else seen & limit
    return seen
