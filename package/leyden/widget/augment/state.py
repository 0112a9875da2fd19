"""Where an augmentation panel stands: all that its pictures depend on, as one value."""

from dataclasses import dataclass
from typing import Any

import torch

from leyden.augment import Draw, Transform
from leyden.errors import PanelError
from leyden.items import Size
from leyden.widget.augment.knob import Knob
from leyden.widget.augment.scenery import Style

__all__ = ["State", "check_count", "drawn_from", "usual_count"]

_SEEDS = 2**63  # of torch's generators
_MOST = 24  # draws: four rows of six


@dataclass(frozen=True)
class State:
    """All that pictures depend on: replaced as a whole, so that none mixes two states.

    Args:
        move: the transform.
        knobs: its parameters.
        seed: where the draws start.
        draws: what was drawn.
        selected: which of them is shown beside the sample.
        style: how they are shown.
    """

    move: Transform
    knobs: tuple[Knob, ...]
    seed: int
    draws: tuple[Draw, ...]
    selected: int
    style: Style


def drawn_from(move: Transform, sample: Any, *, seed: int, count: int) -> tuple[Draw, ...]:
    """Draw so many times, one after the other, from one seed.

    Raises:
        DrawError: the transform does not fit the sample.
        PanelError: it is no transform, or there is no such seed.
    """
    faults = []
    if not isinstance(move, Transform):
        given = f"the class {move.__name__}: make one of it" if isinstance(move, type) else f"a {type(move).__name__}"
        faults.append(f"an augmentation panel wants a transform, such as Rotate(15) | Flip('x'); given {given}")
    if not isinstance(seed, int) or not -_SEEDS <= seed < _SEEDS:
        faults.append(f"a seed is a whole number of 63 bits; given {seed!r}")
    if faults:
        raise PanelError("; ".join(faults))
    generator = torch.Generator().manual_seed(seed)
    return tuple(move.draw(generator, sample) for _ in range(count))


def check_count(count: int) -> None:
    """Raise where so many draws cannot be shown.

    Raises:
        PanelError: fewer than 1 or more than 24.
    """
    if not 1 <= count <= _MOST:
        raise PanelError(f"an augmentation panel shows 1 to {_MOST} draws; given {count}")


def usual_count(size: Size) -> int:
    """How many draws are shown unless told: of a volume so few that a long chain is drawn anew in 150 ms.

    Examples:
        >>> usual_count((480, 640)), usual_count((155, 240, 240))
        (9, 4)
    """
    return 9 if len(size) == 2 else 4
