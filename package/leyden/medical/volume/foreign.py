"""Volumes in the formats of ITK, through SimpleITK: `.nrrd`, `.mha`, `.mhd`.

ITK counts millimetres to the left, posterior and superior, items to the right, anterior and superior.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from leyden.errors import DriverMissing, UnreadableImage
from leyden.items import Affine

__all__ = ["is_foreign", "read_foreign", "write_foreign"]

_SUFFIXES = (".nrrd", ".mha", ".mhd")
_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


def is_foreign(path: Path) -> bool:
    """Whether a file is one for SimpleITK, by its suffix."""
    return path.suffix.lower() in _SUFFIXES


def read_foreign(path: Path) -> tuple[np.ndarray, Affine]:
    """Read a file of ITK.

    Returns:
        As stored, `channel z y x`, and the affine in axis order to mm towards right, anterior, superior.

    Raises:
        UnreadableImage: the file is missing or damaged, or holds complex numbers.
        DriverMissing: SimpleITK is not installed.
    """
    library = _simpleitk(path)
    if not path.exists():
        raise UnreadableImage(f"{path} does not exist; check the path")
    try:
        image = library.ReadImage(str(path))
        data = library.GetArrayFromImage(image)
    except (RuntimeError, TypeError) as error:
        what = str(error).strip().splitlines()[-1]
        what = "it is cut short or damaged" if "No such file" in what else what  # what ITK says of a file that is there
        raise UnreadableImage(f"{path} cannot be decoded ({what}); delete it or fetch it again") from error
    if data.dtype.kind not in "iufb":
        raise UnreadableImage(f"{path} holds {data.dtype}; convert it to real numbers")
    if image.GetNumberOfComponentsPerPixel() > 1:
        data = np.moveaxis(data, -1, 0)
    else:
        data = data if image.GetDimension() == 4 else data[None]
    data = data[:, None] if image.GetDimension() == 2 else data
    return data if data.dtype.isnative else data.astype(data.dtype.newbyteorder("=")), _affine(image)


def write_foreign(path: Path, data: np.ndarray, *, affine: Affine, like: Path | None = None) -> None:
    """Write a file of ITK.

    Args:
        path: where; replaced if it is there.
        data: `channel z y x`.
        affine: in axis order, to mm towards right, anterior, superior.
        like: a file of ITK whose notes (its dictionary) are kept.

    Raises:
        RuntimeError: of SimpleITK, where it cannot be written.
        DriverMissing: SimpleITK is not installed.
    """
    library = _simpleitk(path)
    several = len(data) > 1
    image = library.GetImageFromArray(np.moveaxis(data, 0, -1) if several else data[0], isVector=several)
    rows = np.array([(x, y, z, shift) for z, y, x, shift in affine])
    matrix = _TO_RAS @ rows  # its own inverse
    steps = np.linalg.norm(matrix[:3, :3], axis=0)
    image.SetOrigin(matrix[:3, 3].tolist())
    image.SetSpacing(steps.tolist())
    image.SetDirection((matrix[:3, :3] / steps).ravel().tolist())
    if like is not None:
        notes = library.ReadImage(str(like))
        for key in notes.GetMetaDataKeys():
            image.SetMetaData(key, notes.GetMetaData(key))
    library.WriteImage(image, str(path), useCompression=True)


def _affine(image: Any) -> Affine:
    axes = image.GetDimension()
    near = min(axes, 3)
    directions = np.array(image.GetDirection()).reshape(axes, axes)[:near, :near]
    matrix = np.eye(4)
    matrix[:near, :near] = directions * np.array(image.GetSpacing())[:near]
    matrix[:near, 3] = image.GetOrigin()[:near]
    return tuple((z, y, x, shift) for x, y, z, shift in (_TO_RAS @ matrix).tolist())


def _simpleitk(path: Path) -> Any:
    try:
        return import_module("SimpleITK")
    except ModuleNotFoundError as error:
        raise DriverMissing(
            f"{path} needs SimpleITK, which is not installed: pip install SimpleITK (or 'leyden[medical]'), or convert "
            "it to .nii.gz"
        ) from error
