"""Layers that quantise what they are given by its range, and multiply integers: their weights are real numbers."""

from collections.abc import Sequence
from typing import Any, cast, final

import torch
from torch import Tensor, nn

from leyden.onnx.layers.rounding import FakeQuantise, Grid, shown, whole_steps
from leyden.onnx.lower.registering import is_recorded
from leyden.onnx.ops.dtypes import torch_dtype
from leyden.onnx.ops.quantised.linear import dynamic_steps
from leyden.onnx.ops.quantised.matrix import exact_dtype

__all__ = ["DynamicConv1d", "DynamicConv2d", "DynamicConv3d", "DynamicLinear", "given_rounding", "quantised_weight"]

_UINT8, _FLOAT, _INT32 = 2, 1, 6


class _Dynamic:
    """What the layers below have in common.

    Input and weight are rounded to whole steps of their scales, whose products are added exactly, as onnxruntime does;
    the gradient passes as if nothing were rounded. `whole_bias` says whether the bias is rounded down to whole steps
    and added to them, as older files have it. `leyden.onnx.export` writes integers again.
    """

    weight: Tensor
    bias: Tensor | None
    weight_scale: Tensor
    weight_zero_point: Tensor
    grid: Grid
    whole_bias: bool

    def exact(self) -> torch.dtype:
        """Give a type in which the products are added exactly."""
        return torch.float64 if self.whole_bias else exact_dtype(self.weight[0].numel())

    def steps(self, dtype: torch.dtype) -> Tensor:
        """Give the weight as whole steps of its scale."""
        return whole_steps(self.weight, self.weight_scale, self.weight_zero_point, grid=self.grid).to(dtype)

    def real(self, total: Tensor, scale: Tensor, like: Tensor, *, axes: int) -> Tensor:
        """Give real numbers of a sum of products, and add the bias.

        Args:
            total: The sum.
            scale: That of the input.
            like: A tensor of the type that is wanted.
            axes: How many axes follow that of the channels.
        """
        along = (-1, *(1,) * axes)
        factor = scale * self.weight_scale.to(torch.float32)
        if not is_recorded():
            total = total.detach().round() + (total - total.detach())
        if self.bias is not None and self.whole_bias:
            part = self.bias.to(torch.float32) / factor
            down = part.detach().floor().to(total.dtype)
            total = total + (down if is_recorded() else down + (part - part.detach())).reshape(along)
        product = total.to(torch.float32) * (factor.reshape(along) if factor.dim() else factor)
        if self.bias is not None and not self.whole_bias:
            product = product + (self.bias.reshape(along) if axes else self.bias)  # under its name in the file
        return product.to(like.dtype)

    def extra_repr(self) -> str:
        """Show the layer, and the integers of its weight."""
        whole = ", bias in whole steps" if self.whole_bias else ""
        return f"{cast('Any', super()).extra_repr()}, weight: {shown(self.grid, self.weight_scale)}{whole}"


class _Convolution(_Dynamic):
    """What the convolutions have in common."""

    def forward(self, input: Tensor) -> Tensor:
        """Convolve."""
        layer = cast("Any", self)
        axes = len(layer.kernel_size)
        if is_recorded():
            shape = layer._conv_forward(input, self.weight, None).shape
            settings = {
                "kernel_shape": layer.kernel_size, "strides": layer.stride, "pads": 2 * layer.padding,
                "dilations": layer.dilation, "group": layer.groups,
            }  # fmt: skip
            total, scale = _written("ConvInteger", input, quantised_weight(self), self, shape, settings)
        else:
            dtype = self.exact()
            steps, scale = dynamic_steps(input, dtype)
            total = layer._conv_forward(steps, self.steps(dtype), None)
        return self.real(total, scale, input, axes=axes)


@final
class DynamicConv1d(_Convolution, nn.Conv1d):
    """A Conv1d of integers."""


@final
class DynamicConv2d(_Convolution, nn.Conv2d):
    """A Conv2d of integers."""


@final
class DynamicConv3d(_Convolution, nn.Conv3d):
    """A Conv3d of integers."""


@final
class DynamicLinear(_Dynamic, nn.Linear):
    """A Linear of integers."""

    def forward(self, input: Tensor) -> Tensor:
        """Multiply."""
        if is_recorded():
            shape = (*input.shape[:-1], self.out_features)
            total, scale = _written("MatMulInteger", input, quantised_weight(self).t(), self, shape, {})
        else:
            dtype = self.exact()
            steps, scale = dynamic_steps(input, dtype)
            total = nn.functional.linear(steps, self.steps(dtype))
        return self.real(total, scale, input, axes=0)


def given_rounding(layer: Any, rounding: FakeQuantise, *, whole_bias: bool = False) -> Any:
    """Tell a layer what its weight is rounded to, in place; it is given back."""
    layer.grid, layer.whole_bias = rounding.grid, whole_bias
    layer.register_buffer("weight_scale", rounding.scale, persistent=False)
    layer.register_buffer("weight_zero_point", rounding.zero_point, persistent=False)
    return layer


def quantised_weight(layer: Any) -> Tensor:
    """Give the node that quantises the weight of a layer in the file to be; its integers are stored in the end."""
    point = layer.weight_zero_point.to(torch_dtype(layer.grid.code))
    axis: dict[str, Any] = {} if layer.grid.axis is None else {"axis": layer.grid.axis}
    inputs = (layer.weight, layer.weight_scale, point)
    return torch.onnx.ops.symbolic("QuantizeLinear", inputs, axis, dtype=layer.grid.code, shape=layer.weight.shape)


def _written(
    op: str, x: Tensor, weight: Tensor, layer: _Dynamic, shape: Sequence[Any], settings: dict[str, Any]
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Give the node that adds products of integers in the file to be, and the scale of what is given to it."""
    few, scale, point = torch.onnx.ops.symbolic_multi_out(
        "DynamicQuantizeLinear", (x.to(torch.float32),), {}, dtypes=(_UINT8, _FLOAT, _UINT8), shapes=(x.shape, (), ())
    )  # fmt: skip
    middle = layer.weight_zero_point.to(torch_dtype(layer.grid.code))
    total = torch.onnx.ops.symbolic(op, (few, weight, point, middle), settings, dtype=_INT32, shape=shape)
    return total, scale
