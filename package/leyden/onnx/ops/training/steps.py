"""Steps of optimisers: new parameters and new state of a rate, a step number, parameters, gradients and state."""

from typing import Literal

import torch
from torch import Tensor

from leyden.onnx.ops.registry import operator

__all__ = ["adagrad", "adam", "momentum"]

_DOMAIN = "ai.onnx.preview.training"


@operator("Momentum", domain=_DOMAIN, many=True)
def momentum(
    rate: Tensor, step: Tensor, *inputs: Tensor, alpha: float, beta: float, mode: Literal["standard", "nesterov"],
    norm_coefficient: float,
) -> tuple[Tensor, ...]:  # fmt: skip
    """Take a step of stochastic gradient descent with momentum.

    Args:
        rate: The learning rate.
        step: How many steps were taken before.
        inputs: The parameters, their gradients, their momenta; as many of each.
        alpha: Share of the momentum that is kept.
        beta: Share of the gradient that is added; in the first step all of it is.
        mode: Which rule.
        norm_coefficient: Weight of the regularisation, half the sum of squares.

    Returns:
        The new parameters, then the new momenta.
    """
    beta_now = torch.where(step > 0, beta, 1.0)
    news: list[Tensor] = []
    momenta: list[Tensor] = []
    for value, gradient, velocity in zip(*_parts(inputs, 3), strict=True):
        regular = norm_coefficient * value + gradient
        moved = alpha * velocity + beta_now.to(value.dtype) * regular
        direction = regular + alpha * moved if mode == "nesterov" else moved
        news.append(value - rate.to(value.dtype) * direction)
        momenta.append(moved)
    return (*news, *momenta)


@operator("Adagrad", domain=_DOMAIN, many=True)
def adagrad(
    rate: Tensor, step: Tensor, *inputs: Tensor, decay_factor: float = 0.0, epsilon: float = 1e-6,
    norm_coefficient: float = 0.0,
) -> tuple[Tensor, ...]:  # fmt: skip
    """Take a step of Adagrad.

    Args:
        rate: The learning rate.
        step: How many steps were taken before.
        inputs: The parameters, their gradients, their sums of squared gradients; as many of each.
        decay_factor: How fast the rate falls with the number of steps.
        epsilon: Added to the root of the sums.
        norm_coefficient: Weight of the regularisation, half the sum of squares.

    Returns:
        The new parameters, then the new sums.
    """
    slower = rate / (1 + step * decay_factor)
    news: list[Tensor] = []
    sums: list[Tensor] = []
    for value, gradient, total in zip(*_parts(inputs, 3), strict=True):
        regular = norm_coefficient * value + gradient
        grown = total + regular * regular
        news.append(value - slower.to(value.dtype) * regular / (grown.sqrt() + epsilon))
        sums.append(grown)
    return (*news, *sums)


@operator("Adam", domain=_DOMAIN, many=True)
def adam(
    rate: Tensor, step: Tensor, *inputs: Tensor, alpha: float = 0.9, beta: float = 0.999, epsilon: float = 1e-6,
    norm_coefficient: float = 0.0, norm_coefficient_post: float = 0.0,
) -> tuple[Tensor, ...]:  # fmt: skip
    """Take a step of Adam; before the first step nothing is corrected for the bias of the averages.

    Args:
        rate: The learning rate.
        step: How many steps were taken before.
        inputs: The parameters, their gradients, averages of gradients, averages of squares; as many of each.
        alpha: Share of the average of gradients that is kept.
        beta: Share of the average of squares that is kept.
        epsilon: Added to the root of the average of squares.
        norm_coefficient: Weight of the regularisation, half the sum of squares, in the gradient.
        norm_coefficient_post: Share that the new parameters shrink by.

    Returns:
        The new parameters, then both averages.
    """
    exponent = step.to(rate.dtype)
    corrected = rate * (1 - beta**exponent).sqrt() / (1 - alpha**exponent)
    paced = torch.where(step > 0, corrected, rate)
    news: list[Tensor] = []
    firsts: list[Tensor] = []
    seconds: list[Tensor] = []
    for value, gradient, first, second in zip(*_parts(inputs, 4), strict=True):
        regular = norm_coefficient * value + gradient
        firsts.append(alpha * first + (1 - alpha) * regular)
        seconds.append(beta * second + (1 - beta) * regular * regular)
        moved = value - paced.to(value.dtype) * firsts[-1] / (seconds[-1].sqrt() + epsilon)
        news.append((1 - norm_coefficient_post) * moved)
    return (*news, *firsts, *seconds)


def _parts(inputs: tuple[Tensor, ...], count: int) -> list[tuple[Tensor, ...]]:
    """Cut the inputs into equal groups."""
    many, left = divmod(len(inputs), count)
    if left:
        raise ValueError(f"{len(inputs)} inputs after rate and step are no {count} groups of the same size")
    return [inputs[start * many : (start + 1) * many] for start in range(count)]
