"""TfIdfVectorizer: how often groups of words or numbers stand in a text."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal, final

import numpy as np
import torch
from torch import Tensor, nn

__all__ = ["Grams", "tf_idf_vectorizer"]


@final
class Grams(nn.Module):
    """Counts groups of items that it knows, also with gaps between the items.

    Args:
        pool: The items of all groups, those of one item first, then those of two, and so on.
        counts: Where the groups of each length begin in the pool.
        indexes: In which column each group is counted.
        weights: A factor for each group; None for one.
        lengths: The least and the greatest length of a group that is counted.
        skips: How many items may stand between two of a group, at most.
        mode: Counts (TF), whether there is one (IDF, weighted), or weighted counts (TFIDF).
    """

    factors: Tensor

    def __init__(
        self, pool: Sequence[Any], *, counts: Sequence[int], indexes: Sequence[int], weights: Sequence[float] | None,
        lengths: tuple[int, int], skips: int, mode: Literal["TF", "IDF", "TFIDF"],
    ) -> None:  # fmt: skip
        super().__init__()
        self.lengths, self.skips, self.mode = lengths, skips, mode
        self.numbers = {item: number for number, item in enumerate(dict.fromkeys(pool))}
        self.width = max(indexes, default=-1) + 1
        self.texts = bool(len(pool)) and isinstance(pool[0], str)
        self.register_buffer(
            "items", torch.tensor([] if self.texts else list(self.numbers), dtype=torch.int64), persistent=False
        )
        bounds = (*counts, len(pool))
        if any(not 0 <= start <= end for start, end in pairwise(bounds)):
            raise ValueError(f"ngram_counts {list(counts)} are no ascending places in a pool of {len(pool)}")
        self.known: dict[int, int] = {}
        taken = 0
        for length, (start, end) in enumerate(pairwise(bounds), start=1):
            groups = [[self.numbers[item] for item in pool[at : at + length]] for at in range(start, end, length)]
            columns = list(indexes[taken : taken + len(groups)])
            taken += len(groups)
            if groups:
                self.known[length] = len(groups)
                self.register_buffer(f"groups_{length}", torch.tensor(groups), persistent=False)
                self.register_buffer(f"columns_{length}", torch.tensor(columns), persistent=False)
        factors = torch.ones(self.width)
        if weights is not None:
            factors[torch.tensor(indexes, dtype=torch.int64)] = torch.tensor(weights, dtype=torch.float32)
        self.register_buffer("factors", factors, persistent=False)

    def forward(self, x: Any) -> Tensor:
        """Count the groups in a row of items, or in each row of a matrix."""
        ids = self._ids(x)
        rows = ids[None] if ids.ndim == 1 else ids
        total = torch.zeros((rows.shape[0], self.width), device=rows.device)
        least, greatest = self.lengths
        for length in (length for length in self.known if least <= length <= greatest):
            groups, columns = self.get_buffer(f"groups_{length}"), self.get_buffer(f"columns_{length}")
            for gap in range(1, 2 if length == 1 else self.skips + 2):
                starts = rows.shape[1] - (length - 1) * gap
                if starts > 0:
                    total = total.index_add(1, columns, _occurrences(rows, groups, gap, starts))
        if self.mode == "IDF":
            total = (total > 0).to(total.dtype)
        total = total if self.mode == "TF" else total * self.factors
        return total[0] if ids.ndim == 1 else total

    def _ids(self, x: Any) -> Tensor:
        """Give the number of each item in the pool, -1 for one that is not there."""
        if isinstance(x, np.ndarray):
            numbers = [self.numbers.get(item, -1) for item in x.ravel()]
            return torch.tensor(numbers, dtype=torch.int64, device=self.factors.device).reshape(x.shape)
        items, order = self.get_buffer("items").sort()
        if not items.numel():
            return torch.full_like(x, -1, dtype=torch.int64)
        place = torch.searchsorted(items, x.long()).clamp(max=items.numel() - 1)
        return torch.where(items[place] == x, order[place], -1)


def tf_idf_vectorizer(settings: Mapping[str, Any]) -> Grams:
    """Make the layer of a TfIdfVectorizer of its attributes."""
    return Grams(
        settings.get("pool_strings") or settings.get("pool_int64s", ()), counts=settings["ngram_counts"],
        indexes=settings["ngram_indexes"], weights=settings.get("weights"), skips=settings["max_skip_count"],
        lengths=(settings["min_gram_length"], settings["max_gram_length"]), mode=settings["mode"],
    )  # fmt: skip


def _occurrences(rows: Tensor, groups: Tensor, gap: int, starts: int) -> Tensor:
    """Count in each row how often each group begins at one of the starts."""
    found = torch.ones((rows.shape[0], starts, groups.shape[0]), dtype=torch.bool, device=rows.device)
    for at in range(groups.shape[1]):
        found = found & (rows[:, at * gap : at * gap + starts, None] == groups[:, at])
    return found.sum(1).to(torch.float32)
