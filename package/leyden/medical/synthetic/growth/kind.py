"""Which kinds of tumour there are, how often, and what is drawn for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from types import MappingProxyType
from typing import Literal, TypeAlias, final, get_args

import numpy as np

from leyden.errors import MedicalError
from leyden.medical.synthetic.head.frame import chance

__all__ = ["KINDS", "Kind", "Plan", "kind_of", "plan_tumour"]

Kind: TypeAlias = Literal["ring", "solid", "multifocal", "nonenhancing", "resected", "tiny"]
"""`ring`: a necrotic core in an enhancing rim. `solid`: enhancing nearly throughout. `multifocal`: two to four, one of
them large. `nonenhancing`: a core that takes up no contrast. `resected`: a cavity, of which a part of the wall still
enhances. `tiny`: a few ml in all."""

KINDS: Mapping[Kind, float] = MappingProxyType(
    {"ring": 0.60, "solid": 0.12, "multifocal": 0.13, "nonenhancing": 0.05, "resected": 0.06, "tiny": 0.04}
)
"""The share of each kind where none is asked for."""

_GOLDEN = 0.6180339887498949


@final
@dataclass(frozen=True)
class Plan:
    """What a tumour will be, before it is put anywhere.

    Args:
        kind: of tumour.
        radii: of each focus, mm; the first is the main one.
        rim: mean thickness of what enhances, mm.
        uneven: how much the rim varies, as a share of its thickness; above 1 it has gaps.
        oedema: how far the oedema reaches in white matter, mm.
        push: how much of its radius the tumour pushed the brain aside, 0..1.
        lobes: how lobulated the core is, as a share of its radius.
    """

    kind: Kind
    radii: tuple[float, ...]
    rim: float
    uneven: float
    oedema: float
    push: float
    lobes: float


def kind_of(seed: int, kind: str | None = None) -> Kind:
    """Give the kind of a seed: seeds in a row get each kind in its share, as nearly as whole numbers can.

    Args:
        seed: of the case.
        kind: the one that is wanted, whatever the seed.

    Raises:
        MedicalError: there is no such kind.

    Examples:
        >>> [kind_of(seed) for seed in range(6)]
        ['ring', 'solid', 'ring', 'nonenhancing', 'ring', 'ring']
    """
    for known in get_args(Kind):
        if known == kind:
            return known
    if kind is not None:
        raise MedicalError(f"no kind of tumour named {kind!r}; there are {', '.join(KINDS)}")
    place, total = seed * _GOLDEN % 1, 0.0
    for name, share in KINDS.items():
        total += share
        if place < total:
            return name
    return "ring"


def plan_tumour(seed: int, kind: str | None = None) -> Plan:
    """Draw the tumour of a seed; lengths are log-normal, as those of glioblastomas are.

    Args:
        seed: of the case.
        kind: the one that is wanted; None for that of the seed.
    """
    found, dice = kind_of(seed, kind), chance(seed, "plan")
    radius = float(np.clip(_lognormal(dice, 20.5, 0.28), 11, 33))
    more = tuple(radius * dice.uniform(0.3, 0.6) for _ in range(dice.integers(1, 4)))
    rim, uneven = float(np.clip(_lognormal(dice, 4.8, 0.25), 3.5, 9)), dice.uniform(0.4, 0.8)
    oedema = float(np.clip(_lognormal(dice, 15.0, 0.4), 5, 34))
    push, lobes = dice.uniform(0.2, 0.45), dice.uniform(0.18, 0.34)
    tiny = dice.uniform(4.5, 7.5)
    if found == "multifocal":
        return Plan(found, (0.85 * radius, *more), rim, uneven, 0.8 * oedema, push, lobes)
    if found == "solid":
        return Plan(found, (0.85 * radius,), 0.75 * radius, 0.35, oedema, push, lobes)
    if found == "nonenhancing":
        return Plan(found, (1.1 * radius,), 0.0, 0.0, 0.55 * oedema, 0.6 * push, 1.3 * lobes)
    if found == "resected":
        return Plan(found, (0.9 * radius,), 1.1 * rim, 1.5, oedema, -0.15, 0.6 * lobes)
    if found == "tiny":
        return Plan(found, (tiny,), tiny, 0.3, min(6.0, 0.4 * oedema), 0.1, lobes)
    return Plan(found, (radius,), rim, uneven, oedema, push, lobes)


def _lognormal(dice: np.random.Generator, median: float, spread: float) -> float:
    return float(dice.lognormal(log(median), spread))
