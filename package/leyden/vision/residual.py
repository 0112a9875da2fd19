"""The part a U-Net is made of: a residual block of two convolutions, in one, two or three dimensions."""

from collections.abc import Callable
from typing import Literal, final

from jaxtyping import Float
from torch import Tensor, nn

from leyden.errors import VisionError
from leyden.types import Batch
from leyden.vision.block import StochasticDepth

__all__ = ["Norm", "Residual", "convolution", "norm_layer", "unit"]

Norm = Literal["instance", "batch", "group"]
"""What is brought to mean 0 and deviation 1: a sample's channel, a batch's channel, eight channels of a sample."""

_CONVOLUTIONS: dict[int, type[nn.Conv1d | nn.Conv2d | nn.Conv3d]] = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
_INSTANCE: dict[int, type[nn.Module]] = {1: nn.InstanceNorm1d, 2: nn.InstanceNorm2d, 3: nn.InstanceNorm3d}
_BATCH: dict[int, type[nn.Module]] = {1: nn.BatchNorm1d, 2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
_GROUPED = 8
_SLOPE = 0.01


def convolution(
    inputs: int, outputs: int, *, dims: int, kernel: int = 3, stride: int = 1, bias: bool = False
) -> nn.Module:
    """Give a convolution over `dims` axes, padded so that a stride of 1 keeps the size and 2 halves it, rounded up.

    Its weights start as a leaky ReLU of slope .01 after it wants them (He et al. 2015).
    """
    layer = _CONVOLUTIONS[dims](inputs, outputs, kernel, stride=stride, padding=kernel // 2, bias=bias)
    nn.init.kaiming_normal_(layer.weight, a=_SLOPE)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


def norm_layer(norm: Norm, channels: int, *, dims: int) -> nn.Module:
    """Give a normalisation with a learned scale and shift a channel.

    Raises:
        VisionError: There is no norm of that name.
    """
    makers: dict[str, Callable[[], nn.Module]] = {
        "instance": lambda: _INSTANCE[dims](channels, affine=True),
        "batch": lambda: _BATCH[dims](channels),
        "group": lambda: nn.GroupNorm(max(1, channels // _GROUPED), channels),
    }
    if norm not in makers:
        raise VisionError(f"norm={norm!r} must be one of {', '.join(makers)}")
    return makers[norm]()


def unit(inputs: int, outputs: int, *, dims: int, stride: int = 1, norm: Norm = "instance") -> nn.Sequential:
    """Give a convolution of window 3, its norm, and a leaky ReLU of slope .01."""
    return nn.Sequential(
        convolution(inputs, outputs, dims=dims, stride=stride),
        norm_layer(norm, outputs, dims=dims),
        nn.LeakyReLU(_SLOPE, inplace=True),
    )


@final
class Residual(nn.Module):
    """Two convolutions of window 3, each with its norm, added to what came in.

    Args:
        inputs: Channels that come in.
        outputs: Channels that go out.
        dims: Spatial axes, 1 to 3.
        stride: 1, or 2 to halve the size, rounded up.
        norm: What is normalised.
        drop: Rate of stochastic depth, in [0, 1).

    Source:
        He et al. 2016, Deep Residual Learning (https://arxiv.org/abs/1512.03385), figure 2, with the leaky ReLU of
        slope .01 of nnU-Net (Isensee et al. 2021, https://doi.org/10.1038/s41592-020-01008-z).
    """

    def __init__(
        self, inputs: int, outputs: int, *, dims: int, stride: int = 1, norm: Norm = "instance", drop: float = 0.0
    ) -> None:
        super().__init__()
        self.first = convolution(inputs, outputs, dims=dims, stride=stride)
        self.first_norm = norm_layer(norm, outputs, dims=dims)
        self.second = convolution(outputs, outputs, dims=dims)
        self.second_norm = norm_layer(norm, outputs, dims=dims)
        self.activation = nn.LeakyReLU(_SLOPE, inplace=True)
        self.drop = StochasticDepth(drop)
        same = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if same else convolution(inputs, outputs, dims=dims, kernel=1, stride=stride)

    def forward(self, images: Batch) -> Float[Tensor, "batch feature *size"]:
        """Returns one feature map of `outputs` channels."""
        branch = self.activation(self.first_norm(self.first(images)))
        return self.activation(self.drop(self.second_norm(self.second(branch))) + self.shortcut(images))
