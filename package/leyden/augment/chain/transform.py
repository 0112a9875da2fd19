"""Transforms describe; what chance decides is a `Draw`."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TypeVar, final

import torch

from leyden.augment.chain.chance import check, demand_generator, uniform
from leyden.augment.fusing.acting import act
from leyden.augment.fusing.draw import Draw
from leyden.augment.fusing.plan import write_plan
from leyden.augment.fusing.scene import Scene
from leyden.augment.fusing.step import Arguments, Expression, Leaf, Numbers, Step
from leyden.errors import DrawError
from leyden.items import Size

__all__ = ["Chain", "Single", "Transform"]

_Sample = TypeVar("_Sample")


class Transform(Expression, ABC):
    """Something that may happen to a sample; `a | b` does both, in that order.

    A transform holds no randomness and no state: `draw` decides with the generator it is given and nothing else.

    Examples:
        >>> from leyden.augment import Brightness, Flip
        >>> from leyden.items import Image
        >>> row, move = Image(torch.tensor([[[1.0, 2.0, 3.0]]])), Flip("x") | Brightness((1, 1))
        >>> draw = move.draw(torch.Generator().manual_seed(0), row)
        >>> draw, draw(row).data
        (Draw(1 x 3: Flip('x'), Brightness((1, 1)) at 1), tensor([[[4., 3., 2.]]]))
        >>> move(torch.Generator().manual_seed(0), row) == draw(row)
        True
    """

    @abstractmethod
    def decide(self, generator: torch.Generator, scene: Scene) -> tuple[tuple[Step, ...], Scene]:
        """Draw the steps for a scene; give them and the scene after them.

        As many numbers are drawn whatever the coins say, so one decision does not shift the next.
        """

    @abstractmethod
    def parts(self) -> tuple[tuple[float, Leaf], ...]:
        """List the steps that may happen, each with its probability."""

    def draw(self, generator: torch.Generator, sample: object) -> Draw:
        """Decide, for the grid of a sample.

        Args:
            generator: where all chance comes from; equal states give equal draws.
            sample: items on one grid. Most transforms look at its size alone.

        Raises:
            DrawError: no item, items on different grids, a grid that a step does not fit, or no generator.
        """
        demand_generator(generator)
        steps, after = self.decide(generator, Scene.of(sample))
        return Draw.fused(after.fusion, steps)

    def __call__(self, generator: torch.Generator, sample: _Sample) -> _Sample:
        """Draw and apply at once, as `leyden.data.map_random` wants it."""
        return act(self.draw(generator, sample).fusion, sample)  # drawn for this very grid: no need to look again

    def __or__(self, other: object) -> "Chain":
        if isinstance(other, type) and issubclass(other, Transform):
            raise DrawError(f"{self!r} | {other.__name__}: a class is no transform; make one, as {other.__name__}(...)")
        if not isinstance(other, Transform):
            return NotImplemented
        return Chain(*_flat(self), *_flat(other))

    def plan(self) -> str:
        """Say what is done and what is fused, one numbered line a pass over the pixels.

        Examples:
            >>> from leyden.augment import Brightness, Flip, Maybe, Rotate
            >>> print((Maybe(Flip("x")) | Rotate(15) | Brightness(0.2)).plan())
            1.) one resample, reflection at the border: 50 % flip x, rotate +-15 deg
            2.) one linear colour step: brightness +-0.2
        """
        parts = self.parts()
        exact = all(leaf.exact for _, leaf in parts if leaf.kind == "spatial")
        chances = ["" if chance == 1 else f"{100 * chance:.3g} % " for chance, _ in parts]
        worded = [(often + leaf.describe(), leaf) for often, (_, leaf) in zip(chances, parts, strict=True)]
        return write_plan(worded, exact=exact)


def _flat(transform: Transform) -> tuple[Transform, ...]:
    return transform.steps if isinstance(transform, Chain) else (transform,)


@final
@dataclass(frozen=True, init=False, repr=False)
class Chain(Transform):
    """Several transforms, one after the other; written `a | b | c`.

    Args:
        steps: in order, one by one; none at all is a chain that does nothing. The steps of a chain among them count
            for themselves.

    Raises:
        DrawError: a list of them, a class, or anything else that is no transform.

    Examples:
        >>> from leyden.augment import Flip, Rotate, Zoom
        >>> Flip("x") | (Rotate(15) | Zoom(0.9, 1.1))
        Flip('x') | Rotate(15) | Zoom(0.9, 1.1)
    """

    steps: tuple[Transform, ...]

    def __init__(self, *steps: Transform) -> None:
        made = all(isinstance(step, Transform) for step in steps)
        # chains in chains are one chain, as `|` makes it, so that it prints as what makes it
        flat = tuple(link for step in steps for link in _flat(step)) if made else steps
        object.__setattr__(self, "steps", flat)
        check(self, {"transforms one by one, made (not their classes)": made})

    def arguments(self) -> Arguments:
        """Give the steps."""
        return self.steps, {}

    def decide(self, generator: torch.Generator, scene: Scene) -> tuple[tuple[Step, ...], Scene]:
        """Draw each step for the scene that the one before leaves."""
        drawn: list[Step] = []
        for transform in self.steps:
            steps, scene = transform.decide(generator, scene)
            drawn += steps
        return tuple(drawn), scene

    def parts(self) -> tuple[tuple[float, Leaf], ...]:
        """List the steps of all links."""
        return tuple(part for step in self.steps for part in step.parts())

    def __repr__(self) -> str:
        return " | ".join(map(repr, self.steps)) if len(self.steps) > 1 else super().__repr__()


class Single(Transform, Leaf):
    """A transform that draws its own numbers and is one step of a draw."""

    def ranges(self, size: Size) -> tuple[tuple[float, float], ...]:
        """Give (low, high) for each number to draw, evenly, for a grid; none unless overridden."""
        del size
        return ()

    def numbers(self, generator: torch.Generator, scene: Scene) -> Numbers:
        """Draw the numbers for a scene; override where they are not even over `ranges`, or depend on the items."""
        return tuple(low + (high - low) * uniform(generator) for low, high in self.ranges(scene.size))

    def new_size(self, numbers: Numbers, size: Size) -> Size:
        """Give the grid after this step; the one before unless overridden."""
        del numbers
        return size

    def decide(self, generator: torch.Generator, scene: Scene) -> tuple[tuple[Step, ...], Scene]:
        """Draw this one step."""
        step = Step(self, self.numbers(generator, scene))
        return (step,), scene.after(step)

    def parts(self) -> tuple[tuple[float, Leaf], ...]:
        """List this one step, as certain."""
        return ((1.0, self),)
