"""How good one resample is, in figures: beside a step at a time, and beside an antialiased downscale."""

from collections.abc import Iterator
from dataclasses import dataclass
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
from leyden.items import Interpolation, LabelInterpolation

__all__ = ["DRAWS", "quality_rows"]

STEPS = Rotate(15) | Zoom(0.9, 1.1) | Shear(10) | Translate(0.05)
DRAWS = 3
MARGIN = 8
"""Pixels from the edge that a place must keep in every step: a spline rings there."""

SHRUNK = 2.2
SCAN_BLUR = 0.85
"""Standard deviation, voxels: scanners see a point about two voxels wide (full width at half maximum)."""

MAPS = "nilearn/datasets/data/mni_icbm152_{}_tal_nlin_sym_09a_converted.nii.gz"
HOW: tuple[Interpolation, ...] = ("linear", "cubic")
LABELS: tuple[LabelInterpolation, ...] = ("nearest", "vote")


@dataclass(frozen=True)
class Found:
    """How near to the spline a draw came.

    Args:
        fused: likeness of one resample, dB, by how it is read.
        single: that of a step at a time.
        wrong: share of labels that one resample gets wrong, by how they are read.
        wronger: that of a step at a time.
    """

    fused: dict[Interpolation, float]
    single: dict[Interpolation, float]
    wrong: dict[LabelInterpolation, float]
    wronger: dict[LabelInterpolation, float]


def quality_rows() -> Iterator[Row]:
    """Four steps at once and one by one, of every photograph, of a small scan and a whole one; then shrinking."""
    photos = list(photographs())
    yield from steps_rows(
        f"{len(photos)} photographs", [four_steps(*given, seed=seed) for seed, given in enumerate(photos)]
    )
    for what, (image, mask) in (("a drawn scan", scan()), ("the scan MNI152", head())):
        size = " x ".join(map(str, mask.shape))
        yield from steps_rows(f"{what}, {size}", [four_steps(image, mask, seed=seed) for seed in range(DRAWS)])
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


def head() -> tuple[Tensor, Tensor]:
    """The template of a head at 1 mm, with what is likeliest at each voxel: grey matter, white matter or neither."""
    found = (ly.data.read_volume(ly.assets.read("mni152", MAPS.format(name))) for name in ("t1", "gm", "wm"))
    shown, *tissues = (volume.data.double() / 255 for volume in found)
    return shown[None], torch.stack((1 - tissues[0] - tissues[1], *tissues)).argmax(0).to(torch.uint8)


def steps_rows(what: str, found: list[Found]) -> Iterator[Row]:
    """Medians of what `four_steps` found."""
    for how in HOW:
        fused, single = median(one.fused[how] for one in found), median(one.single[how] for one in found)
        more = median(one.fused[how] - one.single[how] for one in found)
        yield {
            "what": f"{what}, four spatial steps, {how}", "one resample": f"{fused:.1f} dB",
            "otherwise": f"{single:.1f} dB, a step at a time", "difference": f"{more:.1f} dB",
        }  # fmt: skip
    for how in LABELS:
        wrong, wronger = median(one.wrong[how] for one in found), median(one.wronger[how] for one in found)
        yield {
            "what": f"{what}, labels that come out wrong, {how}", "one resample": f"{100 * wrong:.2f} %",
            "otherwise": f"{100 * wronger:.2f} %, a step at a time", "difference": f"{wronger / wrong:.1f} times fewer",
        }  # fmt: skip


def four_steps(image: Tensor, mask: Tensor, *, seed: int) -> Found:
    """One resample and four, linear and cubic, labels picked and voted for, beside the spline."""
    items = ly.items
    masks = tuple(items.Mask(mask, interpolation=how) for how in LABELS)
    given = (*masks, *(items.Image(image, interpolation=how) for how in HOW))
    draw = STEPS.draw(torch.Generator().manual_seed(seed), given)
    alone = [Draw(draw.size, (step,)) for step in draw.steps]
    fused, single = draw(given), given
    for step in alone:
        single = step(single)
    back, inner = draw.fusion.move().back, seen_whole(alone)
    true = np.stack([spline(channel, back) for channel in image.numpy()])[:, inner]
    labels = likeliest(mask, back)[inner]
    (alike, wrong), (less, wronger) = (
        (
            {shown.interpolation: decibels(shown.data.numpy()[:, inner], true) for shown in made[len(LABELS) :]},
            {shown.interpolation: float((shown.data.numpy()[inner] != labels).mean()) for shown in made[: len(LABELS)]},
        )
        for made in (fused, single)
    )
    return Found(alike, less, wrong, wronger)


def likeliest(mask: Tensor, back: tuple[tuple[float, ...], ...]) -> np.ndarray:
    """The label whose spline is highest at each new place."""
    best, labels = np.full(tuple(mask.shape), -np.inf), np.zeros(tuple(mask.shape), np.uint8)
    for label in range(int(mask.max()) + 1):
        score = spline((mask == label).double().numpy(), back)
        labels[score > best] = label
        best = np.maximum(best, score)
    return labels


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
