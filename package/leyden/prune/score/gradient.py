"""Gradients of a loss to the weights of a model, pruned ones included, batch by batch or in the mean."""

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from leyden.errors import PruneError
from leyden.prune.score.feeding import (
    Batches,
    Loss,
    apart,
    batch_faults,
    cross_entropy,
    dense_copy,
    loss_faults,
    numbered,
)

__all__ = ["checked", "each_gradient", "gradients", "loss_of", "mean_gradient"]


def gradients(model: nn.Module, batches: Batches, loss: Loss = cross_entropy) -> dict[str, Tensor]:
    """Measure the gradient of a loss to every weight that can be pruned, to pruned and frozen ones too.

    The model is run as a private copy in the mode it is in, its pruned weights as zeros that may vary. It costs one
    forward and backward a batch, and the memory of the model three times over.

    Args:
        model: pruned or not; left as it is, its statistics and `.grad` included.
        batches: gone through once; each weighs alike, whatever its size.
        loss: what the gradient is of.

    Returns:
        The mean over the batches, for each parameter of two axes or more by name, in single precision at least; zero
        where the loss does not depend on the parameter.

    Raises:
        PruneError: if there is no batch, or a loss or gradient is not finite.

    Examples:
        >>> layer = nn.Linear(2, 1)
        >>> batches = [torch.tensor([[1.0, 0.0]]), torch.tensor([[3.0, 2.0]])]
        >>> gradients(layer, batches, lambda model, batch: model(batch).sum())
        {'weight': tensor([[2., 1.]])}
    """
    faults = batch_faults(batches) + loss_faults(loss)
    if faults:
        raise PruneError("; ".join(faults))
    with apart(model):
        plain, weights = dense_copy(model)
        return mean_gradient(plain, weights, batches=batches, loss=loss)


def mean_gradient(
    model: nn.Module, weights: Mapping[str, Tensor], *, batches: Batches, loss: Loss
) -> dict[str, Tensor]:
    """Average the gradients of all batches; the model itself is run.

    Args:
        model: run as it is, once a batch.
        weights: those of it to which gradients are wanted, by name.
        batches: gone through once.
        loss: what the gradient is of.

    Returns:
        The mean, by name.

    Raises:
        PruneError: as `each_gradient` does.
    """
    total: dict[str, Tensor] = {}
    count = 0
    for found in each_gradient(model, weights, batches=batches, loss=loss):
        for name, gradient in found.items():
            # never in place: autograd may give one tensor for two weights
            total[name] = total[name] + gradient if name in total else gradient
        count += 1
    return {name: gradient / count for name, gradient in total.items()}


def each_gradient(
    model: nn.Module, weights: Mapping[str, Tensor], *, batches: Batches, loss: Loss
) -> Iterator[dict[str, Tensor]]:
    """Give the gradients of one batch after the other; the model itself is run.

    Args:
        model: run as it is, once a batch.
        weights: those of it to which gradients are wanted, by name.
        batches: gone through once.
        loss: what the gradient is of.

    Returns:
        For each batch tensors by name, in single precision at least; zero where the loss does not depend on the weight.

    Raises:
        PruneError: if there is no batch, the loss is not one finite number that depends on any of the weights, or a
            gradient is not finite.
    """
    device = next(iter(weights.values())).device
    for number, batch in numbered(batches, device):
        value = loss_of(model, batch, number=number, loss=loss)
        found = torch.autograd.grad(value, list(weights.values()), allow_unused=True)
        yield checked(dict(zip(weights, found, strict=True)), weights, number=number)


def loss_of(model: nn.Module, batch: object, *, number: int, loss: Loss) -> Tensor:
    """Give the loss of a batch, once it is known to be one finite number that gradients can be taken of.

    Args:
        model: given to the loss.
        batch: likewise.
        number: of the batch, from 0, for what is raised.
        loss: the function.

    Returns:
        A tensor without axes.

    Raises:
        PruneError: if it is anything else.
    """
    try:
        value = loss(model, batch)
    except Exception as error:
        error.add_note(f"raised by the loss of batch {number}, on which pruning measures the model")
        raise
    if not isinstance(value, Tensor) or value.numel() != 1:
        if isinstance(value, Tensor):
            shown = f"a tensor of shape {tuple(value.shape)}: say .mean()"
        else:
            shown = f"{type(value).__name__}: give the tensor alone, as lambda model, batch: step(model, batch)['loss']"
        raise PruneError(f"a loss gives one number, as a tensor; that of batch {number} is {shown}")
    if value.is_complex():
        raise PruneError(f"a loss gives a real number; that of batch {number} is {value.dtype}: say .abs() or .real")
    if not value.requires_grad:
        raise PruneError(
            f"the loss of batch {number} does not depend on the model: it has to run the model that it is given, not "
            "another one, and neither detach nor convert what that gives"
        )
    if not bool(value.isfinite()):
        raise PruneError(
            f"the loss of batch {number} is {value.item()}: is the batch empty, or has the model diverged?"
        )
    return value.reshape(())


def checked(found: Mapping[str, Tensor | None], weights: Mapping[str, Tensor], *, number: int) -> dict[str, Tensor]:
    """Give what autograd found for each weight, zeros for none, in single precision at least.

    Args:
        found: a gradient, or None, by name.
        weights: likewise.
        number: of the batch, from 0, for what is raised.

    Returns:
        The gradients, without a graph.

    Raises:
        PruneError: if there is none at all, or one is not finite.
    """
    if all(gradient is None for gradient in found.values()):
        raise PruneError(
            f"the loss of batch {number} depends on none of the weights to be pruned ({', '.join(weights)}): it has to "
            "run the model that it is given"
        )
    broken = [name for name, given in found.items() if given is not None and not bool(given.isfinite().all())]
    if broken:
        raise PruneError(
            f"the gradient of batch {number} to {', '.join(broken)} is not finite; half precision overflows easily: "
            "measure model.float()"
        )
    return {name: _wide(torch.zeros_like(weights[name]) if g is None else g) for name, g in found.items()}


def _wide(gradient: Tensor) -> Tensor:
    # sums of many batches in half precision would lose the small ones
    return gradient.detach().to(torch.promote_types(gradient.dtype, torch.float32))
