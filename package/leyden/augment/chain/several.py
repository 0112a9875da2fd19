"""Several of many: how many and which is left to chance, and what is chosen still fuses with its neighbours."""

from dataclasses import dataclass
from numbers import Integral
from typing import Literal, TypeAlias, final, get_args

import torch

from leyden.augment.chain.chance import check, seed_number, seeded, uniform
from leyden.augment.chain.transform import Transform
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Arguments, Leaf, Step

__all__ = ["Order", "SomeOf", "decide_apart"]

Order: TypeAlias = Literal["given", "shuffled"]
"""In what order chosen transforms act: as they were `given`, or `shuffled`."""


@final
@dataclass(frozen=True, init=False, repr=False)
class SomeOf(Transform):
    """Do several of many, each at most once, every set of that many as likely as any other.

    Args:
        choices: at least one; a chain happens as a whole.
        count: how many, or (fewest, most), every number between as likely.
        order: `given`: in the order of the choices; `shuffled`: in any order.

    Examples:
        >>> from leyden.augment import Brightness, Flip, Rotate
        >>> SomeOf(Flip("x"), Rotate(15), Brightness(0.2), count=(1, 2))
        SomeOf(Flip('x'), Rotate(15), Brightness(0.2), count=(1, 2))

    Source:
        albumentations.SomeOf, without replacement; torchvision has only one of many, or all in any order.
    """

    choices: tuple[Transform, ...]
    count: int | tuple[int, int]
    order: Order

    def __init__(self, *choices: Transform, count: int | tuple[int, int], order: Order = "given") -> None:
        object.__setattr__(self, "choices", choices)
        object.__setattr__(self, "count", count)
        object.__setattr__(self, "order", order)
        bounds = self._bounds()
        whole = len(bounds) == 2 and all(isinstance(end, Integral) for end in bounds)
        rules = {
            "at least one choice": bool(choices),
            "transforms one by one, made (not their classes)": all(isinstance(choice, Transform) for choice in choices),
            "a count from 0 to the number of choices, or (fewest, most) in a tuple, whole, fewest first": whole
            and 0 <= bounds[0] <= bounds[1] <= len(choices),
            f"an order of {get_args(Order)}": order in get_args(Order),
        }
        check(self, rules)

    def arguments(self) -> Arguments:
        """Give the choices one by one, and how many always."""
        return self.choices, {"count": self.count, **({} if self.order == "given" else {"order": self.order})}

    def _bounds(self) -> tuple[int, int]:
        return self.count if isinstance(self.count, tuple) else (self.count, self.count)

    def decide(self, generator: torch.Generator, scene: Scene) -> tuple[tuple[Step, ...], Scene]:
        """Choose, and draw those chosen, each for the scene that the one before leaves."""
        fewest, most = self._bounds()
        count = fewest + int(uniform(generator) * (most - fewest + 1))
        chance = seeded(seed_number(generator), generator.device)
        places = _shuffled(len(self.choices), chance)[:count]
        chosen = [self.choices[place] for place in (places if self.order == "shuffled" else sorted(places))]
        return _in_turn(chosen, chance, scene)

    def parts(self) -> tuple[tuple[float, Leaf], ...]:
        """List what may happen."""
        share = sum(self._bounds()) / 2 / len(self.choices)
        return tuple((share * chance, leaf) for choice in self.choices for chance, leaf in choice.parts())


def decide_apart(
    generator: torch.Generator, scene: Scene, *, choices: tuple[Transform, ...], count: int
) -> tuple[tuple[Step, ...], Scene]:
    """Choose so many times among choices, evenly and with repetition, and draw those chosen one after the other.

    One number is drawn from the generator, whatever is chosen: the rest comes from a stream of its own.

    Args:
        generator: where that number comes from.
        scene: before the first of them.
        choices: what is chosen from.
        count: how many are chosen.
    """
    chance = seeded(seed_number(generator), generator.device)
    chosen = [choices[int(uniform(chance) * len(choices))] for _ in range(count)]
    return _in_turn(chosen, chance, scene)


def _shuffled(count: int, generator: torch.Generator) -> list[int]:
    """Give 0..count - 1 in any order (Fisher and Yates)."""
    places = list(range(count))
    for place in range(count - 1):
        other = place + int(uniform(generator) * (count - place))
        places[place], places[other] = places[other], places[place]
    return places


def _in_turn(chosen: list[Transform], generator: torch.Generator, scene: Scene) -> tuple[tuple[Step, ...], Scene]:
    drawn: list[Step] = []
    for transform in chosen:
        steps, scene = transform.decide(generator, scene)
        drawn += steps
    return tuple(drawn), scene
