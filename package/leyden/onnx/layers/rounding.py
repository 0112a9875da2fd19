"""Rounding to what few bits can hold, with gradients: what quantised files do, kept while a network trains."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast, final

import torch
from torch import Tensor, nn
from torch.nn import functional

from leyden.onnx.lower.registering import is_recorded
from leyden.onnx.ops.dtypes import torch_dtype

__all__ = [
    "FakeQuantise", "Grid", "QuantisedConv1d", "QuantisedConv2d", "QuantisedConv3d", "QuantisedConvTranspose1d",
    "QuantisedConvTranspose2d", "QuantisedConvTranspose3d", "QuantisedEmbedding", "QuantisedLinear", "fake_quantise",
    "shown", "whole_steps", "with_rounding_",
]  # fmt: skip


@final
@dataclass(frozen=True)
class Grid:
    """The integers that a quantised tensor is made of.

    Args:
        code: ONNX's number for their type: 2 and 4 without a sign, 3 and 5 with one; of 8 and of 16 bits.
        axis: Axis along which there is a scale for each slice; None for one scale.
    """

    code: int
    axis: int | None = None

    @property
    def limits(self) -> tuple[int, int]:
        """The least and the greatest of them."""
        kind = torch.iinfo(torch_dtype(self.code))
        return kind.min, kind.max


def fake_quantise(x: Tensor, scale: Tensor, zero_point: Tensor, *, grid: Grid) -> Tensor:
    """Round to multiples of a scale, and cut off what the integers do not reach.

    The gradient passes as if nothing were rounded, but for what is cut off. `leyden.onnx.export` writes it as
    QuantizeLinear and DequantizeLinear.

    Examples:
        >>> fake_quantise(torch.tensor([0.26, 9.0]), torch.tensor(0.5), torch.tensor(0).int(), grid=Grid(2))
        tensor([0.5000, 9.0000])
    """
    if is_recorded():
        return _written(x, scale, zero_point, grid)
    if grid.axis is not None:
        along = [-1 if axis == grid.axis else 1 for axis in range(x.ndim)]
        scale, zero_point = scale.reshape(along), zero_point.reshape(along)
    low, high = (limit - zero_point for limit in grid.limits)
    wide = torch.promote_types(x.dtype, torch.float32)
    scale = scale.to(wide)
    # Torch's own multiplies by the reciprocal of the scale, and takes the other neighbour where ONNX has a tie.
    result = (x.detach().to(wide) / scale).round_().clamp_(low, high).mul_(scale).to(x.dtype)
    if not (torch.is_grad_enabled() and x.requires_grad):
        return result
    inside = x.clamp(((low - 0.5) * scale).to(x.dtype), ((high + 0.5) * scale).to(x.dtype))
    return result + (inside - inside.detach())


def whole_steps(x: Tensor, scale: Tensor, zero_point: Tensor, *, grid: Grid) -> Tensor:
    """Give how many steps of a scale each number is, as `fake_quantise` rounds it, and with the same gradient.

    Examples:
        >>> whole_steps(torch.tensor([0.26, 900.0]), torch.tensor(0.5), torch.tensor(0).int(), grid=Grid(2))
        tensor([  1., 255.])
    """
    if grid.axis is not None:
        along = [-1 if axis == grid.axis else 1 for axis in range(x.ndim)]
        scale, zero_point = scale.reshape(along), zero_point.reshape(along)
    low, high = (limit - zero_point for limit in grid.limits)
    real = x.to(torch.promote_types(x.dtype, torch.float32)) / scale
    steps = real.detach().round().clamp(low, high)
    if not (torch.is_grad_enabled() and x.requires_grad):
        return steps
    inside = real.clamp(low - 0.5, high + 0.5)
    return steps + (inside - inside.detach())


def _written(x: Tensor, scale: Tensor, zero_point: Tensor, grid: Grid) -> Tensor:
    point = zero_point.to(torch_dtype(grid.code))
    axis: dict[str, Any] = {} if grid.axis is None else {"axis": grid.axis}
    few = torch.onnx.ops.symbolic("QuantizeLinear", (x, scale, point), axis, dtype=grid.code, shape=x.shape)
    return torch.onnx.ops.symbolic("DequantizeLinear", (few, scale, point), axis, dtype=x.dtype, shape=x.shape)


@final
class FakeQuantise(nn.Module):
    """Rounds what it is called with; see `fake_quantise`.

    Args:
        scale: Difference of neighbours; one, or one a slice.
        zero_point: The integers that stand for zero, in int32.
        grid: The integers.
    """

    scale: Tensor
    zero_point: Tensor

    def __init__(self, scale: Tensor, zero_point: Tensor, grid: Grid) -> None:
        super().__init__()
        self.grid = grid
        self.register_buffer("scale", scale, persistent=False)
        self.register_buffer("zero_point", zero_point, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Round."""
        return fake_quantise(x, self.scale, self.zero_point, grid=self.grid)

    def extra_repr(self) -> str:
        """Show the integers and the scale, if it is one."""
        return shown(self.grid, self.scale)


class _Rounding:
    """What the layers below have in common: a weight that is rounded at each call; the parameter itself is not."""

    weight: Tensor
    weight_scale: Tensor
    weight_zero_point: Tensor
    grid: Grid

    def rounded(self) -> Tensor:
        """Give the weight as it is used."""
        return fake_quantise(self.weight, self.weight_scale, self.weight_zero_point, grid=self.grid)

    def extra_repr(self) -> str:
        """Show the layer, and the integers of its weight."""
        return f"{cast('Any', super()).extra_repr()}, weight: {shown(self.grid, self.weight_scale)}"


@final
class QuantisedConv1d(_Rounding, nn.Conv1d):
    """A Conv1d of a quantised weight."""

    def forward(self, input: Tensor) -> Tensor:
        """Convolve."""
        return self._conv_forward(input, self.rounded(), self.bias)


@final
class QuantisedConv2d(_Rounding, nn.Conv2d):
    """A Conv2d of a quantised weight."""

    def forward(self, input: Tensor) -> Tensor:
        """Convolve."""
        return self._conv_forward(input, self.rounded(), self.bias)


@final
class QuantisedConv3d(_Rounding, nn.Conv3d):
    """A Conv3d of a quantised weight."""

    def forward(self, input: Tensor) -> Tensor:
        """Convolve."""
        return self._conv_forward(input, self.rounded(), self.bias)


@final
class QuantisedConvTranspose1d(_Rounding, nn.ConvTranspose1d):
    """A ConvTranspose1d of a quantised weight."""

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Convolve."""
        return _transposed(self, functional.conv_transpose1d, input, output_size)


@final
class QuantisedConvTranspose2d(_Rounding, nn.ConvTranspose2d):
    """A ConvTranspose2d of a quantised weight."""

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Convolve."""
        return _transposed(self, functional.conv_transpose2d, input, output_size)


@final
class QuantisedConvTranspose3d(_Rounding, nn.ConvTranspose3d):
    """A ConvTranspose3d of a quantised weight."""

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Convolve."""
        return _transposed(self, functional.conv_transpose3d, input, output_size)


@final
class QuantisedLinear(_Rounding, nn.Linear):
    """A Linear of a quantised weight."""

    def forward(self, input: Tensor) -> Tensor:
        """Multiply."""
        return functional.linear(input, self.rounded(), self.bias)


@final
class QuantisedEmbedding(_Rounding, nn.Embedding):
    """An Embedding of a quantised table."""

    def forward(self, input: Tensor) -> Tensor:
        """Look up."""
        return functional.embedding(input, self.rounded(), self.padding_idx)


def _transposed(layer: Any, function: Callable[..., Tensor], x: Tensor, output_size: list[int] | None) -> Tensor:
    axes = len(layer.kernel_size)
    extra = layer._output_padding(x, output_size, layer.stride, layer.padding, layer.kernel_size, axes, layer.dilation)
    weight, groups = layer.rounded(), layer.groups
    return function(x, weight, layer.bias, layer.stride, layer.padding, extra, groups, layer.dilation)


_KINDS: dict[type[nn.Module], type[nn.Module]] = {
    nn.Conv1d: QuantisedConv1d, nn.Conv2d: QuantisedConv2d, nn.Conv3d: QuantisedConv3d,
    nn.ConvTranspose1d: QuantisedConvTranspose1d, nn.ConvTranspose2d: QuantisedConvTranspose2d,
    nn.ConvTranspose3d: QuantisedConvTranspose3d, nn.Embedding: QuantisedEmbedding, nn.Linear: QuantisedLinear,
}  # fmt: skip


def with_rounding_(layer: nn.Module, rounding: FakeQuantise) -> nn.Module:
    """Have a layer round its weight at each call, in place; one of a kind that cannot is left as it is.

    Its class becomes the one of the same name with `Quantised` before it; parameters and their names stay.
    """
    kind = _KINDS.get(type(layer))
    if kind is not None:
        layer.__class__ = kind
        cast("Any", layer).grid = rounding.grid
        layer.register_buffer("weight_scale", rounding.scale, persistent=False)
        layer.register_buffer("weight_zero_point", rounding.zero_point, persistent=False)
    return layer


def shown(grid: Grid, scale: Tensor) -> str:
    """Say in words what a grid and a scale are."""
    kind = str(torch_dtype(grid.code)).removeprefix("torch.")
    return f"{kind}, scale={float(scale):g}" if grid.axis is None else f"{kind}, axis={grid.axis}"
