"""EfficientNet-Lite 0 to 4: small convolutional networks without parts that phones and exporters find hard."""

import math
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from typing import final

from torch import Tensor, nn

from leyden.types import Batch, Logits
from leyden.vision.block import InvertedResidual, Unit
from leyden.vision.preprocess import Preprocess
from leyden.vision.registry import Weights, register
from leyden.vision.weights import read_lite0

__all__ = ["LITE", "EfficientNet", "Head", "Scaling"]


@dataclass(frozen=True)
class Scaling:
    """How far one network is scaled from the smallest of its family.

    Attributes:
        width: Factor on the channels of every stage but not of stem and neck.
        depth: Factor on the blocks of every stage but the first and the last.
        size: Side in pixels of the square images it was designed for; others work too.
        dropout: Share of features dropped before the last layer while training.
        drop_path: Rate of stochastic depth; block i of n drops samples at rate drop_path * i / n.
    """

    width: float
    depth: float
    size: int
    dropout: float
    drop_path: float = 0.2


# Source: efficientnet_lite_params in tensorflow/tpu, models/official/efficientnet/lite/efficientnet_lite_builder.py.
LITE = {
    "efficientnet_lite0": Scaling(1.0, 1.0, 224, 0.2),
    "efficientnet_lite1": Scaling(1.0, 1.1, 240, 0.2),
    "efficientnet_lite2": Scaling(1.1, 1.2, 260, 0.3),
    "efficientnet_lite3": Scaling(1.2, 1.4, 280, 0.3),
    "efficientnet_lite4": Scaling(1.4, 1.8, 300, 0.3),
}
"""How each network of the family is scaled from the smallest."""

# (blocks, kernel, stride, expansion, channels) of the seven stages. Source: Tan and Le 2019, table 1.
_STAGES = (
    (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)  # fmt: skip
_STEM, _NECK = 32, 1280

# MEAN_RGB = 127 and STDDEV_RGB = 128 of efficientnet_lite_builder.py, in units of [0, 1].
_MEAN, _STD = 127 / 255, 128 / 255


@final
class Head(nn.Module):
    """Averages each feature map, drops some features while training, and scores the classes.

    Args:
        features: Channels that come in.
        classes: Scores that go out.
        dropout: Share dropped, in [0, 1).

    Source:
        Weights start uniform within 1 / sqrt(features), as torch's own Linear and the PyTorch port of the weights do,
        biases at 0. The TensorFlow original has sqrt(classes) instead: nearly the same at 1000 classes, but at two
        its scores reach 10 or more before the first step.
    """

    def __init__(self, features: int, classes: int, *, dropout: float) -> None:
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(features, classes)
        nn.init.zeros_(self.linear.bias)

    def forward(self, images: Batch) -> Logits:
        """Returns one row of class scores a sample."""
        return self.linear(self.dropout(self.flatten(self.pool(images))))


@final
class EfficientNet(nn.Module):
    """An EfficientNet-Lite: no squeeze-and-excite, ReLU6 for swish, stem and neck of fixed width.

    Children, from input to output: `stem`, `stages` (stage1 to stage7, each of block1, block2, ...), `neck`, `head`.
    Any image of 32 pixels or more a side works, odd sizes too. Weights start from the global generator of torch, so
    `torch.manual_seed` fixes them.

    Args:
        scaling: One of `LITE`, or your own.
        classes: Scores that go out.
        channels: Channels that come in.
        momentum: Share of each new batch in the running statistics of the batch norms; see `create`.

    Attributes:
        widths: Channels of each map that `features` returns.
        strides: Pixels of the input a pixel of each such map stands for, along one axis.

    Examples:
        >>> import torch
        >>> model = EfficientNet(LITE["efficientnet_lite0"], classes=5, channels=1, momentum=0.1).eval()
        >>> model(torch.zeros(2, 1, 33, 48)).shape
        torch.Size([2, 5])
        >>> [tuple(map.shape[1:]) for map in model.features(torch.zeros(1, 1, 64, 64))][:3]
        [(16, 32, 32), (24, 16, 16), (40, 8, 8)]

    Source:
        Tan and Le 2019, EfficientNet (https://arxiv.org/abs/1905.11946); changes for the Lite family:
        https://github.com/tensorflow/tpu/blob/master/models/official/efficientnet/lite/README.md
    """

    def __init__(self, scaling: Scaling, *, classes: int, channels: int = 3, momentum: float = 0.1) -> None:
        super().__init__()
        self.stem = Unit(channels, _STEM, kernel=3, stride=2, momentum=momentum)
        self.stages = _stages(scaling, momentum=momentum)
        self.widths = tuple(_scaled_width(stage[4], scaling.width) for stage in _STAGES)
        self.strides = tuple(math.prod(stage[2] for stage in _STAGES[: last + 1]) * 2 for last in range(len(_STAGES)))
        self.neck = Unit(self.widths[-1], _NECK, momentum=momentum)
        self.head = Head(_NECK, classes, dropout=scaling.dropout)

    @property
    def backbone(self) -> list[nn.Module]:
        """All but the head, in groups from input to output: stem, seven stages, neck; to freeze or to rate apart."""
        return [self.stem, *self.stages, self.neck]

    def features(self, images: Batch) -> list[Tensor]:
        """Returns the map after each of the seven stages, finest first; neck and head are not run."""
        maps = [self.stem(images)]
        for stage in self.stages:
            maps.append(stage(maps[-1]))
        return maps[1:]

    def forward(self, images: Batch) -> Logits:
        """Returns one row of class scores (no softmax) a sample."""
        return self.head(self.neck(self.stages(self.stem(images))))


def _stages(scaling: Scaling, *, momentum: float) -> nn.Sequential:
    """Builds stage1 to stage7."""
    repeats = [stage[0] for stage in _STAGES]
    repeats[1:-1] = [math.ceil(repeat * scaling.depth) for repeat in repeats[1:-1]]
    total, built, inputs = sum(repeats), 0, _STEM
    stages: OrderedDict[str, nn.Module] = OrderedDict()
    for repeat, (_, kernel, stride, expansion, channels) in zip(repeats, _STAGES, strict=True):
        outputs = _scaled_width(channels, scaling.width)
        blocks: OrderedDict[str, nn.Module] = OrderedDict()
        for index in range(repeat):
            blocks[f"block{index + 1}"] = InvertedResidual(
                inputs,
                outputs,
                kernel=kernel,
                stride=stride if index == 0 else 1,
                expansion=expansion,
                momentum=momentum,
                drop=scaling.drop_path * built / total,
            )
            inputs, built = outputs, built + 1
        stages[f"stage{len(stages) + 1}"] = nn.Sequential(blocks)
    return nn.Sequential(stages)


def _scaled_width(channels: int, factor: float) -> int:
    """Scales to the nearest multiple of 8, never down by over a tenth (`round_filters` of tensorflow/tpu)."""
    wanted = channels * factor
    rounded = max(8, int(wanted + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * wanted else rounded


def _build(scaling: Scaling, *, classes: int, channels: int, momentum: float) -> tuple[EfficientNet, Preprocess]:
    """Makes one untrained network and what its pictures go through."""
    model = EfficientNet(scaling, classes=classes, channels=channels, momentum=momentum)
    return model, Preprocess(scaling.size, mean=(_MEAN,) * channels, std=(_STD,) * channels)


for _name, _scaling in LITE.items():
    _weights = Weights(read_lite0, stem="stem.convolution", head="head.linear") if _name.endswith("lite0") else None
    register(_name, weights=_weights)(partial(_build, _scaling))
