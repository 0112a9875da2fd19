"""What policies choose from, and how strong each may be."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from math import atan, degrees
from typing import Literal, TypeAlias, final

from leyden.augment.blur import Sharpen
from leyden.augment.chain.choice import Identity, OneOf
from leyden.augment.chain.transform import Transform
from leyden.augment.colour import (
    Brightness,
    Contrast,
    Equalize,
    Gamma,
    Posterize,
    Rescale,
    Saturation,
    Solarize,
)
from leyden.augment.spatial import Rotate, Shear, Translate, Zoom

__all__ = ["Breadth", "Scenery", "choices_at", "choices_up_to"]

Scenery: TypeAlias = Literal["picture", "volume"]
"""What is augmented: a `picture`, in colour or gray, or a `volume`; of any channels."""

Breadth: TypeAlias = Literal["narrow", "wide"]
"""How far the strongest goes: `narrow` as RandAugment, `wide` as TrivialAugment."""

_Span: TypeAlias = tuple[float, float]


@final
@dataclass(frozen=True)
class _Entry:
    """One kind of transform.

    Args:
        make: gives it for a span of strengths, each its limit at most.
        narrow: the strongest of RandAugment.
        wide: the strongest of TrivialAugment.
        signed: whether strengths below 0 are the same the other way.
    """

    make: Callable[[_Span], Transform]
    narrow: float
    wide: float
    signed: bool = True

    def limit(self, breadth: Breadth) -> float:
        return self.narrow if breadth == "narrow" else self.wide


def _slanted(span: _Span, along: Literal["x", "y", "z"], across: Literal["x", "y", "z"]) -> Transform:
    low, high = (degrees(atan(slope)) for slope in span)
    return Shear((low, high), along=along, across=across)


def _posterized(span: _Span) -> Transform:
    low, high = (8 - round(lost) for lost in span)
    return Posterize(high, low)


_ANY = (
    _Entry(lambda span: Rotate(span), 30, 135),
    _Entry(partial(_slanted, along="x", across="y"), 0.3, 0.99),
    _Entry(partial(_slanted, along="y", across="x"), 0.3, 0.99),
    _Entry(lambda span: Translate(span), 150 / 331, 32 / 224),
    _Entry(lambda span: Brightness(span), 0.45, 0.5),
    _Entry(lambda span: Contrast(span), 0.9, 0.99),
    _Entry(lambda span: Sharpen(*span), 0.9, 0.99, signed=False),
)
"""Strengths are those of torchvision.transforms.RandAugment and TrivialAugmentWide: degrees, slopes, shares of the
width (150 pixels of 331, 32 of 224), factors. Brightness is added here, half as much: to multiply by 1.9 brightens
the middle of the range by 0.45."""

_PICTURE = (
    _Entry(lambda span: Saturation(span), 0.9, 0.99),
    _Entry(_posterized, 4, 6, signed=False),
    _Entry(lambda span: Solarize(1 - span[1], 1 - span[0]), 1, 1, signed=False),
)

_VOLUME = (
    _Entry(lambda span: Rotate(span, axis="y"), 30, 135),
    _Entry(lambda span: Rotate(span, axis="x"), 30, 135),
    _Entry(partial(_slanted, along="z", across="x"), 0.3, 0.99),
    _Entry(lambda span: Zoom(2 ** span[0], 2 ** span[1]), 0.5, 1),
    _Entry(lambda span: Gamma(2 ** span[0], 2 ** span[1]), 0.5, 1),
)
"""In a volume: turns about all axes, zoom by up to root 2 or 2, and gamma likewise, in place of colours."""

_FIXED: dict[Scenery, tuple[Transform, ...]] = {
    "picture": (Identity(), Rescale(0, 100), Equalize()),
    "volume": (Identity(),),
}
"""What has no strength; Rescale(0, 100) is what others call autocontrast."""


def _entries(scenery: Scenery) -> tuple[_Entry, ...]:
    return _ANY + (_PICTURE if scenery == "picture" else _VOLUME)


@cache
def choices_at(share: float, breadth: Breadth, scenery: Scenery) -> tuple[Transform, ...]:
    """List the transforms at one strength, up or down by the toss of a coin where both make sense.

    Args:
        share: of the strongest, 0..1.
        breadth: how strong that is.
        scenery: what is augmented.
    """
    return (*_FIXED[scenery], *(_at(entry, share * entry.limit(breadth)) for entry in _entries(scenery)))


@cache
def choices_up_to(breadth: Breadth, scenery: Scenery) -> tuple[Transform, ...]:
    """List the transforms at any strength up to the strongest, evenly.

    Args:
        breadth: how strong that is.
        scenery: what is augmented.
    """
    return (*_FIXED[scenery], *(_up_to(entry, entry.limit(breadth)) for entry in _entries(scenery)))


def _at(entry: _Entry, strength: float) -> Transform:
    forth = entry.make((strength, strength))
    return OneOf(forth, entry.make((-strength, -strength))) if entry.signed and strength else forth


def _up_to(entry: _Entry, limit: float) -> Transform:
    return entry.make((-limit if entry.signed else 0.0, limit))
