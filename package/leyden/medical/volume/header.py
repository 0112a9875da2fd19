"""What a NIfTI file says of itself, kept from one file to the next."""

from pathlib import Path
from typing import Any

import nibabel
import numpy as np

from leyden.errors import MedicalError
from leyden.items import Affine

__all__ = ["nifti_like", "nifti_of"]

_UNITS = {"meter": 1000.0, "micron": 0.001}
_SAME = 1e-4  # of a voxel; what one resample there and back leaves is a millionth
_SCANNER = 1  # the code of an affine to the coordinates of the scanner
_FAR = 32767  # voxels along an axis; more need NIfTI-2


def nifti_like(path: Path) -> Any:
    """Open a NIfTI file, of which only the header is read.

    Raises:
        MedicalError: it is none.
    """
    try:
        opened = nibabel.load(path)
    except Exception as error:  # nibabel raises many kinds on damaged files
        raise MedicalError(f"like={str(path)!r} cannot be read ({type(error).__name__}: {error})") from error
    if not isinstance(opened, nibabel.Nifti1Pair):
        raise MedicalError(f"like={str(path)!r} is {type(opened).__name__}, no NIfTI; leave it out")
    return opened


def nifti_of(data: np.ndarray, *, affine: Affine | None, spacing: tuple[float, ...] | None, like: Any = None) -> bytes:
    """Give the bytes of a NIfTI file.

    Args:
        data: `channel z y x`; one channel makes a 3-D file.
        affine: in axis order, to mm.
        spacing: mm along each axis, for what has no affine.
        like: what `nifti_like` gave: its header is kept, and its affines where `affine` is theirs.

    Raises:
        MedicalError: no affine, and another size than that of `like`.
    """
    array = data.T if len(data) > 1 else data[0].T  # memory stays as it is: files count x first
    header = None if like is None else like.header.copy()
    if like is None:
        made = nibabel.Nifti2Image if max(array.shape) > _FAR else nibabel.Nifti1Image
        image = made(array, None, dtype=array.dtype)
        image.header.set_xyzt_units("mm", "sec")
        _place(image.header, _matrix(affine, spacing), codes=(_SCANNER, _SCANNER))
        return image.to_bytes()
    made = nibabel.Nifti2Image if isinstance(like, nibabel.Nifti2Pair) else nibabel.Nifti1Image
    header = like.header.copy()
    header["cal_min"], header["cal_max"] = 0, 0  # the range shown is that of other values
    image = made(array, None, header=header, dtype=array.dtype)
    there, here = like.shape[:3], array.shape[:3]
    if affine is None and there != here:
        told = [" x ".join(map(str, shape[::-1])) for shape in (here, there)]
        raise MedicalError(
            f"an item of {told[0]} voxels does not say where it lies, and the file it is to be like has {told[1]}; "
            "bring it back to that grid first, with draw.spatial.invert"
        )
    to_mm = _UNITS.get(str(header.get_xyzt_units()[0]), 1.0)
    before = np.diag([to_mm, to_mm, to_mm, 1.0]) @ like.header.get_best_affine()
    if affine is not None and not (there == here and _agree(before, _matrix(affine, spacing), here)):
        codes = int(header["sform_code"]), int(header["qform_code"])
        matrix = np.diag([1 / to_mm, 1 / to_mm, 1 / to_mm, 1.0]) @ _matrix(affine, spacing)
        _place(image.header, matrix, codes=codes if any(codes) else (_SCANNER, 0))
    return image.to_bytes()


def _agree(one: np.ndarray, other: np.ndarray, shape: tuple[int, ...]) -> bool:
    """Whether two affines take every corner of a grid to one place, to a part of a voxel."""
    ends = [(0, size - 1) for size in shape]
    corners = np.array([(x, y, z, 1) for x in ends[0] for y in ends[1] for z in ends[2]])
    step = float(np.linalg.norm(one[:3, :3], axis=0).min())
    return bool(np.abs(corners @ (one - other).T).max() < _SAME * step)


def _place(header: Any, matrix: np.ndarray, *, codes: tuple[int, int]) -> None:
    header.set_sform(matrix, code=codes[0])
    header.set_qform(matrix, code=codes[1])  # it also writes the spacing
    if not codes[0] and not np.allclose(header.get_qform(), matrix, rtol=1e-5, atol=1e-4):
        header.set_sform(matrix, code=codes[1])  # a qform knows turns and steps, but no shear


def _matrix(affine: Affine | None, spacing: tuple[float, ...] | None) -> np.ndarray:
    """The affine of x y z."""
    if affine is None:
        return np.diag([*(spacing or (1.0, 1.0, 1.0))[::-1], 1.0])
    return np.array([(x, y, z, shift) for z, y, x, shift in affine])
