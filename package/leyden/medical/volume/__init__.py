"""Volumes in files: NIfTI, and the formats of ITK; read, put on another grid, and written where they came from."""

from leyden.medical.volume.reading import read_image, read_labels
from leyden.medical.volume.regridding import to_grid
from leyden.medical.volume.writing import write_volume

__all__ = ["read_image", "read_labels", "to_grid", "write_volume"]
