"""Policies with next to nothing to set, built out of the catalogue; what they choose still fuses."""

from dataclasses import dataclass
from typing import final, get_args

import torch

from leyden.augment.chain.chance import check
from leyden.augment.chain.several import decide_apart
from leyden.augment.chain.span import finite
from leyden.augment.chain.transform import Transform
from leyden.augment.colour import Saturation
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Leaf, Step
from leyden.augment.policy.table import Scenery, choices_at, choices_up_to
from leyden.items import Image

__all__ = ["RandAugment", "TrivialAugment"]

_STRONGEST = 30
"""The largest magnitude."""

_COLOURS = 3
"""Channels of an image in colour."""


@final
@dataclass(frozen=True, repr=False)
class RandAugment(Transform):
    """Do several transforms of a fixed list, all of one strength, each any one of the list.

    For a `picture`: nothing, rotate, shear along x and along y, translate, brightness, contrast, saturation (in images
    of three channels only), sharpen, posterize, solarize, equalise, spread to the full range. For a `volume`: nothing,
    rotate about each axis, shear, translate, zoom, brightness, contrast, gamma, sharpen.

    Args:
        count: how many, 0 and up.
        magnitude: how strong, 0..30.
        scenery: `picture` or `volume`.

    Source:
        Cubuk et al. 2020, RandAugment: practical automated data augmentation with a reduced search space; defaults and
        strengths as torchvision.transforms.RandAugment, but for brightness, which is added, and translations, which go
        along all axes at once.

    Examples:
        >>> RandAugment(), RandAugment(3, magnitude=15, scenery="volume")
        (RandAugment(), RandAugment(count=3, magnitude=15, scenery='volume'))
    """

    count: int = 2
    magnitude: float = 9
    scenery: Scenery = "picture"

    def __post_init__(self) -> None:
        rules = {
            "a count of 0 and up": isinstance(self.count, int) and self.count >= 0,
            f"a magnitude of 0..{_STRONGEST}": finite(self.magnitude) and 0 <= self.magnitude <= _STRONGEST,
            f"a scenery of {get_args(Scenery)}": self.scenery in get_args(Scenery),
        }
        check(self, rules)

    @property
    def choices(self) -> tuple[Transform, ...]:
        """What is chosen from."""
        return choices_at(self.magnitude / _STRONGEST, "narrow", self.scenery)

    def decide(self, generator: torch.Generator, scene: Scene) -> tuple[tuple[Step, ...], Scene]:
        """Choose so many times, with repetition, and draw those chosen."""
        return decide_apart(generator, scene, choices=_for(scene, self.choices), count=self.count)

    def parts(self) -> tuple[tuple[float, Leaf], ...]:
        """List what may happen, each with how likely it happens at least once."""
        choices = self.choices
        chance = 1 - (1 - 1 / len(choices)) ** self.count
        return _listed(choices, chance)


@final
@dataclass(frozen=True, repr=False)
class TrivialAugment(Transform):
    """Do one transform of a fixed list, of any strength up to a large one; nothing to tune.

    Args:
        scenery: `picture` or `volume`; the lists are those of `RandAugment`, with larger strengths.

    Source:
        Mueller and Hutter 2021, TrivialAugment: tuning-free yet state-of-the-art data augmentation; the wide strengths,
        as torchvision.transforms.TrivialAugmentWide.

    Examples:
        >>> TrivialAugment()
        TrivialAugment()
    """

    scenery: Scenery = "picture"

    def __post_init__(self) -> None:
        check(self, {f"a scenery of {get_args(Scenery)}": self.scenery in get_args(Scenery)})

    @property
    def choices(self) -> tuple[Transform, ...]:
        """What is chosen from."""
        return choices_up_to("wide", self.scenery)

    def decide(self, generator: torch.Generator, scene: Scene) -> tuple[tuple[Step, ...], Scene]:
        """Choose one, and draw it."""
        return decide_apart(generator, scene, choices=_for(scene, self.choices), count=1)

    def parts(self) -> tuple[tuple[float, Leaf], ...]:
        """List what may happen."""
        return _listed(self.choices, 1 / len(self.choices))


def _for(scene: Scene, choices: tuple[Transform, ...]) -> tuple[Transform, ...]:
    """Leave out what needs three colours where the images have others."""
    if {item.data.shape[0] for item in scene.items if isinstance(item, Image)} <= {_COLOURS}:
        return choices
    return tuple(each for each in choices if not any(isinstance(leaf, Saturation) for _, leaf in each.parts()))


def _listed(choices: tuple[Transform, ...], chance: float) -> tuple[tuple[float, Leaf], ...]:
    return tuple((chance * share, leaf) for choice in choices for share, leaf in choice.parts())
