"""A U-Net of residual blocks for pictures and volumes of any size."""

import itertools
from collections.abc import Sequence
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from leyden.errors import VisionError
from leyden.types import Batch
from leyden.vision.residual import Norm, Residual, convolution, unit

__all__ = ["Finish", "Rise", "UNet", "unet"]


@final
class Rise(nn.Module):
    """A level of the decoder: features from below, brought up to the size of a level of the encoder and joined to it.

    Args:
        below: Channels that come from below.
        width: Channels of the level, and channels that go out.
        dims: Spatial axes.
        norm: What is normalised.
    """

    def __init__(self, below: int, width: int, *, dims: int, norm: Norm) -> None:
        super().__init__()
        self.narrow = convolution(below, width, dims=dims, kernel=1)
        self.join = Residual(2 * width, width, dims=dims, norm=norm)

    def forward(
        self, features: Float[Tensor, "batch below *half"], level: Float[Tensor, "batch width *space"]
    ) -> Float[Tensor, "batch width *space"]:
        """Returns one feature map of the size of the level."""
        risen = nn.functional.interpolate(self.narrow(features), size=level.shape[2:], mode="nearest")
        return self.join(torch.cat([level, risen], 1))


@final
class Finish(nn.Module):
    """Features of half the size, brought up to the pictures they were made of and joined to them by one convolution.

    Args:
        below: Channels that come from below.
        inputs: Channels of the pictures.
        width: Channels that go out.
        dims: Spatial axes.
        norm: What is normalised.
    """

    def __init__(self, below: int, inputs: int, width: int, *, dims: int, norm: Norm) -> None:
        super().__init__()
        self.narrow = convolution(below, width, dims=dims, kernel=1)
        self.join = unit(inputs + width, width, dims=dims, norm=norm)

    def forward(
        self, features: Float[Tensor, "batch below *half"], images: Batch
    ) -> Float[Tensor, "batch width *space"]:
        """Returns one feature map of the size of the images."""
        risen = nn.functional.interpolate(self.narrow(features), size=images.shape[2:], mode="nearest")
        return self.join(torch.cat([images.to(risen.dtype), risen], 1))


@final
class UNet(nn.Module):
    """An encoder that halves the size level by level, and a decoder that joins each level to what comes up from below.

    Any size goes in, and the same comes out: a level of odd size is halved rounding up and brought back to it. Made by
    `unet`, which checks its arguments.

    Args:
        inputs: Channels that come in.
        outputs: Channels that go out: logits.
        dims: Spatial axes.
        widths: Channels of each level, from full size down.
        blocks: Residual blocks of each level of the encoder; the decoder has one each.
        norm: What is normalised.
        drop: Rate of stochastic depth at the lowest level; it grows to it in equal steps.
        stem_stride: 1, or 2 to begin at half size and to join the pictures at the end.

    Source:
        Ronneberger et al. 2015 (https://arxiv.org/abs/1505.04597); with residual blocks and strided convolutions as in
        nnU-Net's residual encoder (Isensee et al. 2024, https://arxiv.org/abs/2404.09556); brought up to size by
        repeating pixels, as Odena et al. 2016 (https://doi.org/10.23915/distill.00003) against checkerboards.
    """

    def __init__(
        self, inputs: int, outputs: int, *, dims: int, widths: Sequence[int], blocks: Sequence[int], norm: Norm,
        drop: float, stem_stride: int,
    ) -> None:  # fmt: skip
        super().__init__()
        self.dims, self.norm = dims, norm
        last = max(1, len(widths) - 1)
        self.encoder, self.decoder = nn.ModuleList(), nn.ModuleList()
        self.stem = unit(inputs, widths[0], dims=dims, stride=stem_stride, norm=norm)
        before = widths[0]
        for level, (width, count) in enumerate(zip(widths, blocks, strict=True)):
            wide, rate = [before] + [width] * (count - 1), drop * level / last
            strides = [2 if level else 1] + [1] * (count - 1)
            self.encoder.append(nn.Sequential(*(
                Residual(width_in, width, dims=dims, stride=stride, norm=norm, drop=rate)
                for width_in, stride in zip(wide, strides, strict=True)
            )))  # fmt: skip
            before = width
        for width, below in reversed(list(itertools.pairwise(widths))):
            self.decoder.append(Rise(below, width, dims=dims, norm=norm))
        last_width = widths[0] if stem_stride == 1 else max(1, widths[0] // 2)
        self.finish = None if stem_stride == 1 else Finish(widths[0], inputs, last_width, dims=dims, norm=norm)
        self.head = convolution(last_width, outputs, dims=dims, kernel=1, bias=True)

    @property
    def backbone(self) -> list[nn.Module]:
        """Module groups, input to output, without the head."""
        return [self.stem, *self.encoder, *self.decoder, *([self.finish] if self.finish else [])]

    def forward(self, images: Batch) -> Float[Tensor, "batch logit *space"]:
        """Returns logits of `outputs` channels, of the size of the images."""
        self._check(images)
        features = self.stem(images)
        levels = []
        for stage in self.encoder:
            features = stage(features)
            levels.append(features)
        for rise, level in zip(self.decoder, reversed(levels[:-1]), strict=True):
            features = rise(features, level)
        return self.head(features if self.finish is None else self.finish(features, images))

    def _check(self, images: Batch) -> None:
        if torch.compiler.is_compiling():  # sizes are symbols there
            return
        sides = tuple(images.shape[2:])
        if len(sides) != self.dims:
            raise VisionError(
                f"this U-Net takes images 'batch channel' and {self.dims} axes of space, given shape "
                f"{tuple(images.shape)}"
            )
        least = 2 ** (len(self.encoder) - (self.finish is None)) + 1
        if self.norm != "batch" and max(sides) < least:
            raise VisionError(
                f"size {sides} leaves one {'voxel' if self.dims == 3 else 'pixel'} at the lowest of "
                f"{len(self.encoder)} levels, which cannot be normalised: at least one side must be {least} or more, "
                "or give fewer widths"
            )


def unet(
    inputs: int, outputs: int, *, dims: int = 3, widths: Sequence[int] = (16, 32, 64, 128),
    blocks: int | Sequence[int] = 1, norm: Norm = "instance", drop: float = 0.0, stem_stride: int = 1,
) -> UNet:  # fmt: skip
    """Make a U-Net with fresh weights from torch's global generator.

    Args:
        inputs: Channels or modalities that come in.
        outputs: Channels that go out: logits of classes or of overlapping regions.
        dims: Spatial axes: 2 for pictures, 3 for volumes (1 for signals).
        widths: Channels of each level, from full size down; each level halves the size.
        blocks: Residual blocks of the encoder's levels, one number for all or one each.
        norm: "instance" for small batches, "batch" for large ones, "group" between them.
        drop: Rate of stochastic depth at the lowest level, in [0, 1).
        stem_stride: 2 begins at half the size and joins the pictures themselves at the end: twice as fast with twice
            the channels, and so further in a short run.

    Raises:
        VisionError: An argument is out of range; all faults at once.

    Examples:
        >>> net = unet(4, 3, widths=(4, 8, 16))
        >>> net(torch.zeros(1, 4, 9, 16, 13)).shape
        torch.Size([1, 3, 9, 16, 13])
        >>> unet(3, 2, dims=2, widths=(4, 8))(torch.zeros(2, 3, 10, 15)).shape
        torch.Size([2, 2, 10, 15])
    """
    counts = [blocks] * len(widths) if isinstance(blocks, int) else list(blocks)
    faults = [fault for holds, fault in (
        (inputs >= 1 and outputs >= 1, f"inputs={inputs} and outputs={outputs} must be 1 or more"),
        (dims in (1, 2, 3), f"dims={dims} must be 1, 2 or 3"),
        (min(widths, default=0) >= 1, f"widths={tuple(widths)} must be one or more positive numbers"),
        (min(counts, default=1) >= 1 and len(counts) == len(widths), f"blocks={blocks} must be 1 or more, one a width"),
        (0 <= drop < 1, f"drop={drop} must be 0 or more and below 1"),
        (stem_stride in (1, 2), f"stem_stride={stem_stride} must be 1 or 2"),
    ) if not holds]  # fmt: skip
    if faults:
        raise VisionError("unet: " + "; ".join(faults))
    return UNet(inputs, outputs, dims=dims, widths=widths, blocks=counts, norm=norm, drop=drop, stem_stride=stem_stride)
