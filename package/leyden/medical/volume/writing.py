"""Volumes and segmentations into files, whole or not at all."""

import gzip
from importlib import import_module
from pathlib import Path

import numpy as np

from leyden.errors import MedicalError
from leyden.items import Affine, Image, Mask
from leyden.medical.volume.foreign import is_foreign, read_foreign, write_foreign
from leyden.medical.volume.header import nifti_like, nifti_of
from leyden.medical.volume.storing import replacing

__all__ = ["write_volume"]

_NIFTI = (".nii", ".nii.gz")
_INTEGERS = (np.uint8, np.int8, np.int16, np.int32, np.int64)


def write_volume(path: str | Path, item: Image | Mask, *, like: str | Path | None = None) -> None:
    """Write a volume, where it lies included; a file of that name is replaced once the new one is whole.

    Masks are written in the smallest integers that hold their codes, bytes first; images as they are, half precision
    as float32. Several channels become the frames of a 4-D NIfTI, or several values a voxel in the formats of ITK.

    Args:
        path: `.nii`, `.nii.gz`, or, through SimpleITK, `.nrrd` and `.mha`.
        item: a volume, `channel z y x`, or a segmentation, `z y x`.
        like: a file of the same format, such as the scan that a prediction is of. What it says of itself is kept: its
            description, units, codes of affines, intent and extensions; and its affines, to the last bit, where the
            item lies on its grid, or knows no place. A mask takes its integers, if the codes fit.

    Raises:
        MedicalError: no item, or a picture; an unknown suffix; `like` of another format, or of another size where the
            item knows no place; or no such folder.
        DiskFull: there is no room.
        DriverMissing: SimpleITK is wanted and not installed.

    Examples:
        >>> import tempfile, torch
        >>> from leyden.medical.volume.reading import read_labels
        >>> path = Path(tempfile.mkdtemp()) / "seg.nii.gz"
        >>> write_volume(path, Mask(torch.ones(2, 3, 4).long(), spacing=(3.0, 1.0, 1.0)))
        >>> read_labels(path)
        Mask(2 x 3 x 4, uint8, 1..1, 3 x 1 x 1 mm)
    """
    path = Path(path).expanduser()
    like = None if like is None else Path(like).expanduser()
    _check(path, item, like)
    if is_foreign(path):
        data = _stored(item)
        with replacing(path, data.nbytes) as part:
            write_foreign(part, data, affine=item.affine or _placed(item, like), like=like)
        return
    content = _nifti(item, like)
    with replacing(path, len(content)) as part:
        part.write_bytes(_deflated(content) if path.name.lower().endswith(".gz") else content)


def _check(path: Path, item: Image | Mask, like: Path | None) -> None:
    if not isinstance(item, Image | Mask):
        raise MedicalError(
            f"{path} cannot be written: an Image or a Mask says where it lies, a {type(item).__name__} does not; give "
            "Mask(scheme.from_regions(regions), affine=scan.image.affine)"
        )
    faults = []
    if len(item.size) != 3:
        faults.append(f"a picture of {len(item.size)} axes has no place in the body; give it a z axis")
    foreign = is_foreign(path)
    if path.suffix.lower() == ".mhd" or not (foreign or path.name.lower().endswith(_NIFTI)):
        faults.append("the suffix is .nii, .nii.gz, .nrrd or .mha" + ", in one file" * (path.suffix.lower() == ".mhd"))
    if like is not None and not like.is_file():
        faults.append(f"like={str(like)!r} is no file")
    elif like is not None and foreign != is_foreign(like):
        faults.append(f"like={str(like)!r} is of another format, whose header says other things; leave it out")
    if faults:
        raise MedicalError(f"{path} cannot be written: {'; '.join(faults)}")


def _nifti(item: Image | Mask, like: Path | None) -> bytes:
    data, given = _stored(item), None if like is None else nifti_like(like)
    if given is not None and isinstance(item, Mask):
        data = _in_kind_of(data, given.get_data_dtype())
    return nifti_of(data, affine=item.affine, spacing=item.spacing, like=given)


def _stored(item: Image | Mask) -> np.ndarray:
    """The numbers as a file holds them, `channel z y x`."""
    data = item.data.detach().cpu()
    if isinstance(item, Image):
        return (data.float() if data.dtype.itemsize == 2 else data).numpy()
    codes = data[None].numpy()
    low, high = codes.min(), codes.max()
    fits = next(kind for kind in _INTEGERS if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max)
    return codes.astype(fits, copy=False)


def _in_kind_of(codes: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """The codes in the integers of another file, if it has such and they fit."""
    if dtype.kind not in "iu" or codes.min() < np.iinfo(dtype).min or codes.max() > np.iinfo(dtype).max:
        return codes
    return codes.astype(dtype.newbyteorder("="), copy=False)


def _placed(item: Image | Mask, like: Path | None) -> Affine:
    if like is not None:
        there, affine = read_foreign(like)
        if there.shape[1:] != item.size:
            raise MedicalError(_another_size(item, like, there.shape[1:]))
        return affine
    z, y, x = item.spacing or (1.0, 1.0, 1.0)
    return ((0.0, 0.0, x, 0.0), (0.0, y, 0.0, 0.0), (z, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))


def _another_size(item: Image | Mask, like: Path, size: tuple[int, ...]) -> str:
    told = [" x ".join(map(str, each)) for each in (item.size, size)]
    return f"an item of {told[0]} voxels that says not where it lies, and {like} has {told[1]}; bring it back first"


def _deflated(content: bytes) -> bytes:
    try:
        return import_module("isal.igzip").compress(content, 2, mtime=0)
    except ModuleNotFoundError:  # smaller, and several times as slow
        return gzip.compress(content, 6, mtime=0)
