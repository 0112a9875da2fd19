"""What must hold of every library's output before bench/augment.py times it; an AssertionError where it does not."""

from collections.abc import Iterator

import numpy as np

from augment_work import MEAN, POINTS, SIDE, SPREAD, VOXELS, Arrays

__all__ = ["decibels", "like_ours", "sound"]

EDGE = 12
"""Pixels at the edge of a turned picture that are left out where it is compared: libraries end it differently."""


def sound(found: Arrays, labels: np.ndarray) -> dict[str, float]:
    """What must hold of augmented samples whose image shows their mask; the sample is the first axis.

    Args:
        found: what a library gave for `augment_work.white`.
        labels: those of the sample.

    Returns:
        how much of image and mask agrees, and how far points are from their disks.
    """
    image, mask = found["image"], np.round(found["mask"]).astype(int)
    flat = "points" in found
    sides = (3, SIDE, SIDE) if flat else (4, VOXELS, VOXELS, VOXELS)
    assert image.dtype == np.float32, image.dtype
    assert image.shape[1:] == sides, image.shape
    assert mask.shape[1:] == sides[1:], mask.shape
    assert np.isfinite(image).all()
    assert np.isin(mask, labels).all(), np.unique(mask)
    agreeing = [agreement(one.mean(0), shown > 0) for one, shown in zip(image, mask, strict=True)]
    assert min(agreeing) >= 0.98, agreeing
    if not flat:
        assert image[0][:, mask[0] == 0].std() > 0.01, "no noise"
        return {"agreeing": float(np.mean(agreeing))}
    off = list(distances(mask, found["points"]))
    assert len(off) >= 10, off
    assert np.median(off) <= 1, off
    return {"agreeing": float(np.mean(agreeing)), "points": float(np.median(off))}


def agreement(shown: np.ndarray, mask: np.ndarray) -> float:
    """The share of places where the image is brighter than midway exactly where there is a label."""
    if mask.all() or not mask.any():
        return 1.0
    middle = (np.median(shown[mask]) + np.median(shown[~mask])) / 2
    return float(((shown > middle) == mask).mean())


def distances(masks: np.ndarray, points: np.ndarray) -> Iterator[float]:
    """How far each point is from the middle of its disk, for disks that are seen whole, pixels."""
    for mask, places in zip(masks, points, strict=True):
        for label in range(1, POINTS + 1):
            down, right = np.nonzero(mask == label)
            if len(down) < 20 or min(*down, *right) == 0 or max(*down, *right) == SIDE - 1:
                continue
            # a whole disk fills pi/4 of the square around it; a cut one, or one that is partly hidden, does not
            if len(down) < 0.7 * max(np.ptp(down) + 1, np.ptp(right) + 1) ** 2:
                continue
            yield float(np.hypot(right.mean() - places[label - 1, 0], down.mean() - places[label - 1, 1]))


def like_ours(found: Arrays, ours: Arrays) -> float:
    """How alike two libraries' pictures are where nothing was left to chance: dB; asserts enough of it.

    Args:
        found: the peer's.
        ours: leyden's.
    """
    inner = (Ellipsis, *(slice(EDGE, -EDGE),) * (found["mask"].ndim - 1))
    one, other = found["image"][inner], ours["image"][inner]
    if "points" in found:
        spread, mean = (np.reshape(numbers, (3, 1, 1)) for numbers in (SPREAD, MEAN))
        one, other = one * spread + mean, other * spread + mean
        assert np.abs(found["points"] - ours["points"]).max() <= 1
    assert (found["mask"][inner] == ours["mask"][inner]).mean() >= 0.97
    alike = decibels(one, other)
    assert alike >= 24, alike
    return alike


def decibels(one: np.ndarray, other: np.ndarray) -> float:
    """Peak signal-to-noise ratio of two pictures of 0..1."""
    return float(-10 * np.log10(np.square(np.subtract(one, other, dtype=np.float64)).mean() + 1e-20))
