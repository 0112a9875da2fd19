"""How bright everything is in each modality, and what the scanner adds."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from leyden.items import Image
from leyden.medical.artefact import BiasField, RicianNoise
from leyden.medical.synthetic.distractor import Bright
from leyden.medical.synthetic.growth.tumour import Growth
from leyden.medical.synthetic.head.frame import Frame, chance, smooth_noise
from leyden.medical.synthetic.head.person import BrainMaps

__all__ = ["MODALITIES", "SIGNALS", "paint", "scanned"]

MODALITIES = ("t1", "t1ce", "t2", "flair")

SIGNALS: Mapping[str, tuple[float, float, float, float]] = MappingProxyType({
    "csf": (0.28, 0.28, 1.75, 0.20),
    "grey": (0.72, 0.76, 0.95, 0.92),
    "white": (1.00, 1.00, 0.66, 0.74),
    "texture": (1.0, 1.0, -0.9, -0.5),
    "lesion": (0.72, 0.74, 1.22, 1.30),
    "oedema": (0.70, 0.72, 1.32, 1.34),
    "enhancing": (0.66, 1.60, 1.18, 1.18),
    "necrosis": (0.42, 0.45, 1.50, 0.72),
    "core": (0.56, 0.58, 1.42, 1.16),
    "cavity": (0.30, 0.31, 1.70, 0.30),
})  # fmt: skip
"""How bright each thing is in t1, t1ce, t2 and flair, white matter in T1 being 1; of texture, what is added to it.
`core` is what does not enhance of a tumour of which nothing does."""

_VESSEL = 1.7
"""How bright blood and dura are in t1ce, the only modality that shows them much brighter than what is around."""


def paint(
    maps: BrainMaps, growth: Growth, bright: Bright, *, enhances: bool, seed: int, frame: Frame
) -> Float[Tensor, "4 z y x"]:
    """Give the four modalities of a head without skull, as a scanner without faults would show them.

    Args:
        maps: of the brain.
        growth: the tumour.
        bright: what is bright without being a tumour.
        enhances: whether any of the tumour takes up contrast.
        seed: of the case.
        frame: the grid.
    """
    dice = chance(seed, "signals")
    signals = {name: np.array(row) * dice.normal(1, 0.03, 4) for name, row in SIGNALS.items()}
    tissues = torch.stack([_row(signals[name]) for name in ("csf", "grey", "white")], 1)
    data = torch.einsum("mk,kzyx->mzyx", tissues, maps[:3])
    data += _row(signals["texture"])[:, None, None, None] * maps[3]
    _blend(data, bright.lesion, signals["lesion"], keep=0.3)
    data[1] += bright.vessel * (_VESSEL - data[1]).clamp(min=0)
    box = (slice(None), *growth.box)
    part, places = data[box], frame.part(growth.box)
    mottle = smooth_noise(chance(seed, "mottle"), places, 5.0)
    blotch = smooth_noise(chance(seed, "blotch"), places, 12.0)
    swollen = growth.oedema * (0.55 + 0.45 * growth.fresh)
    _blend(part, swollen, signals["oedema"], keep=0.25)
    _blend(part, growth.cavity, signals["cavity"], keep=0.0)
    _blend(
        part,
        growth.necrosis,
        signals["necrosis" if enhances else "core"],
        keep=0.1,
        mottle=0.07 * mottle + 0.05 * blotch,
    )
    _blend(part, growth.enhancing, signals["enhancing"], keep=0.1, mottle=0.08 * mottle + 0.07 * blotch)
    return data


def scanned(data: Float[Tensor, "4 z y x"], brain: Tensor, *, seed: int) -> Float[Tensor, "4 z y x"]:
    """Add bias field, noise and the scale of the scanner, and cut away what is not brain; whole numbers of 16 bits."""
    dice = chance(seed, "scanner")
    chain = BiasField(0.12, order=2) | RicianNoise(0.015, 0.035)
    image = chain(torch.Generator().manual_seed(seed), Image(data.clamp(min=0)))
    gains = _row(np.exp(dice.normal(np.log(420.0), 0.5, 4)))[:, None, None, None]
    return (image.data * gains * (brain > 0.5)).round().clamp(0, 32767)


def _blend(data: Tensor, share: Tensor, signal: np.ndarray, *, keep: float, mottle: Tensor | None = None) -> None:
    """Mix in something that has a signal of its own and keeps some of what it lies in."""
    for channel, level in zip(data, signal.tolist(), strict=True):
        goal = level if mottle is None else level * (1 + mottle)
        channel += share * (1 - keep) * (goal - channel)


def _row(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.asarray(values, dtype=np.float32))
