"""From a declared dataset to its container: brought, checked, unpacked, read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from leyden.data.declared.entry import DatasetEntry
from leyden.data.declared.fingerprint import verify
from leyden.data.declared.registry import Plugin, Rows, faults_of_options, find_driver, find_reader
from leyden.data.declared.storage.archive import inner_path, is_archive, unpack
from leyden.data.declared.storage.local import bring_here
from leyden.data.declared.storage.store import store_folder
from leyden.errors import CatalogError, LeydenError

__all__ = ["open_dataset"]


def open_dataset(entry: DatasetEntry) -> Any:
    """What a dataset is declared to be, such as a container of images; see `Catalog.__getitem__`."""
    with _told(entry):
        driver, reader = find_driver(entry.driver), find_reader(entry.type)
        if faults := faults_of_options(entry):  # of plugins that were not registered when the file was read
            raise CatalogError("; ".join(faults))
        brought = driver.function(entry, **_chosen(entry, driver))
        return reader.function(_fitted(entry, brought, reader), **_chosen(entry, reader))


def _chosen(entry: DatasetEntry, plugin: Plugin) -> dict[str, Any]:
    return {name: entry.options[name] for name in plugin.options if name in entry.options}


def _fitted(entry: DatasetEntry, brought: Path | str | Rows, reader: Plugin) -> Path | str | Rows:
    """What was brought in a form that the reader takes, checked on its way."""
    inside = str(entry.options.get("inside", ""))
    if isinstance(brought, list):
        if "rows" not in reader.forms or entry.sha256 or inside:
            raise CatalogError("rows can be of type 'table' or 'json', and have no sha256 and no inside")
        return brought
    if isinstance(brought, str):
        if "remote" in reader.forms and not entry.sha256 and not inside:
            return brought
        brought = bring_here(entry, brought)
    if entry.sha256:
        verify(brought, entry.sha256, advice=_advice(entry, brought))
    if brought.is_file():
        brought = _unpacked(entry, brought, reader, inside=inside)
    elif inside:
        brought = _below(brought, inside)
    return _only_file(brought) if brought.is_dir() and "folder" not in reader.forms else _accepted(brought, reader)


def _unpacked(entry: DatasetEntry, brought: Path, reader: Plugin, *, inside: str) -> Path:
    archive = is_archive(brought)
    if inside and not archive:
        raise CatalogError(f"{brought} is one file and no archive, so nothing can be inside; remove `inside`")
    if not archive or (entry.driver != "zip" and not inside and "archive" in reader.forms):
        return brought
    if brought.suffix.lower() == ".zip" and ("zip part" if inside else "zip") in reader.forms:
        return brought / inner_path(inside)
    return unpack(brought, inside=inside)


def _below(folder: Path, inside: str) -> Path:
    place = folder / inner_path(inside)
    if not place.exists():
        raise CatalogError(f"{folder} holds no {inside!r}; check `inside`")
    return place


def _only_file(folder: Path) -> Path:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    if len(files) != 1:
        told = ", ".join(path.relative_to(folder).as_posix() for path in files[:5])
        raise CatalogError(
            f"this type reads one file, and {folder} holds {len(files)} ({told}); name one with `inside`"
        )
    return files[0]


def _accepted(brought: Path, reader: Plugin) -> Path:
    if brought.is_file() and "file" not in reader.forms and not is_archive(brought):
        raise CatalogError(f"type {reader.name!r} reads a folder, and {brought} is a file")
    return brought


def _advice(entry: DatasetEntry, brought: Path) -> str:
    if brought.is_relative_to(store_folder()):
        return f"delete {brought} to have it fetched again, or correct the sha256 in {entry.declared}"
    return f"bring the right data, or, if these are, write the SHA-256 found into {entry.declared}"


@contextmanager
def _told(entry: DatasetEntry) -> Iterator[None]:
    """Say of every failure which dataset it was about, and where it is declared."""
    who = f"dataset {entry.name!r} ({entry.declared})"
    try:
        yield
    except LeydenError as error:
        raise type(error)(f"{who}: {error}") from error
    except OSError as error:
        raise CatalogError(f"{who}: {error}; check the path and its permissions") from error
