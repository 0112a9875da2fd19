"""What of a network training changes, what it does not, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, final

import torch
from torch import Tensor, nn

from leyden.onnx.lower.constant import Constant
from leyden.onnx.table import html_table, text_table

__all__ = ["Held", "Inventory", "inventory"]

_STATISTICS = frozenset(("running_mean", "running_var", "num_batches_tracked"))
_QUANTISATION = ("scale", "zero_point")  # how names of how numbers are rounded end
_MANY = 12  # rows of one kind that are shown


@final
@dataclass(frozen=True)
class Held:
    """One tensor that a network holds.

    Args:
        name: Its path.
        layer: Class of the layer that holds it.
        dtype: Its element type.
        shape: Its sizes.
        reason: Why training does not change it; empty for what it does change.
    """

    name: str
    layer: str
    dtype: str
    shape: tuple[int, ...]
    reason: str = ""

    @property
    def elements(self) -> int:
        """Number of its elements."""
        return torch.Size(self.shape).numel()

    @property
    def is_trainable(self) -> bool:
        """Whether training changes it."""
        return not self.reason


@final
@dataclass(frozen=True)
class Inventory:
    """All tensors of a network, in its order; a shared one is listed once.

    Args:
        held: The tensors.
        training: Whether the network is in training mode, in which Dropout drops and statistics are updated.
    """

    held: tuple[Held, ...]
    training: bool

    @property
    def trainable(self) -> tuple[Held, ...]:
        """What training changes."""
        return tuple(held for held in self.held if held.is_trainable)

    @property
    def fixed(self) -> tuple[Held, ...]:
        """What it does not."""
        return tuple(held for held in self.held if not held.is_trainable)

    def rows(self) -> list[tuple[str, ...]]:
        """Give the table: a header, what is trainable, what is not, and the sums."""
        rows: list[tuple[str, ...]] = [("name", "layer", "type", "shape", "training")]
        for group in (self.trainable, self.fixed):
            rows += [_row(held) for held in group[:_MANY]]
            if len(group) > _MANY:
                rows.append((f"... {len(group) - _MANY} more", "", "", "", "no" if group[-1].reason else "yes"))
        rows.append(("trainable", "", "", _count(self.trainable), "yes" if self.training else "yes, after .train()"))
        rows.append(("fixed", "", "", _count(self.fixed), "no"))
        return rows

    def __str__(self) -> str:
        return text_table(self.rows())

    def _repr_html_(self) -> str:
        return html_table(self.rows())


def inventory(net: nn.Module) -> Inventory:
    """List the tensors of a network: which of them training changes, and why not the others.

    Examples:
        >>> print(inventory(nn.BatchNorm1d(3)))
        name                 layer        type     shape          training
        weight               BatchNorm1d  float32  3              yes
        bias                 BatchNorm1d  float32  3              yes
        running_mean         BatchNorm1d  float32  3              no: statistics
        running_var          BatchNorm1d  float32  3              no: statistics
        num_batches_tracked  BatchNorm1d  int64    one number     no: statistics
        trainable                                  6 in 2         yes
        fixed                                      7 in 3         no
    """
    return Inventory(tuple(_listed(net)), net.training)


def _listed(net: nn.Module) -> Iterator[Held]:
    for name, parameter in net.named_parameters():
        yield _held(net, name, parameter, "" if parameter.requires_grad else "frozen")
    for name, buffer in net.named_buffers():
        yield _held(net, name, buffer, _reason(net.get_submodule(name.rpartition(".")[0]), name, buffer))


def _held(net: nn.Module, name: str, tensor: Tensor, reason: str) -> Held:
    layer = type(net.get_submodule(name.rpartition(".")[0])).__name__
    return Held(name, layer, str(tensor.dtype).removeprefix("torch."), tuple(tensor.shape), reason)


def _reason(layer: nn.Module, name: str, value: Tensor) -> str:
    last = name.rpartition(".")[2]
    if last in _STATISTICS:
        return "statistics"
    if last.endswith(_QUANTISATION) and not isinstance(layer, Constant):
        return "quantisation"
    if not value.is_floating_point():
        return "integers" if value.dtype != torch.bool else "truth values"
    if value.numel() == 1:
        return "a constant of one element"
    if not bool(torch.isfinite(value).all()):
        return "not finite"
    return "an attribute or a result, not a weight of the file"


def _row(held: Held) -> tuple[Any, ...]:
    shape = " x ".join(map(str, held.shape)) or "one number"
    return held.name, held.layer, held.dtype, shape, f"no: {held.reason}" if held.reason else "yes"


def _count(group: tuple[Held, ...]) -> str:
    return f"{sum(held.elements for held in group):,} in {len(group)}"
