"""The parts an EfficientNet-Lite is made of: padded convolutions, stochastic depth, inverted residuals."""

import math
from typing import final

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from leyden.types import Batch

__all__ = ["InvertedResidual", "SamePad", "StochasticDepth", "Unit"]

# TensorFlow's batch_norm_epsilon=1e-3 in efficientnet_lite_builder.py: the trained weights expect it.
_EPSILON = 1e-3


@final
class SamePad(nn.Module):
    """Pads an image the way TensorFlow's "SAME" does before a convolution of stride 2.

    Where the size is even, one row and one column less are added before the image than after it. torch's own symmetric
    padding would shift every feature map by a pixel, which is enough to spoil weights trained in TensorFlow. The
    amount follows each input's own size, so even and odd sizes both come out at ceil(size / 2).

    Args:
        kernel: Side of the convolution's window in pixels, odd.

    Examples:
        >>> import torch
        >>> SamePad(3)(torch.zeros(1, 1, 4, 5)).shape
        torch.Size([1, 1, 5, 7])

    Source:
        Padding rule "SAME" of tf.nn.convolution (https://www.tensorflow.org/api_docs/python/tf/nn#same_padding).
    """

    def __init__(self, kernel: int) -> None:
        super().__init__()
        self.kernel = kernel

    def forward(self, images: Batch) -> Float[Tensor, "batch channel row column"]:
        """Returns a copy with zeros around it."""
        after = self.kernel // 2
        height, width = images.shape[-2], images.shape[-1]
        # By 2 * ceil(size / 2), not size % 2: so torch.export can follow sizes it does not know yet.
        top = after - 1 + 2 * ((height + 1) // 2) - height
        left = after - 1 + 2 * ((width + 1) // 2) - width
        return functional.pad(images, (left, after, top, after))

    def extra_repr(self) -> str:
        """Says the window it pads for."""
        return f"kernel={self.kernel}"


@final
class StochasticDepth(nn.Module):
    """Drops whole samples from a residual branch while training, and scales up those that stay.

    Args:
        rate: Probability of dropping a sample, in [0, 1). In eval mode nothing is dropped.

    Source:
        Huang et al. 2016, Deep Networks with Stochastic Depth (https://arxiv.org/abs/1603.09382); scaled while
        training, as `drop_connect` of tensorflow/tpu efficientnet/utils.py does, so that eval mode needs no scaling.
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, images: Batch) -> Batch:
        """Returns the branch with some samples set to zero."""
        if not self.training or self.rate == 0.0:
            return images
        # dropout of ones gives 0 or 1 / (1 - rate), one number a sample
        return images * functional.dropout(images.new_ones(images.shape[0], *(1,) * (images.ndim - 1)), self.rate)

    def extra_repr(self) -> str:
        """Says the rate."""
        return f"rate={self.rate:.3g}"


@final
class Unit(nn.Module):
    """A convolution without bias, its batch norm, and (unless told otherwise) ReLU6.

    Args:
        inputs: Channels that come in.
        outputs: Channels that go out.
        kernel: Side of the window in pixels, odd.
        stride: 1 or 2.
        groups: `inputs` makes the convolution depthwise.
        momentum: Share of each new batch in the running statistics, in (0, 1].
        active: Whether ReLU6 ends the unit.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        kernel: int = 1,
        stride: int = 1,
        groups: int = 1,
        momentum: float,
        active: bool = True,
    ) -> None:
        super().__init__()
        self.pad = SamePad(kernel) if stride > 1 else nn.Identity()
        padding = 0 if stride > 1 else kernel // 2
        self.convolution = nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(outputs, eps=_EPSILON, momentum=momentum)
        self.activation = nn.ReLU6() if active else nn.Identity()
        # conv_kernel_initializer of tensorflow/tpu efficientnet_model.py. Its fan-out of a depthwise kernel counts one
        # channel; torch's kaiming_normal_ would count all of them and start depthwise filters far too small.
        fan_out = kernel * kernel * outputs // groups
        nn.init.normal_(self.convolution.weight, std=math.sqrt(2.0 / fan_out))

    def forward(self, images: Batch) -> Float[Tensor, "batch feature row column"]:
        """Returns one feature map of `outputs` channels."""
        return self.activation(self.norm(self.convolution(self.pad(images))))


@final
class InvertedResidual(nn.Module):
    """Widens, filters each channel on its own, narrows, and adds the input back where shapes allow.

    Args:
        inputs: Channels that come in.
        outputs: Channels that go out.
        kernel: Side of the depthwise window in pixels.
        stride: 1, or 2 to halve the size.
        expansion: How many times wider the middle is; 1 leaves the widening out.
        momentum: Of the batch norms.
        drop: Rate of stochastic depth, in [0, 1); without a shortcut it has no effect.

    Source:
        Sandler et al. 2018, MobileNetV2 (https://arxiv.org/abs/1801.04381), figure 4d; without squeeze-and-excite.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        kernel: int,
        stride: int,
        expansion: int,
        momentum: float,
        drop: float = 0.0,
    ) -> None:
        super().__init__()
        wide = inputs * expansion
        self.shortcut = stride == 1 and inputs == outputs
        self.expand = nn.Identity() if expansion == 1 else Unit(inputs, wide, momentum=momentum)
        self.depthwise = Unit(wide, wide, kernel=kernel, stride=stride, groups=wide, momentum=momentum)
        self.project = Unit(wide, outputs, momentum=momentum, active=False)
        self.drop = StochasticDepth(drop)

    def forward(self, images: Batch) -> Float[Tensor, "batch feature row column"]:
        """Returns one feature map of `outputs` channels."""
        branch: Tensor = self.project(self.depthwise(self.expand(images)))
        return images + self.drop(branch) if self.shortcut else branch
