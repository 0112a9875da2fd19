"""Activations that recurrent operators name."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["Activation", "choose"]

Activation = Callable[[Tensor], Tensor]
"""A function of each element."""

_MADE: dict[str, Callable[[float, float], Activation]] = {
    "relu": lambda alpha, beta: torch.relu,
    "tanh": lambda alpha, beta: torch.tanh,
    "sigmoid": lambda alpha, beta: torch.sigmoid,
    "softsign": lambda alpha, beta: functional.softsign,
    "softplus": lambda alpha, beta: functional.softplus,
    "affine": lambda alpha, beta: lambda x: alpha * x + beta,
    "leakyrelu": lambda alpha, beta: lambda x: functional.leaky_relu(x, alpha),
    "thresholdedrelu": lambda alpha, beta: lambda x: torch.where(x >= alpha, x, torch.zeros_like(x)),
    "scaledtanh": lambda alpha, beta: lambda x: alpha * torch.tanh(beta * x),
    "hardsigmoid": lambda alpha, beta: lambda x: (alpha * x + beta).clamp(0, 1),
    "elu": lambda alpha, beta: lambda x: functional.elu(x, alpha),
}
_ALPHA = {"affine": 1.0, "leakyrelu": 0.01, "thresholdedrelu": 1.0, "scaledtanh": 1.0, "hardsigmoid": 0.2, "elu": 1.0}
_BETA = {"affine": 0.0, "scaledtanh": 1.0, "hardsigmoid": 0.5}


def choose(names: Sequence[str], alphas: Sequence[float] | None, betas: Sequence[float] | None) -> list[Activation]:
    """Make activations of names, in ONNX's spelling or in any case.

    Args:
        names: Of the activations.
        alphas: First settings, in the order of those activations that have one; what is missing has ONNX's default.
        betas: Second settings.

    Raises:
        ValueError: Nobody knows one of the names.

    Examples:
        >>> [float(f(torch.tensor(-2.0))) for f in choose(("Relu", "LeakyRelu", "Affine"), (0.5, 3.0), (1.0,))]
        [0.0, -1.0, -5.0]
    """
    first, second, chosen = iter(alphas or ()), iter(betas or ()), []
    for name in names:
        key = name.lower()
        if key not in _MADE:
            raise ValueError(f"a recurrent operator has no activation {name!r}; it has {', '.join(sorted(_MADE))}")
        alpha = next(first, _ALPHA[key]) if key in _ALPHA else 0.0
        beta = next(second, _BETA[key]) if key in _BETA else 0.0
        chosen.append(_MADE[key](alpha, beta))
    return chosen
