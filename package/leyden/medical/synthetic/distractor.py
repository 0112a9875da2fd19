"""What is bright in a head and no tumour: lesions of white matter, caps of the ventricles, vessels and dura."""

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from leyden.medical.synthetic.head.frame import Frame, chance, smooth_noise
from leyden.medical.synthetic.head.person import BrainMaps

__all__ = ["Bright", "distract"]

_CSF, _GREY, _WHITE, _TEXTURE, _DEPTH, _NEAR = range(6)


@final
@dataclass(frozen=True, eq=False)
class Bright:
    """Shares of what looks like a tumour in one modality.

    Args:
        lesion: of old white matter, bright in FLAIR and T2 and nowhere else.
        vessel: of blood and dura, bright in T1 with contrast only.
    """

    lesion: Float[Tensor, "z y x"]
    vessel: Float[Tensor, "z y x"]


def distract(maps: BrainMaps, *, seed: int, frame: Frame) -> Bright:
    """Draw what distracts; how much of it is part of the draw, from hardly any to a lot."""
    dice = chance(seed, "distract")
    age = dice.beta(1.3, 1.6)
    places = frame.places
    far = 25 - maps[_NEAR]
    ragged = smooth_noise(chance(seed, "caps"), places, 7.0)
    # a rim around the ventricles, widest at their horns: far in front and far behind
    horn = ((places[1] - 12).abs() / 45).clamp(0, 1).view(1, -1, 1)
    caps = torch.sigmoid((1.0 + age * (3.0 + 7.0 * horn) * (1 + 0.4 * ragged) - far) / 1.2) * (maps[_NEAR] > 0)
    spots = smooth_noise(chance(seed, "spots"), places, 5.0)
    patches = smooth_noise(chance(seed, "patches"), places, 22.0)
    deep = (maps[_DEPTH] / 14).clamp(0, 1)
    rare = 3.2 - 1.1 * age - 0.5 * patches
    lesion = torch.maximum(caps, torch.sigmoid((spots - rare) / 0.15) * deep) * maps[_WHITE]
    return Bright(lesion, _vessels(maps, seed=seed, frame=frame))


def _vessels(maps: BrainMaps, *, seed: int, frame: Frame) -> Tensor:
    """Tubes, where two smooth fields are 0 at once, along the sulci; the plexus in the ventricles; the dura between."""
    places = frame.places
    one, other = (smooth_noise(chance(seed, name), places, 9.0) for name in ("vessel 1", "vessel 2"))
    # a grid that is coarser than a vessel is wide shows a paler, wider one
    wide = 0.15 * max(1.0, frame.step / 1.5)
    sulcal = (maps[_CSF] + maps[_GREY] * ((8 - maps[_DEPTH]) / 4).clamp(0, 1)).clamp(max=1)
    tubes = torch.exp(-(one**2 + other**2) / wide**2) * sulcal * min(1.0, (1.5 / frame.step) ** 0.7)
    plexus = (maps[_NEAR] >= 25).float() * maps[_CSF]
    plexus = plexus * torch.sigmoid((smooth_noise(chance(seed, "plexus"), places, 6.0) - 1.1) / 0.2)
    x = places[2].abs().view(1, 1, -1)
    sinus = torch.exp(-((x / 1.5) ** 2)) * ((4 - maps[_DEPTH]) / 3).clamp(0, 1) * (maps[_DEPTH] > 0)
    return (tubes + 0.7 * plexus + 0.8 * sinus * maps[_CSF]).clamp(max=1)
