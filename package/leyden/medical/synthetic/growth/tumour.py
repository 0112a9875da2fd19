"""A tumour in a brain: where it sits, what it pushes aside, its core, its rim and its oedema."""

from dataclasses import dataclass
from typing import final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from leyden.medical.synthetic.growth.kind import Plan
from leyden.medical.synthetic.growth.spreading import arrival
from leyden.medical.synthetic.head.bulging import bulged
from leyden.medical.synthetic.head.frame import Frame, Place, Places, chance, smooth_noise, squared
from leyden.medical.synthetic.head.person import BrainMaps

__all__ = ["Growth", "grow", "pushed", "seated"]

_CSF, _GREY, _WHITE, _TEXTURE, _DEPTH, _NEAR = range(6)


@final
@dataclass(frozen=True, eq=False)
class Growth:
    """What a tumour made of the voxels of a box: shares of each, which add up to 1 at most.

    Args:
        box: the voxels.
        necrosis: dead or non-enhancing core.
        enhancing: what takes up contrast.
        cavity: what a surgeon left, full of fluid.
        oedema: water in the tissue.
        fresh: 1 where the oedema begins, 0 where it ends.
    """

    box: tuple[slice, ...]
    necrosis: Float[Tensor, "z y x"]
    enhancing: Float[Tensor, "z y x"]
    cavity: Float[Tensor, "z y x"]
    oedema: Float[Tensor, "z y x"]
    fresh: Float[Tensor, "z y x"]


def seated(maps: BrainMaps, plan: Plan, *, seed: int, frame: Frame) -> tuple[Place, ...]:
    """Find a place for each focus: in the white matter of the cerebrum, further ones in reach of the first."""
    dice = chance(seed, "place")
    z, y, x = frame.places
    z, y, x = z.view(-1, 1, 1), y.view(1, -1, 1), x.view(1, 1, -1)
    # below the tentorium lie cerebellum and brain stem, where gliomas of adults are rare
    cerebrum = (z > -30) & ((z > -8) | (y > -8)) & ~((x.abs() < 16) & (y.abs() < 32) & (z < 0))
    fit = (maps[_WHITE] > 0.5) & (maps[_DEPTH] > min(18.0, 6 + 0.5 * plan.radii[0])) & cerebrum
    found = [_picked(dice, fit, frame)]
    for _ in plan.radii[1:]:
        away = sum((along - at) ** 2 for along, at in zip((z, y, x), found[0], strict=True)) ** 0.5
        near = (maps[_WHITE] > 0.5) & (maps[_DEPTH] > 6) & cerebrum & (away > 1.2 * plan.radii[0]) & (away < 55)
        found.append(_picked(dice, near, frame))
    return tuple(found)


def pushed(maps: BrainMaps, plan: Plan, centres: tuple[Place, ...], *, frame: Frame) -> BrainMaps:
    """Push the brain outwards around each focus, most beside it, nothing at the skull; a push below 0 draws in."""
    for centre, radius in zip(centres, plan.radii, strict=True):
        maps = bulged(maps, centre, wide=1.8 * radius, push=plan.push, frame=frame)
    return maps


def grow(maps: BrainMaps, plan: Plan, centres: tuple[Place, ...], *, seed: int, frame: Frame) -> Growth:
    """Let the tumour grow: what is dead, what enhances, what is swollen.

    Args:
        maps: of the brain it has pushed aside.
        plan: what it will be.
        centres: of each focus.
        seed: of the case.
        frame: the grid.
    """
    box = _reached(plan, centres, frame)
    places = frame.part(box)
    csf, grey, white, _, depth, _ = maps[(slice(None), *box)]
    brain = (csf + grey + white).clamp(max=1)
    edge = _surface(plan, centres, places, seed=seed) + 6 * (csf * (depth > 4)).clamp(max=1)
    soft = max(0.7, 0.3 * frame.step)
    core = torch.sigmoid(-edge / soft) * brain
    ragged = 0.8 * smooth_noise(chance(seed, "rim"), places, 11.0) + 0.4 * smooth_noise(
        chance(seed, "rag"), places, 5.0
    )
    rim = plan.rim * (1 + plan.uneven * ragged)
    if plan.kind == "nonenhancing":
        rim = torch.zeros_like(edge)
    inner = torch.minimum(torch.sigmoid(-(edge + rim.clamp(min=0)) / soft) * brain, core)
    oedema, fresh = _oedema(plan, edge, (csf, grey, white), places, seed=seed, step=frame.step)
    none = torch.zeros_like(core)
    dead, cavity = (none, inner) if plan.kind == "resected" else (inner, none)
    return Growth(box, dead, core - inner, cavity, oedema * (1 - core) * brain, fresh)


def _surface(plan: Plan, centres: tuple[Place, ...], places: Places, *, seed: int) -> Tensor:
    """About how many mm it is to the surface of the core, below 0 inside: balls with lobes."""
    dice = chance(seed, "shape")
    edge = torch.full([len(along) for along in places], 1e3)
    for number, (centre, radius) in enumerate(zip(centres, plan.radii, strict=True)):
        stretch = np.exp(dice.normal(0, 0.14, 3))
        stretch /= stretch.prod() ** (1 / 3)
        offsets = [(along - at) * factor for along, at, factor in zip(places, centre, stretch, strict=True)]
        lumps = smooth_noise(chance(seed, f"lobes {number}"), places, 0.75 * radius)
        knobs = smooth_noise(chance(seed, f"knobs {number}"), places, max(3.0, 0.33 * radius))
        distance = squared(offsets).sqrt() - radius * (1 - plan.lobes * lumps - 0.35 * plan.lobes * knobs)
        edge = torch.minimum(edge, distance)
    return edge


def _oedema(
    plan: Plan, edge: Tensor, tissues: tuple[Tensor, Tensor, Tensor], places: Places, *, seed: int, step: float
) -> tuple[Tensor, Tensor]:
    """Water spreads along white matter, hardly into grey matter and not through fluid."""
    csf, grey, white = tissues
    speed = (white + 0.16 * grey + 0.03 * csf).clamp(min=0.02)
    time = arrival(edge, speed, step=step, reach=1.5 * plan.oedema)
    reach = plan.oedema * (1 + 0.3 * smooth_noise(chance(seed, "oedema"), places, 16.0)).clamp(0.25, 2)
    # the front ran on a coarse grid: the finer borders of grey matter and fluid hold it up here
    late = time + 0.6 * reach * grey + 1.5 * reach * csf
    return torch.sigmoid((reach - late) / max(1.4, 0.4 * step)), (1 - time / reach).clamp(0, 1)


def _reached(plan: Plan, centres: tuple[Place, ...], frame: Frame) -> tuple[slice, ...]:
    cuts = [
        frame.around(centre, 1.7 * radius + 1.6 * plan.oedema + 6)
        for centre, radius in zip(centres, plan.radii, strict=True)
    ]
    return tuple(slice(min(c.start for c in along), max(c.stop for c in along)) for along in zip(*cuts, strict=True))


def _picked(dice: np.random.Generator, fit: Tensor, frame: Frame) -> Place:
    """The first of many places drawn in mm that fits; so it is about the same on every grid."""
    for point in dice.uniform(-1, 1, (5000, 3)) * (75.0, 90.0, 72.0):
        z, y, x = point.tolist()
        if fit[frame.nearest((z, y, x))]:
            return z, y, x
    return 20.0, 0.0, 25.0
