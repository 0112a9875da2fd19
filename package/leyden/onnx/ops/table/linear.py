"""Linear models of tables."""

from collections.abc import Mapping, Sequence
from typing import Any, final

import torch
from torch import Tensor, nn

from leyden.onnx.ops.table.scores import After, Labels, finished

__all__ = ["LinearClassifier", "LinearRegressor", "linear_classifier", "linear_regressor"]


@final
class LinearRegressor(nn.Module):
    """A linear function of each row.

    Args:
        coefficients: The matrix, row by row.
        intercepts: One for each target; none for zero.
        targets: Number of rows of the matrix.
        post_transform: What is done to the values at the end.

    Examples:
        >>> LinearRegressor((1.0, 2.0), (0.5,))(torch.tensor([[3.0, 4.0]]))
        tensor([[11.5000]], grad_fn=<AddmmBackward0>)
    """

    def __init__(
        self, coefficients: Sequence[float], intercepts: Sequence[float] = (), *, targets: int = 1,
        post_transform: After = "NONE",
    ) -> None:  # fmt: skip
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(coefficients, dtype=torch.float32).reshape(targets, -1))
        self.bias = nn.Parameter(torch.tensor(intercepts, dtype=torch.float32)) if len(intercepts) else None
        self.post_transform: After = post_transform

    def forward(self, x: Tensor) -> Tensor:
        """Give the values of rows."""
        return finished(nn.functional.linear(x.to(self.weight.dtype), self.weight, self.bias), self.post_transform)


@final
class LinearClassifier(nn.Module):
    """A linear function of each row for each class, and the label of the class with the greatest score.

    Args:
        coefficients: The matrix, row by row.
        intercepts: One for each row of the matrix.
        labels: Names of the classes.
        post_transform: What is done to the scores at the end.
    """

    def __init__(
        self, coefficients: Sequence[float], intercepts: Sequence[float], labels: Labels, *, post_transform: After
    ) -> None:
        super().__init__()
        rows = len(intercepts) or labels.count or 1
        self.scores = LinearRegressor(coefficients, intercepts, targets=rows)
        self.labels = labels
        self.post_transform: After = post_transform

    def forward(self, x: Tensor) -> tuple[Any, Tensor]:
        """Give the labels and the scores."""
        scores = self.scores(x)
        if scores.shape[1] > 1:
            return self.labels(scores.argmax(1)), finished(scores, self.post_transform)
        found = finished(scores, self.post_transform) if self.post_transform in ("LOGISTIC", "PROBIT") else scores
        over = (found > (0.5 if self.post_transform in ("LOGISTIC", "PROBIT") else 0))[:, 0].long()
        return (self.labels(over), torch.cat((1 - found, found), 1)) if self.labels.count == 2 else (over, found)


def linear_regressor(settings: Mapping[str, Any]) -> LinearRegressor:
    """Make the layer of a LinearRegressor of its attributes."""
    after, targets = settings.get("post_transform", "NONE"), settings.get("targets", 1)
    coefficients, intercepts = settings.get("coefficients", ()), settings.get("intercepts", ())
    return LinearRegressor(coefficients, intercepts, targets=targets, post_transform=after)


def linear_classifier(settings: Mapping[str, Any]) -> LinearClassifier:
    """Make the layer of a LinearClassifier of its attributes."""
    labels = Labels(settings.get("classlabels_ints", ()), settings.get("classlabels_strings", ()))
    after, intercepts = settings.get("post_transform", "NONE"), settings.get("intercepts", ())
    return LinearClassifier(settings["coefficients"], intercepts, labels, post_transform=after)
