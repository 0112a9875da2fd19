"""Transforms that leave it to chance which others happen; what is chosen still fuses with its neighbours."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import final

import torch

from leyden.augment.chain.chance import check, uniform
from leyden.augment.chain.span import finite
from leyden.augment.chain.transform import Transform
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Arguments, Leaf, Step

__all__ = ["Identity", "Maybe", "OneOf"]


@final
@dataclass(frozen=True, repr=False)
class Identity(Transform):
    """Do nothing; a choice for `OneOf`.

    Examples:
        >>> from leyden.augment import Flip
        >>> print(OneOf(Flip("x"), Identity(), weights=(1, 3)).plan())
        1.) one exact copy: 25 % flip x
    """

    def decide(self, generator: torch.Generator, scene: Scene) -> tuple[tuple[Step, ...], Scene]:
        """Draw nothing."""
        del generator
        return (), scene

    def parts(self) -> tuple[tuple[float, Leaf], ...]:
        """List nothing."""
        return ()


@final
@dataclass(frozen=True, repr=False)
class Maybe(Transform):
    """Do something with a probability.

    Args:
        transform: what may happen; a chain happens as a whole.
        p: the probability, 0..1.

    Examples:
        >>> from leyden.augment import Flip, Rotate
        >>> Maybe(Flip("x") | Rotate(15))
        Maybe(Flip('x') | Rotate(15), p=0.5)
    """

    transform: Transform
    p: float = 0.5

    def __post_init__(self) -> None:
        made = isinstance(self.transform, Transform)
        chance = finite(self.p) and 0 <= self.p <= 1
        check(self, {"a transform, made (not its class)": made, "a probability p of 0..1": chance})

    def arguments(self) -> Arguments:
        """Give the transform, and its probability always."""
        return (self.transform,), {"p": self.p}

    def decide(self, generator: torch.Generator, scene: Scene) -> tuple[tuple[Step, ...], Scene]:
        """Toss the coin, and draw in any case."""
        happens = uniform(generator) < self.p
        drawn = self.transform.decide(generator, scene)
        return drawn if happens else ((), scene)

    def parts(self) -> tuple[tuple[float, Leaf], ...]:
        """List what may happen."""
        return tuple((self.p * chance, leaf) for chance, leaf in self.transform.parts())


@final
@dataclass(frozen=True, init=False, repr=False)
class OneOf(Transform):
    """Do exactly one of several.

    Args:
        choices: at least one; a chain happens as a whole.
        weights: how likely each is, in proportion; evenly if none are given.

    Examples:
        >>> from leyden.augment import Flip, Rotate
        >>> OneOf(Flip("x"), Rotate(15), weights=(1, 3))
        OneOf(Flip('x'), Rotate(15), weights=(1, 3))
    """

    choices: tuple[Transform, ...]
    weights: tuple[float, ...]

    def __init__(self, *choices: Transform, weights: tuple[float, ...] = ()) -> None:
        object.__setattr__(self, "choices", choices)
        object.__setattr__(self, "weights", weights)
        sound = isinstance(weights, tuple) and finite(*weights)
        fit = sound and (not weights or (len(weights) == len(choices) and min(weights) >= 0 < sum(weights)))
        rules = {
            "at least one choice": bool(choices),
            "transforms one by one, made (not their classes)": all(isinstance(each, Transform) for each in choices),
            "one weight a choice in a tuple, 0 and up, not all 0": fit,
        }
        check(self, rules)

    def arguments(self) -> Arguments:
        """Give the choices one by one."""
        return self.choices, {"weights": self.weights} if self.weights else {}

    def _chances(self) -> list[float]:
        weights = self.weights or (1,) * len(self.choices)
        return [weight / sum(weights) for weight in weights]

    def decide(self, generator: torch.Generator, scene: Scene) -> tuple[tuple[Step, ...], Scene]:
        """Choose one, and draw all."""
        place = uniform(generator)
        drawn = [choice.decide(generator, scene) for choice in self.choices]
        bounds = list(accumulate(self._chances()))
        # rounding may leave the last bound beside 1, and a choice of weight 0 must not inherit the rest
        return drawn[bisect_right(bounds, place * bounds[-1])]

    def parts(self) -> tuple[tuple[float, Leaf], ...]:
        """List what may happen."""
        return tuple(
            (share * chance, leaf)
            for share, choice in zip(self._chances(), self.choices, strict=True)
            for chance, leaf in choice.parts()
        )
