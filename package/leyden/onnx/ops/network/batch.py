"""Batch normalisation, which was defined six times."""

import torch
from torch import Tensor
from torch.nn import functional

from leyden.onnx.ops.registry import operator

__all__ = ["batch_norm", "batch_norm_1", "batch_norm_7", "batch_norm_9"]


@operator("BatchNormalization", since=14)
def batch_norm(
    x: Tensor, scale: Tensor, b: Tensor, mean: Tensor, var: Tensor, *, epsilon: float = 1e-5, momentum: float = 0.9,
    training_mode: int = 0, output_count: int = 1,
) -> Tensor | tuple[Tensor, ...]:  # fmt: skip
    """Normalise each channel with the given statistics, or in training mode with those of the batch.

    Training mode also gives the running mean and variance: old ones times `momentum`, and the rest of the batch's.
    """
    if not training_mode:
        y = _normalised(x, scale, b, mean, var, epsilon)
        return y if output_count == 1 else (y, mean, var)
    y, now, spread = _by_batch(x, scale, b, epsilon)
    running = mean * momentum + now.to(mean.dtype) * (1 - momentum)
    if output_count == 1:
        return y
    return (y, running, var * momentum + spread.to(var.dtype) * (1 - momentum))[:output_count]


@operator("BatchNormalization", since=9, until=13)
def batch_norm_9(
    x: Tensor, scale: Tensor, b: Tensor, mean: Tensor, var: Tensor, *, epsilon: float = 1e-5, momentum: float = 0.9,
    output_count: int = 1,
) -> Tensor | tuple[Tensor, ...]:  # fmt: skip
    """Normalise with the given statistics, or with those of the batch if any output behind the first is asked for."""
    if output_count == 1:
        return _normalised(x, scale, b, mean, var, epsilon)
    y, now, spread = _by_batch(x, scale, b, epsilon)
    running = (mean * momentum + now * (1 - momentum), var * momentum + spread * (1 - momentum))
    return (y, *running, now, spread)[:output_count]


@operator("BatchNormalization", since=7, until=8)
def batch_norm_7(
    x: Tensor, scale: Tensor, b: Tensor, mean: Tensor, var: Tensor, *, epsilon: float = 1e-5, momentum: float = 0.9,
    spatial: int = 1, output_count: int = 1,
) -> Tensor | tuple[Tensor, ...]:  # fmt: skip
    """Normalise as version 9 does; without `spatial`, each element of a sample has statistics of its own."""
    if spatial:
        return batch_norm_9(
            x, scale, b, mean, var, epsilon=epsilon, momentum=momentum, output_count=output_count
        )  # fmt: skip
    flat = [value.flatten() for value in (scale, b, mean, var)]
    results = batch_norm_9(x.flatten(1), *flat, epsilon=epsilon, momentum=momentum, output_count=output_count)
    if isinstance(results, Tensor):
        return results.reshape(x.shape)
    return (results[0].reshape(x.shape), *(value.reshape(mean.shape) for value in results[1:]))


@operator("BatchNormalization", until=6)
def batch_norm_1(
    x: Tensor, scale: Tensor, b: Tensor, mean: Tensor, var: Tensor, *, consumed_inputs: tuple[int, ...] = (),
    epsilon: float = 1e-5, is_test: int = 0, momentum: float = 0.9, spatial: int = 1, output_count: int = 1,
) -> Tensor | tuple[Tensor, ...]:  # fmt: skip
    """Normalise as version 7 does; `is_test` says that the statistics are given, and so does a single output."""
    if is_test and output_count > 1:
        y = batch_norm_7(x, scale, b, mean, var, epsilon=epsilon, momentum=momentum, spatial=spatial)
        assert isinstance(y, Tensor)
        return (y, mean, var, mean, var)[:output_count]
    return batch_norm_7(
        x, scale, b, mean, var, epsilon=epsilon, momentum=momentum, spatial=spatial, output_count=output_count
    )


def _normalised(x: Tensor, scale: Tensor, b: Tensor, mean: Tensor, var: Tensor, epsilon: float) -> Tensor:
    if x.ndim == 1:
        return _normalised(x.unsqueeze(1), scale, b, mean, var, epsilon).squeeze(1)
    if torch.is_grad_enabled() and (mean.requires_grad or var.requires_grad):  # torch's own has no gradient for these
        scale, b, mean, var = (value.reshape(-1, *(1,) * (x.ndim - 2)) for value in (scale, b, mean, var))
        return ((x - mean) * torch.rsqrt(var + epsilon) * scale + b).to(x.dtype)
    if x.dtype == scale.dtype == mean.dtype:
        return torch.batch_norm(x, scale, b, mean, var, False, 0.0, epsilon, torch.backends.cudnn.enabled)
    wide = torch.promote_types(torch.promote_types(x.dtype, scale.dtype), mean.dtype)
    scale, b, mean, var = (value.to(wide) for value in (scale, b, mean, var))
    return _normalised(x.to(wide), scale, b, mean, var, epsilon).to(x.dtype)


def _by_batch(x: Tensor, scale: Tensor, b: Tensor, epsilon: float) -> tuple[Tensor, Tensor, Tensor]:
    """Normalise with the mean and variance of the batch, and give those, too."""
    wide = torch.promote_types(x.dtype, torch.float32)
    rows = (x if x.ndim > 1 else x.unsqueeze(1)).to(wide)
    spread, mean = torch.var_mean(rows, [axis for axis in range(rows.ndim) if axis != 1], correction=0)
    y = functional.batch_norm(rows, mean, spread, scale.to(wide), b.to(wide), False, 0.0, epsilon)
    return y.reshape(x.shape).to(x.dtype), mean, spread
