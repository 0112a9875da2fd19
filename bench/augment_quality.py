"""How good one resample is, in figures: beside a step at a time, and beside an antialiased downscale."""

from collections.abc import Iterator
from itertools import accumulate
from statistics import median
from typing import Any

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor

import leyden as ly
from augment_check import decibels
from augment_work import photo, volume
from data import Row
from leyden.augment import Draw, Resize, Rotate, Shear, Translate, Zoom

__all__ = ["DRAWS", "quality_rows"]

STEPS = Rotate(15) | Zoom(0.9, 1.1) | Shear(10) | Translate(0.05)
DRAWS = 3
MARGIN = 8
"""Pixels from the edge that a place must keep in every step: a spline rings there."""

SHRUNK = 2.2
SCAN_BLUR = 0.85
"""Standard deviation, voxels: scanners see a point about two voxels wide (full width at half maximum)."""


def quality_rows() -> Iterator[Row]:
    """Four steps at once and one by one, of every photograph and of a scan; then shrinking."""
    photos = list(photographs())
    yield from steps_rows(
        f"{len(photos)} photographs", [four_steps(*given, seed=seed) for seed, given in enumerate(photos)]
    )
    yield from steps_rows("a scan", [four_steps(*scan(), seed=seed) for seed in range(DRAWS)])
    small, plain = np.median([shrinking(image) for image, _ in photos], 0)
    yield {
        "what": f"shrinking photographs {SHRUNK} times, against torch's antialiased downscale",
        "one resample": f"{small:.1f} dB", "otherwise": f"{plain:.1f} dB, without averaging",
        "difference": f"{small - plain:.1f} dB",
    }  # fmt: skip


def photographs() -> Iterator[tuple[Tensor, Tensor]]:
    """All photographs that are large enough, as real numbers, with the mask that all share."""
    names = [name for name in ly.assets.members("photos") if name.endswith((".png", ".jpg"))]
    for picture in (ly.data.read_image(ly.assets.read("photos", name)) for name in names):
        if picture.shape[1] >= 375 and picture.shape[2] >= 500:
            sample = photo(picture.permute(1, 2, 0).numpy())
            yield torch.from_numpy(sample["image"]).permute(2, 0, 1).double() / 255, torch.from_numpy(sample["mask"])


def scan() -> tuple[Tensor, Tensor]:
    """One channel of the volume as a scanner sees it, with its label, at every second voxel."""
    sample = volume()
    sharp = sample["image"][:1, ::2, ::2, ::2].astype(np.float64)
    blurred = ndimage.gaussian_filter(sharp, (0, *(SCAN_BLUR,) * 3))
    return torch.from_numpy(blurred), torch.from_numpy(sample["mask"][::2, ::2, ::2].copy())


def steps_rows(what: str, found: list[tuple[float, float, float, float]]) -> Iterator[Row]:
    """Medians of what `four_steps` found."""
    fused, single, wrong, wronger = np.median(found, 0)
    more = median(row[0] - row[1] for row in found)
    yield {
        "what": f"{what}, four spatial steps", "one resample": f"{fused:.1f} dB",
        "otherwise": f"{single:.1f} dB, a step at a time", "difference": f"{more:.1f} dB",
    }  # fmt: skip
    yield {
        "what": f"{what}, labels that come out wrong", "one resample": f"{100 * wrong:.2f} %",
        "otherwise": f"{100 * wronger:.2f} %, a step at a time", "difference": f"{wronger / wrong:.1f} times fewer",
    }  # fmt: skip


def four_steps(image: Tensor, mask: Tensor, *, seed: int) -> tuple[float, float, float, float]:
    """Likeness to the spline in one resample and in four, dB; the share of wrong labels, likewise."""
    given = (ly.items.Image(image), ly.items.Mask(mask))
    draw = STEPS.draw(torch.Generator().manual_seed(seed), given)
    alone = [Draw(draw.size, (step,)) for step in draw.steps]
    fused, single = draw(given), given
    for step in alone:
        single = step(single)
    back, inner = draw.fusion.move().back, seen_whole(alone)
    true = np.stack([spline(channel, back) for channel in image.numpy()])[:, inner]
    scores = np.stack([spline((mask == label).double().numpy(), back) for label in range(int(mask.max()) + 1)])
    labels = scores.argmax(0)[inner]
    likeness = [decibels(made[0].data.numpy()[:, inner], true) for made in (fused, single)]
    wrong = [float((made[1].data.numpy()[inner] != labels).mean()) for made in (fused, single)]
    return likeness[0], likeness[1], wrong[0], wrong[1]


def spline(channel: np.ndarray, back: tuple[tuple[float, ...], ...]) -> np.ndarray:
    """One channel under a map of places, by a spline of order 5."""
    matrix = np.array(back)
    offset: Any = matrix[:-1, -1]  # one a axis; scipy's types know one for all
    return ndimage.affine_transform(channel, matrix[:-1, :-1], offset, order=5, mode="mirror")


def seen_whole(steps: list[Draw]) -> np.ndarray:
    """Which new places never come near an edge, whichever of the steps has been taken."""
    size = steps[0].size
    places = np.stack([*np.indices(size, dtype=float), np.ones(size)])
    backs = [np.array(step.fusion.move().back) for step in reversed(steps)]
    inside = np.ones(size, bool)
    for back in accumulate(backs, lambda so_far, matrix: matrix @ so_far):
        for axis, count in enumerate(size):
            old = np.tensordot(back[axis], places, 1)
            inside &= (old >= MARGIN) & (old <= count - 1 - MARGIN)
    return inside


def shrinking(image: Tensor) -> tuple[float, float]:
    """Likeness to torch's antialiased downscale, and that of plain linear interpolation, dB."""
    small = tuple(round(count / SHRUNK) for count in image.shape[1:])
    ours = Resize(*small)(torch.Generator(), ly.items.Image(image)).data
    interpolate = torch.nn.functional.interpolate
    true, plain = (interpolate(image[None], small, mode="bilinear", antialias=soft)[0] for soft in (True, False))
    return decibels(ours.numpy(), true.numpy()), decibels(plain.numpy(), true.numpy())
