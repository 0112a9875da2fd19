"""Data that lie here, or where fsspec reaches: a folder, a file, an archive, files of installed packages."""

import hashlib
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import fsspec

from leyden import assets
from leyden.data.declared.entry import DatasetEntry
from leyden.data.declared.storage.archive import inner_path, is_archive
from leyden.data.declared.storage.store import keep
from leyden.errors import CatalogError, DriverMissing, NetworkMissing

__all__ = ["asset", "bring_here", "file", "folder", "packed"]


def folder(entry: DatasetEntry, *, path: str) -> Path | str:
    """The driver "folder": a folder here, or a URL that fsspec knows, such as "s3://bucket/scans"."""
    if "://" in path:
        return _remote(entry, path)
    place = entry.local(path)
    if place.is_file():
        better = "zip" if is_archive(place) else "file"
        raise CatalogError(f"{place} is a file; write driver = {better!r}")
    if not place.is_dir():
        raise CatalogError(f"no folder {str(place)!r}; bring the data there, or edit `path` in {entry.declared}")
    return place


def file(entry: DatasetEntry, *, path: str) -> Path | str:
    """The driver "file": one file here, or a URL that fsspec knows, such as "s3://bucket/table.csv"."""
    if "://" in path:
        return _remote(entry, path)
    place = entry.local(path)
    if place.is_dir():
        raise CatalogError(f"{place} is a folder; write driver = 'folder'")
    if not place.is_file():
        raise CatalogError(f"no file {str(place)!r}; bring the data there, or edit `path` in {entry.declared}")
    return place


def packed(entry: DatasetEntry, *, path: str) -> Path | str:
    """The driver "zip": like "file", for a zip or tar, whose content is what is read."""
    if not is_archive(Path(path)):
        raise CatalogError(f"{path!r} is no archive by its name (.zip, .whl, .tar, .tar.gz, ...)")
    return file(entry, path=path)


def asset(entry: DatasetEntry, *, asset: str, member: str = "") -> Path:
    """The driver "asset": what `leyden.assets` has under a name, or one file of it."""
    del entry
    if not member:
        return assets.fetch(asset)
    content = assets.read(asset, member)
    name = member.replace("!", "/").rsplit("/", 1)[-1]
    key = f"{asset}\0{member}\0{hashlib.sha256(content).hexdigest()}"

    def write(goal: Path) -> None:
        goal.write_bytes(content)

    return keep("asset", key, name=name, make=write)


def bring_here(entry: DatasetEntry, address: str) -> Path:
    """A copy in the cache of what lies at a URL that fsspec knows.

    A pinned one is fetched once. Otherwise its size and whatever else the place says of it are asked for at every use,
    and it is fetched again when they differ.

    Raises:
        DriverMissing: fsspec does not know the protocol, or lacks a library for it.
        CatalogError: there is nothing at the URL.
        NetworkMissing: the place cannot be reached or refuses.
    """
    try:
        files, root = fsspec.url_to_fs(address)
    except (ImportError, ValueError) as error:
        raise DriverMissing(f"{address} cannot be reached: {error}") from error
    root = str(root).rstrip("/")
    key = f"{address}\0{entry.sha256 or _state(files, root, address)}"
    return keep("remote", key, name=root.rsplit("/", 1)[-1], make=partial(_copy, files, root, address))


def _remote(entry: DatasetEntry, path: str) -> str:
    if path.startswith(("https://", "http://")):
        raise CatalogError(f"{path!r} is a web address; write driver = 'https' and url = {path!r}")
    return entry.expand(path)


def _state(files: Any, root: str, address: str) -> str:
    listed = _listed(files, root, address)
    return hashlib.sha256(repr([sorted(info.items()) for _, info in sorted(listed.items())]).encode()).hexdigest()


def _listed(files: Any, root: str, address: str) -> dict[str, Any]:
    try:
        listed = files.find(root, detail=True)
    except FileNotFoundError:
        listed = {}
    except Exception as error:  # every file system of fsspec has errors of its own
        raise NetworkMissing(f"{address} cannot be reached: {type(error).__name__}: {error}") from error
    if not listed:
        raise CatalogError(f"there is no file at {address}; check the address")
    return listed


def _copy(files: Any, root: str, address: str, goal: Path) -> None:
    listed = _listed(files, root, address)
    targets = {name: goal / inner_path(name.removeprefix(root).lstrip("/")) for name in listed}
    for target in targets.values():
        target.parent.mkdir(parents=True, exist_ok=True)
    try:
        files.get(list(targets), [str(target) for target in targets.values()])
    except OSError:
        raise
    except Exception as error:  # every file system of fsspec has errors of its own
        shutil.rmtree(goal, ignore_errors=True)
        raise NetworkMissing(f"{address} broke off: {type(error).__name__}: {error}") from error
