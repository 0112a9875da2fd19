"""Real numbers as 16-bit codes, and back."""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, final

import numpy as np
from jaxtyping import Float, Integer, Real

from leyden.errors import MedicalError

__all__ = ["Coding", "Kind", "decode", "encode"]

Kind: TypeAlias = Literal["<i2", "<u2"]
"""What the codes of a channel are, in numpy's words: 16 bits, signed or not, the low byte first."""

_CODES = 65534
"""How many steps there are from the code 1 to the last one; 0 is kept for what is 0."""

_SLAB = 1 << 17
"""Voxels that are taken through all steps at once: they stay in the processor's cache."""


@final
@dataclass(frozen=True)
class Coding:
    """How the 16-bit codes of a channel are read: `scale * code + offset`, and 0 where the code is 0.

    Args:
        kind: of the codes.
        scale: between two codes, in the units of the channel.
        offset: what the code 0 would stand for, did it not stand for 0.
        error: the largest distance of what is read from what was written; 0 where nothing is lost.
    """

    kind: Kind
    scale: float = 1.0
    offset: float = 0.0
    error: float = 0.0


def encode(values: Float[np.ndarray, "z y x"]) -> tuple[Integer[np.ndarray, "z y x"], Coding]:
    """Give 16-bit codes for one channel.

    Whole numbers that 16 bits hold are kept as they are. Everything else is rounded to one of 65,535 even steps between
    the lowest and the highest value that is not 0. What is 0 stays 0 and nothing else becomes it, so the background of
    a skull-stripped brain is the same afterwards.

    Args:
        values: of one channel.

    Raises:
        MedicalError: values that are no finite number.

    Examples:
        >>> encode(np.array([[[0.0, -3.0, 7.0]]], np.float32))
        (array([[[ 0, -3,  7]]], dtype=int16), Coding(kind='<i2', scale=1.0, offset=0.0, error=0.0))
        >>> codes, coding = encode(np.array([[[0.0, 0.25, 0.5]]], np.float32))
        >>> codes, coding.scale < 4e-6, coding.error < 2e-6
        (array([[[    0,     1, 65535]]], dtype=uint16), True, True)
    """
    low, high = float(values.min()), float(values.max())
    if not np.isfinite(low + high):
        count = int((~np.isfinite(values)).sum())
        raise MedicalError(f"{count:,} voxels that are no finite number; clean them first: torch.nan_to_num(data)")
    for kind in ("<i2", "<u2"):
        bounds = np.iinfo(kind)
        if bounds.min <= low and high <= bounds.max:
            codes = values.astype(kind)
            if np.array_equal(codes, values):
                return codes, Coding(kind)
    return _rounded(values)


def decode(
    codes: Real[np.ndarray, "z y x"],
    coding: Coding,
    *,
    shift: float = 0.0,
    factor: float = 1.0,
    out: Float[np.ndarray, "z y x"] | None = None,
) -> Float[np.ndarray, "z y x"]:
    """Give `(value - shift) * factor` for what codes stand for, in float32; 0 where it is 0.

    Args:
        codes: of one channel, any part of it, in any order in memory; of `Coding("<i2")` the values themselves will do.
        coding: how they are read.
        shift: what is taken off what is not 0.
        factor: what the rest is multiplied with.
        out: where to write to; new memory if there is none.

    Examples:
        >>> decode(np.array([[[0, 5, 9]]], np.int16), Coding("<i2"), shift=7.0, factor=0.5)
        array([[[ 0., -1.,  1.]]], dtype=float32)
    """
    out = np.empty(codes.shape, np.float32) if out is None else out
    scale, offset = np.float32(coding.scale * factor), np.float32((coding.offset - shift) * factor)
    if offset == 0:
        return np.multiply(codes, scale, out=out) if scale != 1 else _copied(codes, out)
    step = max(1, _SLAB // max(1, codes[:1].size))
    for first in range(0, len(codes), step):
        goal = out[first : first + step]
        np.copyto(goal, codes[first : first + step])
        shown = goal != 0
        goal *= scale
        goal += shown * offset
    return out


def _copied(codes: np.ndarray, out: np.ndarray) -> np.ndarray:
    np.copyto(out, codes)
    return out


def _rounded(values: np.ndarray) -> tuple[np.ndarray, Coding]:
    shown = values != 0
    kept = values[shown].astype(np.float64)
    low, high = float(kept.min()), float(kept.max())
    scale = (high - low) / _CODES or low  # of one value alone: itself, which no offset rounds away
    codes = np.zeros(values.shape, "<u2")
    codes[shown] = np.rint((kept - low) / scale) + 1
    coding = Coding("<u2", scale, low - scale)
    error = float(np.abs(decode(codes[shown][None, None], coding).astype(np.float64) - kept).max())
    return codes, replace(coding, error=error)
