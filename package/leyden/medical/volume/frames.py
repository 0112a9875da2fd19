"""The volumes in a file one by one, as they are stored."""

import gzip
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

import nibabel
import numpy as np

from leyden.data import read_volume
from leyden.errors import MedicalError, UnreadableImage
from leyden.items import Affine
from leyden.medical.volume.foreign import is_foreign, read_foreign

__all__ = ["frames_in", "says_directions", "stored_frames"]

_GZIP = b"\x1f\x8b"


def stored_frames(path: Path, frames: Sequence[int | None]) -> Iterator[tuple[np.ndarray, Affine]]:
    """Read some volumes of a file as they are asked for; a compressed file is inflated once for all of them.

    Args:
        path: of the file.
        frames: which, counted from 0; None for the only one.

    Returns:
        For each the numbers as stored (float64 where the file scales them), `z y x`, and the affine in axis order.

    Raises:
        UnreadableImage: when asked for, the file is missing, cut short, damaged, or of another kind.
        MedicalError: when asked for, it holds more or fewer volumes.
    """
    if is_foreign(path):
        data, affine = read_foreign(path)
        for frame in frames:
            if (frame is None and len(data) > 1) or not 0 <= (frame or 0) < len(data):
                raise MedicalError(_another_count(path, frame, len(data)))
            yield data[frame or 0], affine
        return
    content = path if len(frames) == 1 else _inflated(path)
    for frame in frames:
        try:
            volume = read_volume(content, frame=frame)
        except UnreadableImage as error:
            count = frames_in(path)
            if (frame is None and count > 1) or (frame or 0) >= count > 0:
                raise MedicalError(_another_count(path, frame, count)) from error
            if content is not path:
                read_volume(path, frame=frame)  # is refused as well, with the name of the file
            raise
        if volume.data.is_complex():
            raise MedicalError(f"{path} holds complex numbers; write their magnitude, or real and imaginary part apart")
        yield volume.data.numpy(), tuple((z, y, x, shift) for x, y, z, shift in volume.affine.tolist())


def frames_in(path: Path) -> int:
    """Count the volumes in a file by its header; 0 where there is no legible one, so that reading says why."""
    if is_foreign(path):
        return len(read_foreign(path)[0])
    try:
        shape = nibabel.load(path).shape  # pyright: ignore[reportAttributeAccessIssue] - images have one
    except Exception:  # whatever is wrong with the file: reading it says so
        return 0
    return int(np.prod(shape[3:], dtype=int))


def says_directions(path: Path) -> bool:
    """Whether the header of a file tells left from right; a NIfTI file may hold sizes alone."""
    if is_foreign(path):
        return True
    try:
        header = nibabel.load(path).header
        return bool(header["sform_code"] or header["qform_code"])  # pyright: ignore[reportIndexIssue] - NIfTI's has
    except Exception:  # whatever is wrong with the file: reading it says so
        return True


def _another_count(path: Path, frame: int | None, count: int) -> str:
    if frame is None:
        told = "split it, or take one of them with read_image(..., frame=)"
        return f"{path} holds {count} volumes where one is wanted (4-D against 3-D); {told}"
    held = "1 volume (3-D against 4-D)" if count == 1 else f"{count} volumes, counted from 0"
    return f"{path} has no frame {frame}; it holds {held}; check what its dataset.json or layout says of it"


def _inflated(path: Path) -> bytes | Path:
    """All of a file; where it is damaged the file itself, so that reading it says how."""
    try:
        content = path.read_bytes()
        if not content.startswith(_GZIP):
            return content
        return _members(content)
    except Exception:  # the decoders raise many kinds on damaged files
        return path


def _members(content: bytes) -> bytes:
    """Inflate a gzip file in one go; the checksum of each member is compared."""
    try:
        fast = import_module("isal.igzip_lib")
    except ModuleNotFoundError:  # the same bytes, more slowly
        return gzip.decompress(content)
    parts = list[bytes]()
    while content:
        member = fast.IgzipDecompressor(flag=fast.DECOMP_GZIP)
        parts.append(member.decompress(content))
        if not member.eof:
            raise EOFError("cut short")
        content = member.unused_data.lstrip(b"\0")  # tapes and some servers fill up with zeros
    return parts[0] if len(parts) == 1 else b"".join(parts)
