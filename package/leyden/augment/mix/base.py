"""What makes one sample of several: the class that mixing transforms derive from, and what they draw."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar, cast, final

import torch

from leyden.augment.chain.chance import demand_generator
from leyden.augment.fusing.acting import forbid_nan
from leyden.augment.fusing.scene import grid_of
from leyden.augment.fusing.step import Expression, Numbers
from leyden.augment.fusing.stored import read_json, write_json
from leyden.errors import DrawError
from leyden.items import Image, Item, Size, items_of
from leyden.items.grid import size_text
from leyden.items.sample import map_together

__all__ = ["Mix", "MixDraw"]

_Sample = TypeVar("_Sample")

_VERSION = 1
"""Of the JSON; stored draws of another version are refused rather than misread."""


class Mix(Expression, ABC):
    """Something that makes one sample of several; derive a frozen dataclass with `numbers` and `mixed`.

    `leyden.data.zip` puts samples side by side, as `leyden.data.map_random` then hands them to a mix.

    Examples:
        >>> from dataclasses import dataclass
        >>> from leyden.augment.chain.chance import uniform
        >>> from leyden.items import Label
        >>> @dataclass(frozen=True, repr=False)
        ... class Either(Mix):
        ...     "Take one of the samples, each as likely."
        ...     def numbers(self, generator, sizes):
        ...         return (int(uniform(generator) * len(sizes)),)
        ...     def mixed(self, numbers, items):
        ...         return items[int(numbers[0])]
        >>> Either()
        Either()
    """

    known: ClassVar[dict[str, type["Mix"]]] = {}
    """All mixes by name, as stored draws find them; a class stands here as soon as it is made."""

    def __init_subclass__(cls) -> None:
        found = Mix.known.setdefault(cls.__name__, cls)
        if (found.__module__, found.__qualname__) != (cls.__module__, cls.__qualname__):
            raise DrawError(f"two mixes named {cls.__name__!r}, of {found.__module__} and {cls.__module__}; rename one")
        Mix.known[cls.__name__] = cls

    def count(self, axes: int) -> int:
        """Give how many samples it takes, of two or three spatial axes; two unless overridden."""
        del axes
        return 2

    @abstractmethod
    def numbers(self, generator: torch.Generator, sizes: tuple[Size, ...]) -> Numbers:
        """Draw the numbers for samples on these grids.

        Raises:
            DrawError: the grids do not fit.
        """

    @abstractmethod
    def mixed(self, numbers: Numbers, items: tuple[Item, ...]) -> Item:
        """Give one item of those that stand in the same place of each sample.

        Args:
            numbers: what was drawn.
            items: one a sample; not to be changed.

        Raises:
            DrawError: items that cannot be mixed.
        """

    def draw(self, generator: torch.Generator, samples: Sequence[object]) -> "MixDraw":
        """Decide, for the grids of some samples.

        Args:
            generator: where all chance comes from; equal states give equal draws.
            samples: as many as it takes.

        Raises:
            DrawError: another number of samples, or grids that do not fit.
        """
        demand_generator(generator)
        _demand_several(samples, self)
        sizes = tuple(map(grid_of, samples))
        wanted = self.count(len(sizes[0]) if sizes else 2)
        if len(sizes) != wanted or len({len(size) for size in sizes}) > 1:
            given = " and ".join(map(size_text, sizes)) or "none"
            raise DrawError(f"{self!r} wants {wanted} samples of as many axes, got {given}; use leyden.data.zip")
        return MixDraw(self, sizes, self.numbers(generator, sizes))

    def __call__(self, generator: torch.Generator, samples: Sequence[_Sample]) -> _Sample:
        """Draw and apply at once, as `leyden.data.map_random` wants it."""
        return self.draw(generator, samples)(samples)


@final
@dataclass(frozen=True, repr=False)
class MixDraw:
    """What chance decided for a mix: a value that makes one sample of several, the same each time.

    Args:
        mix: what is done.
        sizes: the grids of the samples it takes.
        numbers: what was drawn.

    Examples:
        >>> from leyden.augment.mix.mixup import MixUp
        >>> from leyden.items import Image
        >>> black, white = Image(torch.zeros(1, 2, 2)), Image(torch.ones(1, 2, 2))
        >>> draw = MixUp(1.0).draw(torch.Generator().manual_seed(5), (black, white))
        >>> draw, draw((black, white))
        (MixDraw(2 x 2 + 2 x 2: MixUp(1.0) at 0.642), Image(1 x 2 x 2, float32, 0.358..0.358))
        >>> MixDraw.from_json(draw.to_json()) == draw
        True
    """

    mix: Mix
    sizes: tuple[Size, ...]
    numbers: Numbers

    def __call__(self, samples: Sequence[_Sample]) -> _Sample:
        """Give one sample of several; what is no item is that of the first.

        Args:
            samples: on the grids of this draw, all of one build.

        Raises:
            DrawError: other grids, items that cannot be mixed, or an image that shows NaN.
            ItemError: samples of different builds.
        """
        _demand_several(samples, self.mix)
        sizes = tuple(map(grid_of, samples))
        if sizes != self.sizes:
            drawn, given = (" and ".join(map(size_text, each)) or "none" for each in (self.sizes, sizes))
            raise DrawError(f"a draw for samples of {drawn}, got {given}; draw again for these")
        mixed = map_together(lambda items: self.mix.mixed(self.numbers, items), samples)
        for item in items_of(mixed):
            if isinstance(item, Image):
                forbid_nan(item.data)
        return mixed

    def to_json(self) -> str:
        """Write the draw, exactly.

        Raises:
            DrawError: the mix is made of more than numbers, strings and tuples of them.
        """
        arguments, options = self.mix.arguments()
        return write_json(
            {
                "leyden.mix": _VERSION,
                "mix": type(self.mix).__name__,
                "arguments": arguments,
                "options": options,
                "sizes": self.sizes,
                "numbers": self.numbers,
            }
        )

    @staticmethod
    def from_json(text: str) -> "MixDraw":
        """Read a draw; it acts bit for bit as the one that was written.

        Args:
            text: what `to_json` gave.

        Raises:
            DrawError: it is no such text, or no mix has the name in it.
        """
        try:
            stored = _tuples(read_json(text))
            if stored["leyden.mix"] != _VERSION:
                raise DrawError(f"a draw of version {stored['leyden.mix']}; this leyden reads version {_VERSION}")
            if stored["mix"] not in Mix.known:
                raise DrawError(f"no mix named {stored['mix']!r}; import the module that makes it")
            make = cast("Any", Mix.known[stored["mix"]])
            return MixDraw(make(*stored["arguments"], **stored["options"]), stored["sizes"], stored["numbers"])
        except (ValueError, LookupError, TypeError) as error:
            raise DrawError(f"not a stored draw: {error!r} in {str(text)[:80]!r}; give what to_json wrote") from error

    def __repr__(self) -> str:
        grids = " + ".join(map(size_text, self.sizes))
        return f"MixDraw({grids}: {self.mix!r} at {', '.join(f'{number:.4g}' for number in self.numbers)})"


def _demand_several(samples: object, mix: Mix) -> None:
    if not isinstance(samples, Sequence):
        raise DrawError(f"{mix!r} wants a tuple of samples, got one {type(samples).__name__}; use leyden.data.zip")


def _tuples(value: Any) -> Any:
    """Give lists back as the tuples that they were."""
    if isinstance(value, dict):
        return {name: _tuples(each) for name, each in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
