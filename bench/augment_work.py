"""The samples that every library augments in bench/augment.py, and by how much. Needs numpy only.

Peers run in an environment of their own, so nothing of leyden is imported here. Arrays are kept as files hold them:
photographs `y x channel` in bytes, volumes `channel z y x` in single precision, places `x y` in pixels.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

__all__ = [
    "BIAS", "DEGREES", "DISTORTION", "GAMMA", "JITTER", "MEAN", "NOISE", "POINTS", "RATIO", "SCALE", "SIDE", "SPREAD",
    "SURE", "VOXELS", "ZOOM", "Arrays", "Turn", "load", "photo", "save", "volume", "white",
]  # fmt: skip

Arrays: TypeAlias = dict[str, Any]
"""`image`, `mask` and, of photographs, `points`."""

SIDE, POINTS, VOXELS = 224, 17, 128
DEGREES, JITTER = 15.0, 0.2
SCALE, RATIO = (0.08, 1.0), (3 / 4, 4 / 3)
MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
ZOOM, GAMMA, BIAS, NOISE = 0.15, (0.7, 1.5), 0.3, 0.05
DISTORTION = 6.0
"""How far an elastic field moves a place at most, voxels."""


@dataclass(frozen=True)
class Turn:
    """How much chance there is; `SURE` leaves none, so that all libraries must give the same picture.

    Args:
        flip: the probability of a flip along x.
        degrees: of a rotation, from -degrees to degrees; if sure, exactly this.
        sure: no chance: the whole photograph resized, flipped and turned; no zoom, nothing elastic, colours as given.
        elastic: whether volumes are distorted, too.
    """

    flip: float = 0.5
    degrees: float = DEGREES
    sure: bool = False
    elastic: bool = True


SURE = Turn(1.0, 10.0, sure=True, elastic=False)


def photo(picture: np.ndarray) -> Arrays:
    """A cut of 375 x 500 of a photograph, with 17 points, each in the middle of a disk of its own label."""
    top, left = (picture.shape[0] - 375) // 2, (picture.shape[1] - 500) // 2
    down, right = np.mgrid[:375, :500]
    mask = np.where(((down - 187) / 160) ** 2 + ((right - 250) / 215) ** 2 < 1, POINTS + 1, 0).astype(np.uint8)
    draw = np.random.default_rng(0)
    places = np.stack(np.meshgrid(np.linspace(70, 430, 6), np.linspace(70, 305, 3)), -1).reshape(-1, 2)[:POINTS]
    points = (places + draw.uniform(-15, 15, places.shape)).astype(np.float32)
    for label, (x, y) in enumerate(points, start=1):
        mask[(right - x) ** 2 + (down - y) ** 2 < 9**2] = label
    return {"image": np.ascontiguousarray(picture[top : top + 375, left : left + 500]), "mask": mask, "points": points}


def volume() -> Arrays:
    """Four channels of soft noise over an egg with two labels, 128 voxels along each axis, values 0..1."""
    z, y, x = np.ogrid[:VOXELS, :VOXELS, :VOXELS]
    egg = ((z - 60) / 44) ** 2 + ((y - 66) / 52) ** 2 + ((x - 64) / 38) ** 2
    mask = (egg < 1).astype(np.uint8) + (egg < 0.3).astype(np.uint8)
    waves = np.random.default_rng(0).uniform(0.03, 0.12, (4, 3, 3))
    fields = [np.prod([np.sin(a * z + b * y + c * x) for a, b, c in rows], axis=0) for rows in waves]
    channels = [(0.5 + 0.2 * field) * (egg < 1) for field in fields]
    return {"image": np.stack(channels).astype(np.float32), "mask": mask}


def white(sample: Arrays) -> Arrays:
    """The sample with an image that shows its mask: the highest value where there is a label, else 0."""
    image, mask = sample["image"], sample["mask"] > 0
    top = 255 if image.dtype == np.uint8 else 1
    shown = mask[..., None] if image.dtype == np.uint8 else mask[None]
    return sample | {"image": (np.broadcast_to(shown, image.shape) * top).astype(image.dtype)}


def save(path: Path, arrays: Arrays) -> None:
    """Write arrays."""
    np.savez(path, **arrays)


def load(path: Path) -> Arrays:
    """Read arrays."""
    with np.load(path) as stored:
        return dict(stored)
