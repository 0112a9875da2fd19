"""NumPy files, row by row."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, final
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import numpy as np
from numpy.lib import format as npy

from leyden.data.pipe.view import Element
from leyden.data.source.cell import element_of, why_no_column
from leyden.data.source.indexed import Source
from leyden.data.source.stamp import Opened, check_file, naming
from leyden.errors import DataError

__all__ = ["Arrays", "arrays_in"]

_LOCAL_HEADER = 30  # bytes before the name of a zip member; PKWARE's APPNOTE, section 4.3.7
_READ_HEADER: dict[tuple[int, int], Callable[[Any], tuple[tuple[int, ...], bool, np.dtype]]] = {
    (1, 0): npy.read_array_header_1_0,
    (2, 0): npy.read_array_header_2_0,
}


@final
class Arrays(Source):
    """The rows of the arrays in a NumPy file; see `arrays_in`.

    Attributes:
        path: the file.
        shapes: the arrays' shapes by name; of an `.npy` file the name is "".
    """

    def __init__(self, path: Path, shapes: dict[str, tuple[int, ...]]) -> None:
        self.path, self.shapes = path, shapes
        self._opened = Opened(path, _opened)

    def count(self) -> int:
        """See `Source.count`."""
        return next(iter(self.shapes.values()))[0]

    def at(self, place: int) -> Element:
        """See `Source.at`."""
        with naming(str(self.path)):
            row = {name: element_of(array[place]) for name, array in self._opened.get().items()}
        return row.get("", row)

    def expression(self) -> str:
        """See `Source.expression`."""
        return f"arrays_in({str(self.path)!r})"


def arrays_in(path: str | Path) -> Arrays:
    """The arrays of an `.npy` or `.npz` file, row by row.

    An element of an `.npy` file is a tensor, one of an `.npz` file a dict of the arrays' rows by their names; text
    stays text. Rows are copied out of the mapped file as they are asked for; only the arrays of a compressed `.npz`
    (`numpy.savez_compressed`) are unpacked into memory, whole and once a process.

    Args:
        path: the file.

    Raises:
        DataError: it is missing, cut short or no NumPy file, holds Python objects or single values, or arrays of
            different lengths.

    Examples:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "set.npz"
        >>> np.savez(path, x=np.eye(3, dtype=np.float32), y=np.array([4, 5, 6]))
        >>> rows = arrays_in(path)
        >>> len(rows), rows[-1]
        (3, {'x': tensor([0., 0., 1.]), 'y': tensor(6)})
    """
    file = Path(path).expanduser()
    check_file(file, what="NumPy file")
    with naming(str(file)):
        headers = _headers(file)
        if not headers:
            raise DataError("holds no array")
        faults = [
            f"{name or 'its array'} {why}" for name, (shape, _, dtype) in headers.items()
            if (why := why_no_column(shape, dtype))
        ]  # fmt: skip
        if faults:
            raise DataError(f"{'; '.join(faults)}: save such values in a file of their own")
        lengths = {name: shape[0] for name, (shape, _, _) in headers.items()}
        if len(set(lengths.values())) > 1:
            raise DataError(f"arrays side by side must be equally long; their lengths are {lengths}")
    return Arrays(file, {name: shape for name, (shape, _, _) in headers.items()})


def _headers(path: Path) -> dict[str, tuple[tuple[int, ...], bool, np.dtype]]:
    """Shape, order (columns first?) and type of every array; nothing else is read."""
    with path.open("rb") as file:
        if file.read(len(npy.MAGIC_PREFIX)) == npy.MAGIC_PREFIX:
            file.seek(0)
            shape, columns_first, dtype = _header(file)
            needed, size = file.tell() + int(np.prod(shape)) * dtype.itemsize, path.stat().st_size
            if size < needed and not dtype.hasobject:
                raise DataError(f"is cut short: {size} bytes of {needed}; fetch it again")
            return {"": (shape, columns_first, dtype)}
    with _archive(path) as archive:
        headers = {}
        for info in archive.infolist():
            if not info.is_dir():
                name = _name(info)
                with archive.open(info) as member:
                    headers[name] = _header(member)
        return headers


def _header(file: Any) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = npy.read_magic(file)
    if version not in _READ_HEADER:
        raise DataError(f"is written in version {version} of the format, of which only 1.0 and 2.0 are read")
    return _READ_HEADER[version](file)


def _opened(path: Path) -> dict[str, np.ndarray]:
    with path.open("rb") as file:
        if file.read(len(npy.MAGIC_PREFIX)) == npy.MAGIC_PREFIX:
            file.seek(0)
            return {"": _mapped(path, file)}
        with _archive(path) as archive:
            return {_name(info): _member(path, archive, info) for info in archive.infolist() if not info.is_dir()}


def _archive(path: Path) -> ZipFile:
    try:
        return ZipFile(path)
    except BadZipFile as error:
        raise DataError(f"is no NumPy file, or cut short ({error}); fetch it again") from error


def _name(info: ZipInfo) -> str:
    if not info.filename.endswith(".npy"):
        raise DataError(f"holds {info.filename!r}, which is no array; for other archives see zip_in(path)")
    return info.filename.removesuffix(".npy")


def _member(path: Path, archive: ZipFile, info: ZipInfo) -> np.ndarray:
    if info.compress_type != ZIP_STORED:
        with archive.open(info) as member:
            return npy.read_array(member, allow_pickle=False)
    with path.open("rb") as file:
        file.seek(info.header_offset)
        local = file.read(_LOCAL_HEADER)
        names = int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little")
        file.seek(info.header_offset + _LOCAL_HEADER + names)
        return _mapped(path, file)


def _mapped(path: Path, file: Any) -> np.ndarray:
    shape, columns_first, dtype = _header(file)
    if not np.prod(shape):  # nothing cannot be mapped
        return np.empty(shape, dtype)
    order = "F" if columns_first else "C"
    return np.memmap(path, dtype=dtype, mode="r", offset=file.tell(), shape=shape, order=order)
