"""Scores of classes: what is done to them at the end, and the labels that they choose."""

from collections.abc import Sequence
from typing import Any, Literal, final

import numpy as np
import torch
from torch import Tensor, nn

__all__ = ["After", "Labels", "finished", "signed"]

After = Literal["NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO", "PROBIT"]
"""What is done to scores at the end."""


@final
class Labels(nn.Module):
    """Names of classes: integers or texts.

    Args:
        integers: Their integers.
        texts: Or their texts; none of both for numbers from 0.

    Examples:
        >>> Labels((), ("cat", "dog"))(torch.tensor([1, 0])).tolist()
        ['dog', 'cat']
    """

    def __init__(self, integers: Sequence[int], texts: Sequence[str]) -> None:
        super().__init__()
        self.count = max(len(integers), len(texts))
        self.texts = np.array(texts, dtype=object) if texts else None
        self.register_buffer("integers", torch.tensor(integers, dtype=torch.int64), persistent=False)

    def forward(self, index: Tensor) -> Any:
        """Give the names of classes."""
        if self.texts is not None:
            return self.texts[index.cpu().numpy()]
        return self.get_buffer("integers")[index] if self.count else index


def finished(scores: Tensor, after: After) -> Tensor:
    """Make the final scores: logistic, softmax, softmax of what is not zero, or probit.

    Examples:
        >>> finished(torch.tensor([[0.0, 2.0, 2.0]]), "SOFTMAX_ZERO")
        tensor([[0.0000, 0.5000, 0.5000]])
    """
    if after == "LOGISTIC":
        return scores.sigmoid()
    if after == "SOFTMAX":
        return scores.softmax(-1)
    if after == "PROBIT":
        return 2**0.5 * torch.erfinv(2 * scores - 1)
    if after == "SOFTMAX_ZERO":
        greatest = scores.amax(-1, keepdim=True)
        parts = torch.where(scores.abs() > 1e-7, (scores - greatest).exp(), scores * (-greatest).exp())
        return parts / parts.sum(-1, keepdim=True)
    return scores


def signed(score: Tensor, after: After) -> Tensor:
    """Make the final scores of two classes of the one score that says which: of its negative and of itself."""
    return finished(torch.cat((-score, score), -1), after)
