"""What is pruned in bench/mask_step.py and bench/mask_large.py, and three designs that prune it by the same masks."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import final

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize
from torch.nn.utils import prune as torch_prune  # noqa: TID251 - it is what leyden is compared with

from leyden.prune import remask

__all__ = ["DESIGNS", "LARGE", "Residual", "large", "resnet18", "weights_used"]

Keep = Mapping[str, Tensor]

LARGE = (2048, 8192, 4096, 6144, 3072, 2560)
"""Widths of a row of five linear layers of 8 to 34 million weights each: 102 million together."""


@final
class Residual(nn.Module):
    """Two convolutions of 3 x 3 and a way around them.

    Args:
        channels: that come in.
        width: of channels that go out.
        stride: of the first convolution.

    Source:
        He, Zhang, Ren and Sun, Deep residual learning for image recognition, CVPR 2016, figure 5.
    """

    def __init__(self, channels: int, width: int, *, stride: int) -> None:
        super().__init__()
        self.inner = nn.Sequential(
            nn.Conv2d(channels, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True),
            nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width),
        )  # fmt: skip
        same = stride == 1 and channels == width
        around = [] if same else [nn.Conv2d(channels, width, 1, stride, bias=False), nn.BatchNorm2d(width)]
        self.around = nn.Sequential(*around)

    def forward(self, images: Tensor) -> Tensor:
        """Maps of the same height and width, or of half of them."""
        return torch.relu(self.inner(images) + self.around(images))


def resnet18(classes: int = 1000) -> nn.Sequential:
    """ResNet-18: 11.7 million parameters with a thousand classes; weights drawn from seed 0."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        stem = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
        widths = [64, 64, 64, 128, 128, 256, 256, 512, 512]
        blocks = [Residual(a, b, stride=1 if a == b else 2) for a, b in pairwise(widths)]
        return nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, classes))


def large() -> nn.Sequential:
    """A hundred million parameters in layers of uneven size; weights drawn from seed 0."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(*(nn.Linear(a, b) for a, b in pairwise(LARGE)))


@final
class Mask(nn.Module):
    """A parametrisation: the weight times a mask that it holds.

    Args:
        mask: one where a weight is kept, zero elsewhere.
    """

    mask: Tensor

    def __init__(self, mask: Tensor) -> None:
        super().__init__()
        self.register_buffer("mask", mask)

    def forward(self, weight: Tensor) -> Tensor:
        """The weight as it is used."""
        return weight * self.mask


def by_leyden(model: nn.Module, keep: Keep) -> nn.Module:
    """A copy with these masks."""
    return remask(model, keep)


def by_torch(model: nn.Module, keep: Keep) -> nn.Module:
    """The model itself, with these masks of torch.nn.utils.prune."""
    for name, mask in keep.items():
        path, _, attribute = name.rpartition(".")
        torch_prune.custom_from_mask(model.get_submodule(path), attribute, mask.float())
    return model


def by_parametrize(model: nn.Module, keep: Keep) -> nn.Module:
    """The model itself, with a parametrisation on each layer."""
    for name, mask in keep.items():
        path, _, attribute = name.rpartition(".")
        parametrize.register_parametrization(model.get_submodule(path), attribute, Mask(mask.float()))
    return model


DESIGNS = {"leyden": by_leyden, "torch.nn.utils.prune": by_torch, "torch.nn.utils.parametrize": by_parametrize}
"""By name: a new model of a kind, and masks by the names of its parameters, to one that is pruned."""


def weights_used(model: nn.Module, names: Iterable[str]) -> dict[str, Tensor]:
    """The weights as the layers compute with them, whatever the design; copies, by the names of the plain model."""
    used = {}
    for name in names:
        path, _, attribute = name.rpartition(".")
        layer = model.get_submodule(path)
        # torch.nn.utils.prune computes the weight before each forward only, so it is a step behind until then
        masked = (
            layer.get_parameter(f"{attribute}_orig") * layer.get_buffer(f"{attribute}_mask")
            if torch_prune.is_pruned(layer)
            else getattr(layer, attribute)
        )
        used[name] = masked.detach().clone()
    return used
