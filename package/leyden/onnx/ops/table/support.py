"""Support vector machines of tables."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, final

import torch
from torch import Tensor, nn

from leyden.onnx.ops.table.linear import LinearClassifier
from leyden.onnx.ops.table.scores import After, Labels, finished, signed

__all__ = [
    "Kernel", "KernelType", "SupportClassifier", "SupportRegressor", "coupled", "svm_classifier", "svm_regressor",
]  # fmt: skip

KernelType = Literal["LINEAR", "POLY", "RBF", "SIGMOID"]
"""A product, a power of it, a function of the distance, or the product's hyperbolic tangent."""


@final
class Kernel(nn.Module):
    """How like each row is to each support vector.

    Args:
        kind: A product, a power of it, its hyperbolic tangent, or a function of the distance.
        vectors: The support vectors, row by row.
        count: How many there are.
        settings: Factor, summand and exponent.
    """

    def __init__(self, kind: KernelType, vectors: Sequence[float], count: int, settings: Sequence[float]) -> None:
        super().__init__()
        self.kind: KernelType = kind
        self.vectors = nn.Parameter(torch.tensor(vectors, dtype=torch.float32).reshape(count, -1))
        self.gamma, self.summand, self.degree = (*settings, 0.0, 0.0, 0.0)[:3]

    def forward(self, x: Tensor) -> Tensor:
        """Give a row of likenesses for each row."""
        if self.kind == "RBF":
            squares = (x * x).sum(1, keepdim=True) + (self.vectors * self.vectors).sum(1) - 2 * x @ self.vectors.T
            return torch.exp(-self.gamma * squares)
        product = x @ self.vectors.T
        if self.kind == "POLY":
            return (product * self.gamma + self.summand) ** self.degree
        return torch.tanh(product * self.gamma + self.summand) if self.kind == "SIGMOID" else product


@final
class SupportRegressor(nn.Module):
    """A sum of likenesses to support vectors.

    Args:
        kernel: The support vectors.
        coefficients: Weight of each.
        rho: Added to the sum.
        one_class: Whether only the sign is given.
        post_transform: What is done to the values at the end.
    """

    def __init__(
        self, kernel: Kernel, coefficients: Sequence[float], rho: float, *, one_class: bool, post_transform: After
    ) -> None:
        super().__init__()
        self.kernel = kernel
        self.coefficients = nn.Parameter(torch.tensor(coefficients, dtype=torch.float32))
        self.rho = nn.Parameter(torch.tensor(rho))
        self.one_class = one_class
        self.post_transform: After = post_transform

    def forward(self, x: Tensor) -> Tensor:
        """Give the value of each row."""
        score = (self.kernel(x.to(torch.float32)) @ self.coefficients + self.rho)[:, None]
        return torch.where(score > 0, 1.0, -1.0) if self.one_class else finished(score, self.post_transform)


@final
class SupportClassifier(nn.Module):
    """One machine for each pair of classes, and the class that most of them choose.

    Args:
        kernel: The support vectors, those of a class after those of the one before.
        coefficients: Weight of each vector against each other class, row by row.
        rho: Added to the score of each pair.
        counts: Number of support vectors of each class.
        labels: Names of the classes.
        platt: Slopes and offsets of the logistic functions that make probabilities of scores; None for scores.
        post_transform: What is done to the scores at the end.
    """

    platt: Tensor | None

    def __init__(
        self, kernel: Kernel, coefficients: Sequence[float], rho: Sequence[float], *, counts: Sequence[int],
        labels: Labels, platt: tuple[Sequence[float], Sequence[float]] | None, post_transform: After,
    ) -> None:  # fmt: skip
        super().__init__()
        self.kernel, self.labels = kernel, labels
        self.post_transform: After = post_transform
        self.pairs = [(one, other) for one in range(len(counts)) for other in range(one + 1, len(counts))]
        table = torch.tensor(coefficients, dtype=torch.float32).reshape(-1, sum(counts))
        starts = [sum(counts[:at]) for at in range(len(counts) + 1)]
        weights = torch.zeros(len(self.pairs), sum(counts))
        for row, (one, other) in enumerate(self.pairs):
            for mine, against in ((one, other - 1), (other, one)):
                weights[row, starts[mine] : starts[mine + 1]] = table[against, starts[mine] : starts[mine + 1]]
        self.weight = nn.Parameter(weights)
        self.bias = nn.Parameter(torch.tensor(rho, dtype=torch.float32))
        self.count = len(counts)
        self.register_buffer(
            "platt", None if platt is None else torch.tensor(platt, dtype=torch.float32), persistent=False
        )

    def forward(self, x: Tensor) -> tuple[Any, Tensor]:
        """Give the labels and the scores."""
        scores = nn.functional.linear(self.kernel(x.to(torch.float32)), self.weight, self.bias)
        votes = scores.new_zeros((scores.shape[0], self.count))
        for column, (one, other) in enumerate(self.pairs):
            won = scores[:, column] > 0
            votes[:, one] += won
            votes[:, other] += ~won
        chosen = self.labels(votes.argmax(1))
        if self.platt is not None:
            found = coupled(self._probabilities(scores))
            return chosen, finished(found, self.post_transform)
        if scores.shape[1] == 1:
            return chosen, signed(scores, self.post_transform)
        return chosen, finished(scores, self.post_transform)

    def _probabilities(self, scores: Tensor) -> Tensor:
        """Give for each pair how probable the first class of the two is."""
        assert self.platt is not None
        first = (-(scores * self.platt[0] + self.platt[1])).sigmoid().clamp(1e-7, 1 - 1e-7)
        table = scores.new_zeros((scores.shape[0], self.count, self.count))
        for column, (one, other) in enumerate(self.pairs):
            table[:, one, other] = first[:, column]
            table[:, other, one] = 1 - first[:, column]
        return table


def coupled(pairs: Tensor) -> Tensor:
    """Give the probabilities of classes that fit those of all pairs best.

    Source:
        Wu, Lin, Weng: Probability estimates for multi-class classification by pairwise coupling, JMLR 5 (2004), second
        method; libsvm's limits on rounds and error.
    """
    count = pairs.shape[-1]
    squares = (pairs * pairs).sum(1)
    matrix = torch.diag_embed(squares) - pairs.transpose(1, 2) * pairs
    found = pairs.new_full((pairs.shape[0], count), 1 / count)
    done = torch.zeros(pairs.shape[0], dtype=torch.bool, device=pairs.device)
    for _ in range(max(100, count)):
        steps = (matrix @ found[..., None])[..., 0]
        total = (found * steps).sum(1)
        done = done | ((steps - total[:, None]).abs().amax(1) < 0.005 / count)
        now = found
        for at in range(count):
            move = (total - steps[:, at]) / matrix[:, at, at]
            grown = 1 + move
            total = (total + move * (move * matrix[:, at, at] + 2 * steps[:, at])) / (grown * grown)
            steps = (steps + move[:, None] * matrix[:, at]) / grown[:, None]
            now = (
                now + move[:, None] * torch.nn.functional.one_hot(torch.tensor(at, device=now.device), count)
            ) / grown[:, None]
        found = torch.where(done[:, None], found, now)
    return found


def svm_regressor(settings: Mapping[str, Any]) -> SupportRegressor:
    """Make the layer of an SVMRegressor of its attributes; without support vectors it is linear."""
    coefficients, count = settings.get("coefficients", ()), settings.get("n_supports", 0)
    kernel = _kernel(settings, count) if count else Kernel("LINEAR", coefficients, 1, ())
    return SupportRegressor(
        kernel, coefficients if count else (1.0,), settings.get("rho", (0.0,))[0],
        one_class=bool(settings.get("one_class", 0)), post_transform=settings.get("post_transform", "NONE"),
    )  # fmt: skip


def svm_classifier(settings: Mapping[str, Any]) -> SupportClassifier | LinearClassifier:
    """Make the layer of an SVMClassifier of its attributes; without support vectors it is linear."""
    labels = Labels(settings.get("classlabels_ints", ()), settings.get("classlabels_strings", ()))
    after, coefficients = settings.get("post_transform", "NONE"), settings.get("coefficients", ())
    counts, rho = settings.get("vectors_per_class", ()), settings.get("rho", (0.0,))
    if not counts:
        return LinearClassifier(coefficients, rho[:1] * max(labels.count, 1), labels, post_transform=after)
    platt = (settings["prob_a"], settings["prob_b"]) if settings.get("prob_a") else None
    kernel = _kernel(settings, sum(counts))
    return SupportClassifier(kernel, coefficients, rho, counts=counts, labels=labels, platt=platt, post_transform=after)


def _kernel(settings: Mapping[str, Any], count: int) -> Kernel:
    kind = settings.get("kernel_type", "LINEAR")
    return Kernel(kind, settings["support_vectors"], count, settings.get("kernel_params", ()))
