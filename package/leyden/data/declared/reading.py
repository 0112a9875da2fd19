"""Types: what a dataset is read as, once it is here."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from leyden.data.declared.registry import Rows
from leyden.data.folder import LabelledImages, images_in
from leyden.data.source.arrays import Arrays, arrays_in
from leyden.data.source.files import Files, files_in
from leyden.data.source.hdf5 import Hdf5, hdf5_in
from leyden.data.source.table import Table, table_in
from leyden.data.source.zipped import ZippedFiles, zip_in
from leyden.data.volume import Volume, read_volume
from leyden.errors import CatalogError, DataError

__all__ = ["arrays", "files", "hdf5", "images", "place", "structures", "table", "text", "volume", "volumes", "whole"]

_ALL = "**/*"


def images(where: Path, *, check: bool = False) -> LabelledImages:
    """The type "images": pictures and their classes; see `ly.data.images_in`. A zip is read in place."""
    return images_in(where, check=check)


def files(where: Path, *, pattern: str = _ALL) -> Files | ZippedFiles:
    """The type "files": every file of a folder as its suffix says; see `ly.data.files_in`. A zip is read in place."""
    return zip_in(where, pattern=pattern) if where.is_file() else files_in(where, pattern=pattern)


def table(where: Path | Rows) -> Table | Rows:
    """The type "table": the rows of a CSV, TSV or parquet file as dicts; see `ly.data.table_in`."""
    return where if isinstance(where, list) else table_in(where)


def arrays(where: Path) -> Arrays:
    """The type "arrays": the rows of the arrays of an .npz or .npy file; see `ly.data.arrays_in`."""
    return arrays_in(where)


def hdf5(where: Path, *, names: str | list[str] | None = None) -> Hdf5:
    """The type "hdf5": the rows of datasets of an HDF5 file; see `ly.data.hdf5_in`."""
    return hdf5_in(where, names)


def volume(where: Path, *, frame: int | None = None) -> Volume:
    """The type "volume": one NIfTI file, read whole; see `ly.data.read_volume`."""
    return read_volume(where, frame=frame)


def volumes(where: Path, *, pattern: str = "**/*.nii*") -> Files | ZippedFiles:
    """The type "volumes": the NIfTI files of a folder."""
    return files(where, pattern=pattern)


def text(where: Path, *, pattern: str = _ALL) -> Any:
    """The type "text": the lines of a file, without their ends; or the files of a folder, each one text."""
    return _each(where, _text, pattern) if where.is_dir() else _whole_file(where, pattern, _text).splitlines()


def structures(where: Path | Rows, *, pattern: str = _ALL) -> Any:
    """The type "json": what a file holds, a list of the lines of a .jsonl file, or the files of a folder."""
    if isinstance(where, list):
        return where
    return _each(where, _json, pattern) if where.is_dir() else _whole_file(where, pattern, _json)


def whole(where: Path, *, pattern: str = _ALL) -> Any:
    """The type "bytes": the content of a file, or the files of a folder, each one `bytes`."""
    return _each(where, Path.read_bytes, pattern) if where.is_dir() else _whole_file(where, pattern, Path.read_bytes)


def place(where: Path | str) -> Path | str:
    """The type "path": where it lies now, a path; or the address, if that is one for fsspec."""
    return where


def _each(folder: Path, read: Callable[[Path], Any], pattern: str) -> Files:
    return files_in(folder, read, pattern=pattern)


def _whole_file(path: Path, pattern: str, read: Callable[[Path], Any]) -> Any:
    if pattern != _ALL:
        raise CatalogError(f"{path} is one file, so there is nothing to choose from; remove `pattern`")
    return read(path)


def _json(path: Path) -> Any:
    content = _text(path)
    try:
        if path.suffix.lower() in (".jsonl", ".ndjson"):
            return [json.loads(line) for line in content.splitlines() if line.strip()]
        return json.loads(content)
    except json.JSONDecodeError as error:
        raise DataError(f"{path} is not JSON: {error}") from error


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8") from error
