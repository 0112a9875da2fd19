"""Volumes and segmentations in files, as items that know where they lie."""

from pathlib import Path

import numpy as np
import torch

from leyden.errors import ItemError, MedicalError
from leyden.items import Image, Mask
from leyden.medical.volume.frames import frames_in, stored_frames

__all__ = ["read_image", "read_labels"]

_KINDS = (np.uint8, np.int8, np.int16, np.int32, np.int64)
_ROUNDED = 0.01  # that codes may be off: files that scale bytes, so that 255 stands for 4, round by half of 4 / 255


def read_image(path: str | Path, *, frame: int | None = None) -> Image:
    """Read a scan, with one channel a volume that the file holds.

    NIfTI (`.nii`, `.nii.gz`) comes through `leyden.data.read_volume`; `.nrrd`, `.mha` and `.mhd` through SimpleITK,
    turned from its left, posterior, superior to the right, anterior, superior of items.

    Args:
        path: of the file.
        frame: the volume to take, counted from 0, where the file holds several (4-D, or several values a voxel).

    Returns:
        float32, `channel z y x`, spacing and affine in mm.

    Raises:
        UnreadableImage: the file is missing, cut short, damaged, or of another kind.
        MedicalError: the file does not say where its voxels lie.
        DriverMissing: SimpleITK is wanted and not installed.

    Examples:
        >>> import tempfile, nibabel
        >>> path = Path(tempfile.mkdtemp()) / "flair.nii.gz"
        >>> nibabel.save(nibabel.Nifti1Image(np.ones((4, 3, 2), np.int16), np.diag([1, 1, 2.5, 1])), path)
        >>> read_image(path)
        Image(1 x 2 x 3 x 4, float32, 1..1, 2.5 x 1 x 1 mm)
    """
    path = Path(path).expanduser()
    frames = (frame,) if frame is not None else _all_of(path)
    channels = iter(stored_frames(path, frames))
    first, affine = next(channels)
    data = np.empty((len(frames), *first.shape), np.float32)
    data[0] = first
    for channel, (stored, _) in enumerate(channels, 1):
        data[channel] = stored
    try:
        return Image(torch.from_numpy(data), affine=affine)
    except ItemError as error:
        raise MedicalError(_nowhere(path, error)) from error


def read_labels(path: str | Path) -> Mask:
    """Read a segmentation.

    Args:
        path: of a file with one volume, of the formats of `read_image`.

    Returns:
        uint8 where the codes fit, else the smallest integers in which they do; spacing and affine in mm. Values within
        0.01 of a whole number are that number: files that scale what they store round by so much.

    Raises:
        MedicalError: values between whole numbers, or no numbers at all (NaN); several volumes; or a file that does
            not say where its voxels lie.
        UnreadableImage: the file is missing, cut short, damaged, or of another kind.
        DriverMissing: SimpleITK is wanted and not installed.

    Examples:
        >>> import tempfile, nibabel
        >>> path = Path(tempfile.mkdtemp()) / "seg.nii.gz"
        >>> nibabel.save(nibabel.Nifti1Image(np.full((4, 3, 2), 4.0, np.float32), np.eye(4)), path)
        >>> read_labels(path)
        Mask(2 x 3 x 4, uint8, 4..4, 1 x 1 x 1 mm)
    """
    path = Path(path).expanduser()
    stored, affine = next(stored_frames(path, (None,)))
    try:
        return Mask(torch.from_numpy(_codes(stored, path)), affine=affine)
    except ItemError as error:
        raise MedicalError(_nowhere(path, error)) from error


def _all_of(path: Path) -> tuple[int | None, ...]:
    count = frames_in(path)
    return tuple(range(count)) if count > 1 else (None,)


def _codes(stored: np.ndarray, path: Path) -> np.ndarray:
    """The same codes in the smallest integers that hold them."""
    if stored.dtype in _KINDS[:1]:
        return stored
    if stored.dtype.kind not in "iuf":
        raise MedicalError(f"{path} holds {stored.dtype}; a segmentation holds one whole number a voxel")
    low, high = (float(np.rint(bound)) for bound in (stored.min(), stored.max()))
    if not (np.isfinite(low) and np.isfinite(high)):
        count = int((~np.isfinite(stored)).sum())
        raise MedicalError(f"{path} has NaN or infinity in {count:,} of its voxels; set them to a code")
    kinds = [kind for kind in _KINDS if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max]
    if not kinds:
        raise MedicalError(f"{path} holds codes from {low:g} to {high:g}, more than 64-bit integers hold")
    codes = (np.rint(stored) if stored.dtype.kind == "f" else stored).astype(kinds[0])
    if stored.dtype.kind == "f" and not np.array_equal(codes, stored):
        between = stored[np.abs(stored - codes) > _ROUNDED]
        if not between.size:
            return codes
        raise MedicalError(
            f"{path} holds {between.size:,} values between whole numbers, such as {between[0]:g}, so no codes; if it "
            "was resampled, do that again with nearest neighbours"
        )
    return codes


def _nowhere(path: Path, error: Exception) -> str:
    return f"{path} does not say where its voxels lie ({error}); mend its header, or write it anew from the scanner's"
