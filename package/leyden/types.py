"""The axes of tensors, named once.

`batch`: samples side by side. `channel`: colour or modality. `space`: the one to three spatial axes, in memory order
(`y x` or `z y x`). `class`: one entry a class. `point`: keypoints of one item. `axis`: coordinates of one point, in the
order of the spatial axes, in pixels, the centre of the first pixel at 0.
"""

from typing import TypeAlias

from jaxtyping import Float, Int, UInt8
from torch import Tensor

__all__ = ["Batch", "Labels", "Logits", "Matrix", "Pixels", "Points", "Regions", "Rgb", "RgbSquare"]

Pixels: TypeAlias = Float[Tensor, "channel *space"]
"""One image: real-valued channels over space."""

Regions: TypeAlias = Int[Tensor, "*space"]
"""One label map: an integer a place."""

Points: TypeAlias = Float[Tensor, "point axis"]
"""Places in pixels, one a row."""

Matrix: TypeAlias = Float[Tensor, "homogeneous homogeneous"]
"""A homogeneous affine map of places: the last row is (0, ..., 0, 1)."""

Rgb: TypeAlias = UInt8[Tensor, "3 y x"]
"""A decoded photograph."""

RgbSquare: TypeAlias = UInt8[Tensor, "3 size size"]
"""A photograph cropped and resized to a square."""

Batch: TypeAlias = Float[Tensor, "batch channel *space"]
"""Images side by side, ready for a network."""

Logits: TypeAlias = Float[Tensor, "batch class"]
"""Unnormalised scores, one a class."""

Labels: TypeAlias = Int[Tensor, "batch"]
"""Class indices."""
