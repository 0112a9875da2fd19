"""The lowest of many scores, exactly, without sorting them and without a second copy of them.

Scores are turned into whole numbers of the same order, piece by piece; counting those by their leading digits finds
the limit in as many passes as there are digits. So the memory it takes beside the masks is that of one piece.

Source:
    Selection by digits: Knuth, The art of computer programming, volume 3, section 5.2.5 (radix sorting), of which only
    the bucket that holds the limit is followed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import torch
from torch import Tensor

from leyden.errors import PruneError

__all__ = ["Scope", "check_method", "has_nan", "keep_highest"]

Scope: TypeAlias = Literal["global", "local"]
"""Whether a share is taken of all chosen weights together, or of each tensor by itself."""

_PIECE = 1 << 17  # scores looked at together: a MiB as 64-bit numbers, which caches hold
_DIGIT = 16  # bits counted in one pass: 65,536 counters
_LOWEST = {torch.int32: -(1 << 31), torch.int64: -(1 << 63)}


@dataclass(frozen=True)
class _Limit:
    """Scores whose number is below `key` go, and the first `ties` of those that equal it."""

    key: int
    ties: int


def check_method(sparsity: float, scope: str = "global", *more: str) -> None:
    """Refuse a share to prune, or the scope it is taken of, that is none; all faults at once.

    Args:
        sparsity: 0 up to, but not including, 1: a network without weights computes nothing.
        scope: "global" or "local".
        more: what else was found to be wrong.

    Raises:
        PruneError: if anything is wrong.

    Examples:
        >>> check_method(1.0)
        Traceback (most recent call last):
        leyden.errors.PruneError: sparsity is a share from 0 to below 1 (at 1 nothing is left); 1.0 was given
    """
    faults = []
    if isinstance(sparsity, bool) or not isinstance(sparsity, int | float) or not 0 <= sparsity < 1:
        faults.append(f"sparsity is a share from 0 to below 1 (at 1 nothing is left); {sparsity!r} was given")
    if scope not in ("global", "local"):
        faults.append(f'scope is "global" or "local"; {scope!r} was given')
    faults += more
    if faults:
        raise PruneError("; ".join(faults))


def keep_highest(
    scores: Mapping[str, Tensor],
    sparsity: float,
    *,
    scope: Scope = "global",
    standing: Mapping[str, Tensor] | None = None,
    absolute: bool = False,
) -> dict[str, Tensor]:
    """Mark all but a share of the scores, the lowest.

    Exactly `round(sparsity * n)` of n scores are left out; under "local" one of each tensor stays in any case, for an
    empty layer cuts the network in two. What stands pruned already counts as lower than any score,
    and towards that number. Of equal scores the earlier go first: by order of the tensors, then by position. Scores may
    be of several types and devices, infinite, and negative. The cost is linear in n; beside the masks it takes a few
    MiB.

    Args:
        scores: any numbers, a tensor for each name.
        sparsity: share to leave out, from 0 to below 1.
        scope: "global" ranks all scores together, "local" those of each tensor.
        standing: masks that are there already, by name, True where kept.
        absolute: whether to rank by absolute value.

    Returns:
        A new boolean tensor for each name, on the device of its scores, True where kept.

    Raises:
        PruneError: if the share or the scope is none, or a score is NaN.

    Examples:
        >>> keep_highest({"a": torch.tensor([3.0, -1.0]), "b": torch.tensor([0.5, 2.0])}, 0.5)
        {'a': tensor([ True, False]), 'b': tensor([False,  True])}
    """
    broken = [f"{name}: a score is NaN, which has no rank" for name, score in scores.items() if has_nan(score)]
    check_method(sparsity, scope, *broken)
    ranked = _Ranked(scores, standing or {}, absolute)
    groups = [list(scores)] if scope == "global" else [[name] for name in scores]
    found = [ranked.keep(group, sparsity, spare=scope == "local") for group in groups]
    return {name: mask for part in found for name, mask in part.items()}


class _Ranked:
    """Scores as whole numbers of the same order, made anew each time they are looked at."""

    def __init__(self, scores: Mapping[str, Tensor], standing: Mapping[str, Tensor], absolute: bool) -> None:
        self._scores = scores
        self._standing = standing
        self._absolute = absolute
        wide = any(score.dtype in (torch.float64, torch.int32, torch.int64) for score in scores.values())
        # one type wide enough for all, so that tensors of several types can be ranked together
        self._float, self._whole = (torch.float64, torch.int64) if wide else (torch.float32, torch.int32)

    def keep(self, names: list[str], sparsity: float, *, spare: bool) -> dict[str, Tensor]:
        total = sum(self._scores[name].numel() for name in names)
        count = min(round(sparsity * total), max(0, total - 1)) if spare else round(sparsity * total)
        limit = self._limit(names, count) if count else None
        kept, ties = {}, limit.ties if limit else 0
        for name in names:
            score = self._scores[name]
            mask = torch.ones(score.shape, dtype=torch.bool, device=score.device)
            if limit is not None:
                flat, start = mask.view(-1), 0
                for keys in self._pieces(name):
                    piece = flat[start : start + len(keys)]
                    ties -= _mark_(piece, keys, _Limit(limit.key, ties))
                    start += len(keys)
            kept[name] = mask
        return kept

    def _limit(self, names: list[str], count: int) -> _Limit:
        """Find the number of the count-th lowest score, digit by digit from the left."""
        bits = torch.iinfo(self._whole).bits
        prefix, left = 0, count
        for shift in range(bits - _DIGIT, -1, -_DIGIT):
            counts = torch.zeros(1 << _DIGIT, dtype=torch.int64)
            for name in names:
                for keys in self._pieces(name):
                    if shift + _DIGIT < bits:
                        keys = keys[(keys >> (shift + _DIGIT)) == prefix]
                    # the leading digit carries the sign, so it counts from half of the range below zero
                    digits = (keys >> shift) + ((1 << (_DIGIT - 1)) if shift + _DIGIT == bits else 0)
                    digits = digits & ((1 << _DIGIT) - 1)
                    counts += torch.bincount(digits, minlength=1 << _DIGIT).cpu()
            upto = counts.cumsum(0)
            digit = int(torch.searchsorted(upto, left))
            left -= int(upto[digit - 1]) if digit else 0
            leading = shift + _DIGIT == bits
            prefix = digit - (1 << (_DIGIT - 1)) if leading else (prefix << _DIGIT) | digit
        return _Limit(prefix, left)

    def _pieces(self, name: str) -> Iterator[Tensor]:
        stand = self._standing.get(name)
        score = self._scores[name].detach().reshape(-1)
        lines = None if stand is None else stand.to(score.device).reshape(-1)
        for start in range(0, score.numel(), _PIECE):
            piece = score[start : start + _PIECE].to(self._float, copy=self._absolute)
            if self._absolute:
                piece.abs_()
            # adding zero makes -0 the same as 0
            keys = (piece + 0).view(self._whole)
            # read as whole numbers, negative floats come in the opposite order
            keys = torch.where(keys < 0, keys ^ torch.iinfo(self._whole).max, keys)
            if lines is not None:
                keys = keys.masked_fill(~lines[start : start + _PIECE], _LOWEST[self._whole])
            yield keys


def _mark_(mask: Tensor, keys: Tensor, limit: _Limit) -> int:
    """Write into the mask what is kept of one piece; give how many ties that took."""
    torch.ge(keys, limit.key, out=mask)
    if limit.ties:
        taken = (keys == limit.key).nonzero().flatten()[: limit.ties]
        mask[taken] = False
        return len(taken)
    return 0


def has_nan(numbers: Tensor) -> bool:
    """Say whether a NaN is among numbers of any type and shape, without a second copy of them.

    Examples:
        >>> has_nan(torch.tensor([[1.0, torch.nan]]))
        True
    """
    if not numbers.is_floating_point():
        return False
    flat = numbers.detach().reshape(-1)
    return any(bool(flat[at : at + _PIECE].isnan().any()) for at in range(0, flat.numel(), _PIECE))
