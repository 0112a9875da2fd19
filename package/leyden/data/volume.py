"""Medical volumes: NIfTI files as tensors."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from gzip import GzipFile
from io import BytesIO
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any, final

import numpy as np
import torch
from jaxtyping import Float, Shaped
from torch import Tensor

from leyden.data.library import library
from leyden.errors import DataError, DriverMissing, UnreadableImage
from leyden.items import Affine, Image, Mask

__all__ = ["Volume", "read_volume"]

_GZIP = b"\x1f\x8b"
_PART = 1 << 20  # bytes inflated at a time: they stay in the processor's cache until they are copied to their place
_HEADERS = {348: "Nifti1Header", 540: "Nifti2Header"}  # the header's own first number, its size in bytes
_PURPOSE = "reading NIfTI files"
_MILLIMETRES = {"meter": 1000.0, "micron": 0.001}
_REAL = {None: None, torch.float32: np.float32, torch.float64: np.float64}
_NO_TORCH = ("V", "g", "G")  # colours, and 128-bit real and complex numbers


@final
@dataclass(frozen=True, eq=False, repr=False)
class Volume:
    """A scan and where it lies in space.

    Args:
        data: as stored, or as float64 where the file scales its numbers; add a channel axis with `data[None]`.
        spacing: mm from one voxel to the next along z, y and x: in the order of the data's axes.
        affine: maps (x, y, z, 1) of a voxel, counted from 0, to mm to the right, front and top, as NIfTI does.

    Examples:
        >>> affine = torch.diag(torch.tensor([1.0, 1.0, 3.0, 1.0]))
        >>> scan = Volume(torch.zeros(2, 4, 4, dtype=torch.int16), (3.0, 1.0, 1.0), affine)
        >>> scan.image().spacing, scan.mask().data.dtype
        ((3.0, 1.0, 1.0), torch.int16)
    """

    data: Shaped[Tensor, "z y x"]
    spacing: tuple[float, float, float]
    affine: Float[Tensor, "4 4"]

    def image(self) -> Image:
        """The scan as an item for augmentation, `1 z y x` in float32 (float64 stays), lying in space as it does."""
        data = self.data if self.data.is_floating_point() else self.data.float()
        return Image(data[None], affine=self._affine())

    def mask(self) -> Mask:
        """The labels of a segmentation as an item, lying in space as they do.

        Raises:
            DataError: not all values are whole numbers.
        """
        data = self.data.long() if self.data.is_floating_point() else self.data
        if not torch.equal(data, self.data):
            raise DataError(f"{self!r} holds values between whole numbers, so no labels; read it as an image()")
        return Mask(data, affine=self._affine())

    def _affine(self) -> Affine:
        """The map in the order of the data's axes: its first three columns the other way about."""
        return tuple((z, y, x, shift) for x, y, z, shift in self.affine.tolist())

    def __repr__(self) -> str:
        size, step = (" x ".join(f"{value:.4g}" for value in row) for row in (self.data.shape, self.spacing))
        return f"Volume({size}, {str(self.data.dtype).removeprefix('torch.')}, {step} mm)"


def read_volume(source: str | Path | bytes, *, dtype: torch.dtype | None = None, frame: int | None = None) -> Volume:
    """Read a NIfTI file (`.nii`, `.nii.gz`).

    Values are those of nibabel's `get_fdata()`, in the order of memory: axis x last. Compressed files are inflated with
    isal where it is installed, and with zlib, more slowly and to the same values, where it is not. The whole file is
    checked against its checksum.

    Args:
        source: a file, or the bytes of one.
        dtype: float32 or float64, to have the values so; otherwise they keep the file's own type.
        frame: which volume to take, where the file holds several, one after the other (4-D).

    Returns:
        The volume; it owns its memory.

    Raises:
        UnreadableImage: the file is missing, empty, cut short, damaged or no NIfTI, or holds several volumes and no
            frame is given, or one with colours. The message names the file and what to do.
        DataError: the dtype is another one.
        DriverMissing: nibabel is not installed.

    Examples:
        >>> import nibabel
        >>> scan = nibabel.Nifti1Image(np.zeros((4, 3, 2), np.int16), np.diag([1, 1, 2.5, 1]))
        >>> read_volume(scan.to_bytes())
        Volume(2 x 3 x 4, int16, 2.5 x 1 x 1 mm)
    """
    if dtype not in _REAL:
        raise DataError(f"read_volume gives float32, float64 or, with dtype=None, the file's own; given {dtype}")
    nibabel = library("nibabel", purpose=_PURPOSE)
    with _named(f"{len(source)} bytes" if isinstance(source, bytes) else str(source)):
        content = source if isinstance(source, bytes) else Path(source).expanduser().read_bytes()
        if not content:
            raise UnreadableImage("is empty (0 bytes); delete it or fetch it again")
        first, rest = _begun(content)
        header = _header(first, nibabel)
        data = _scaled(_stored(chain([first], rest), header, frame), header, nibabel)
        data = data.astype(_REAL[dtype] or data.dtype, copy=False)  # numpy's is several times as fast as torch's
        spacing, affine = _placed(header)
    return Volume(torch.from_numpy(data), spacing, affine)


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Turn whatever goes wrong into one error that names the file and what to do."""
    try:
        yield
    except UnreadableImage as error:
        raise UnreadableImage(f"{name} {error}") from error
    except DataError:
        raise
    except FileNotFoundError as error:
        raise UnreadableImage(f"{name} does not exist; check the path") from error
    except PermissionError as error:
        raise UnreadableImage(f"{name} cannot be read ({error.strerror}); check its permissions") from error
    except IsADirectoryError as error:
        raise UnreadableImage(
            f"{name} is a folder; for all scans in it see files_in(folder, pattern='**/*.nii*')"
        ) from error
    except Exception as error:  # the decoders raise many kinds on damaged files
        problem = f"{type(error).__name__}: {error}"
        raise UnreadableImage(f"{name} cannot be decoded ({problem}); delete it or fetch it again") from error


def _begun(content: bytes) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes of what a file holds, with its header among them, and the rest part by part."""
    parts, first = _inflated(content) if content.startswith(_GZIP) else iter([content]), b""
    while len(first) < max(_HEADERS) and (part := next(parts, b"")):
        first += part
    return first, parts


def _placed(header: Any) -> tuple[tuple[float, float, float], Tensor]:
    """The steps from voxel to voxel along z, y and x, and the affine map, both in mm."""
    to_mm = _MILLIMETRES.get(header.get_xyzt_units()[0], 1.0)
    x, y, z = (float(step) * to_mm for step in (*header.get_zooms()[:3], 1.0, 1.0)[:3])
    return (z, y, x), torch.from_numpy(np.diag([to_mm, to_mm, to_mm, 1.0]) @ header.get_best_affine())


def _header(first: bytes, nibabel: ModuleType) -> Any:
    sizes = {int.from_bytes(first[:4], order) for order in ("little", "big")} & set(_HEADERS)
    if not sizes:
        raise UnreadableImage("is no NIfTI; convert it (DICOM: dcm2niix), or read it with a function of your own")
    size = sizes.pop()
    if len(first) < size:
        raise UnreadableImage(f"is cut short within its header of {size} bytes; fetch it again")
    header = getattr(nibabel, _HEADERS[size])(first[:size])
    if bytes(header["magic"].item())[:2] != b"n+":
        raise UnreadableImage("is no single NIfTI file, but half of a pair (.hdr, .img); convert it to .nii.gz")
    return header


def _stored(parts: Iterator[bytes], header: Any, frame: int | None) -> np.ndarray:
    """The numbers as they lie in the file, z y x, in the byte order of this machine."""
    dtype, shape = header.get_data_dtype(), [int(size) for size in header.get_data_shape()]
    if dtype.char in _NO_TORCH:
        raise UnreadableImage(f"holds colours or 128-bit numbers ({dtype}); convert it to float64 or smaller")
    x, y, z, *more = shape + [1] * (3 - len(shape))
    frames, voxels = int(np.prod(more)), x * y * z
    if not voxels * frames:
        raise UnreadableImage(f"holds no voxel: its shape is {tuple(shape)}; delete it")
    if frame is None and frames > 1:
        raise UnreadableImage(
            f"holds {frames} volumes, its shape is {tuple(shape)}; say which: read_volume(path, frame=0)"
        )
    if not 0 <= (frame or 0) < frames:
        raise UnreadableImage(f"has no frame {frame}; it holds {frames}, counted from 0")
    size = voxels * dtype.itemsize
    start = header.get_data_offset() + (frame or 0) * size
    data = _cut(parts, start, size).view(dtype).reshape(z, y, x)
    return data if dtype.isnative else data.astype(dtype.newbyteorder("="))


def _cut(parts: Iterator[bytes], start: int, size: int) -> np.ndarray:
    """Copy some bytes out of a stream of parts; all of the stream is read, so that its checksum is compared."""
    wanted, at = np.empty(size, np.uint8), -start
    for part in parts:
        low, high = max(at, 0), min(at + len(part), size)
        if low < high:
            wanted[low:high] = np.frombuffer(part, np.uint8)[low - at : high - at]
        at += len(part)
    if at < size:
        raise UnreadableImage(
            f"is cut short: its header speaks of {start + size} bytes, there are {start + at}; fetch it again"
        )
    return wanted


def _scaled(data: np.ndarray, header: Any, nibabel: ModuleType) -> np.ndarray:
    slope, intercept = header.get_slope_inter()
    if (slope, intercept) in ((None, None), (1.0, 0.0)):
        return data
    return nibabel.volumeutils.apply_read_scaling(data, np.float64(slope), np.float64(intercept))


def _inflated(content: bytes) -> Iterator[bytes]:
    """A gzip file's content, part by part; the checksum of each member is compared at its end."""
    try:
        fast = library("isal", purpose=_PURPOSE) and library("isal.igzip_lib", purpose=_PURPOSE)
    except DriverMissing:  # the same bytes, more slowly
        yield from iter(partial(GzipFile(fileobj=BytesIO(content)).read, _PART), b"")
        return
    while content:
        if not content.startswith(_GZIP):
            raise UnreadableImage(f"has {len(content)} bytes after its end that are not compressed; fetch it again")
        member = fast.IgzipDecompressor(flag=fast.DECOMP_GZIP)
        part = member.decompress(content, _PART)
        while not member.eof:
            if member.needs_input and not part:
                raise UnreadableImage(f"is cut short: {len(content)} bytes do not reach its end; fetch it again")
            yield part
            part = member.decompress(b"", _PART)
        yield part
        content = member.unused_data.lstrip(b"\0")  # tapes and some servers fill up with zeros
