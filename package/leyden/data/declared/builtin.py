"""The drivers and types that come with leyden, under the names that TOML files use."""

from leyden.data.declared import reading
from leyden.data.declared.registry import Driver, Form, Reader, driver, reader
from leyden.data.declared.storage.git import git
from leyden.data.declared.storage.inline import inline
from leyden.data.declared.storage.local import asset, file, folder, packed
from leyden.data.declared.storage.web import https, hub

__all__ = ["register_builtin"]

_DRIVERS: dict[str, Driver] = {
    "asset": asset,
    "file": file,
    "folder": folder,
    "git": git,
    "https": https,
    "hub": hub,
    "inline": inline,
    "zip": packed,
}
_BOTH: tuple[Form, ...] = ("file", "folder")
_TYPES: dict[str, tuple[Reader, tuple[Form, ...]]] = {
    "arrays": (reading.arrays, ("file",)),
    "bytes": (reading.whole, (*_BOTH, "archive")),
    "files": (reading.files, ("folder", "zip")),
    "hdf5": (reading.hdf5, ("file",)),
    "images": (reading.images, ("folder", "zip", "zip part")),
    "json": (reading.structures, (*_BOTH, "rows")),
    "path": (reading.place, (*_BOTH, "archive", "remote")),
    "table": (reading.table, ("file", "rows")),
    "text": (reading.text, _BOTH),
    "volume": (reading.volume, ("file",)),
    "volumes": (reading.volumes, ("folder", "zip")),
}


def register_builtin() -> None:
    """Add them to the register; once, before any file is read."""
    for name, function in _DRIVERS.items():
        driver(name)(function)
    for name, (function, forms) in _TYPES.items():
        reader(name, takes=forms)(function)
