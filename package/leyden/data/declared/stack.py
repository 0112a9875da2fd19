"""Catalogs: the datasets of one TOML file, or of several of which the first that declares a name wins.

A file is written like this; to move the data edit `[datasets.storage]`, and no code. Paths are seen from the file's
folder; `~` and `${NAME}` are expanded. A driver brings the data, a type makes a container of them.

    [[datasets]]
    name = "flowers"
    description = "Three kinds of flowers."    # this, licence, uuid and sha256 may be left out
    licence = "CC0-1.0"
    sha256 = "..."                             # of what the driver brings, as `leyden data hash PATH` prints it
        [datasets.storage]
        driver = "zip"                         # folder, file, zip, inline, git, https, hub, asset
        type = "images"                        # images, files, table, arrays, hdf5, volume(s), text, json, bytes, path
        path = "${SCANS}/flowers.zip"
        inside = "all/train"                   # a part of the folder or archive
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import platformdirs

from leyden.data.declared.builtin import register_builtin
from leyden.data.declared.entry import DatasetEntry
from leyden.data.declared.opening import open_dataset
from leyden.data.declared.parsing import composed, read_entries, report
from leyden.data.declared.registry import closest
from leyden.errors import UnknownDataset

__all__ = ["Catalog", "catalog"]

_FILE = "Data.toml"
_VARIABLE = "LEYDEN_DATA"

register_builtin()


@final
@dataclass(frozen=True, repr=False)
class Catalog:
    """Declared datasets by name: `catalog["brats"]` brings, checks and opens one; prints as a table.

    Args:
        entries: the datasets, each name once.
        hidden: those that another file, which comes first, declares under the same name.
        files: where they are declared; what comes first wins.
    """

    entries: tuple[DatasetEntry, ...]
    hidden: tuple[DatasetEntry, ...] = ()
    files: tuple[Path, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all datasets, in the files' order."""
        return tuple(entry.name for entry in self.entries)

    def entry(self, name: str) -> DatasetEntry:
        """What is declared of a dataset; nothing is fetched or read.

        Raises:
            UnknownDataset: none is called so; the closest names are given.
        """
        for entry in self.entries:
            if isinstance(name, str) and entry.name == composed(name):
                return entry
        near = closest(name, self.names) if isinstance(name, str) else ""
        known = f"; declared: {', '.join(self.names)}" if self.names and not near else ""
        raise UnknownDataset(f"no dataset named {name!r}{near}{known} ({self._where()})")

    def __getitem__(self, name: str) -> Any:
        """The dataset as its type says, such as a container of images.

        What lies elsewhere is fetched into the cache at the first call; later ones need no network. A dataset with a
        SHA-256 is read whole for it at the first call, and again only when a file's size or time has changed.

        Raises:
            UnknownDataset: none is called so.
            DriverMissing: its driver or type is not registered, or a library for it is not installed.
            HashMismatch: the data are not those that were declared.
            NetworkMissing: the data are not here and their place cannot be reached.
            CatalogError: there is nothing at the declared place, or it does not fit the type.
            DataError: the type's reader refuses the data.
        """
        return open_dataset(self.entry(name))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and composed(name) in self.names

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.entries)

    def __repr__(self) -> str:
        if not self.entries:
            return f"no dataset is declared ({self._where()})"
        rows = [("name", "type", "driver", "pin", "licence", "declared in")]
        rows += [(one.name, one.type, one.driver, one.pin, one.licence or "-", _short(one)) for one in self.entries]
        wide = [max(len(row[column]) for row in rows) for column in range(5)]
        lines = ["  ".join(f"{word:<{width}}" for word, width in zip(row, [*wide, 0], strict=True)) for row in rows]
        lines += [f"hidden: {one.name} of {_short(one)}{self._another(one)}" for one in self.hidden]
        return "\n".join(lines)

    def _where(self) -> str:
        return ", ".join(map(str, self.files)) or (
            f"no {_FILE} was found in {Path.cwd()}, above it, or in {_users().parent}, and {_VARIABLE} is not set"
        )

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.names)

    def _another(self, hidden: DatasetEntry) -> str:
        given = {hidden.uuid, self.entry(hidden.name).uuid} - {""}
        return ", which has another uuid" if len(given) > 1 else ""


def catalog(path: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | None = None) -> Catalog:
    """The datasets that TOML files declare: what there is and where it lies; nothing is fetched or read.

    Without a path it is the stack, where the first file that declares a name wins: the files that the environment
    variable LEYDEN_DATA names (separated as in PATH), the nearest Data.toml from the working directory upwards, and
    Data.toml in the user's configuration folder.

    Args:
        path: a TOML file, or several of which the first that declares a name wins; for a folder, its Data.toml.

    Raises:
        CatalogError: a file is missing or not as it should be; all faults of all files at once.

    Examples:
        >>> import tempfile
        >>> toml = '''
        ... [[datasets]]
        ... name = "ages"
        ... storage = {driver = "inline", type = "table", rows = [{name = "Ada", age = 36}, {name = "Bo", age = 4}]}
        ... '''
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = (Path(folder) / "Data.toml").write_text(toml)
        ...     catalog(folder)["ages"][1]
        {'name': 'Bo', 'age': 4}
    """
    if path is None:
        files = _stacked()
    else:
        files = [Path(path)] if isinstance(path, str | os.PathLike) else [Path(one) for one in path]
    files = [_file(one.expanduser()) for one in files]
    return _merged(list({one.resolve(): one for one in reversed(files)}.values())[::-1])


def _merged(files: list[Path]) -> Catalog:
    """The datasets of files, of which the first that declares a name wins."""
    faults: list[str] = []
    first: dict[str, DatasetEntry] = {}
    hidden: list[DatasetEntry] = []
    for file in files:
        entries, wrong = read_entries(file)
        faults += wrong
        hidden += [entry for entry in entries if entry.name in first]
        first = {entry.name: entry for entry in entries} | first
    if faults:
        raise report(faults)
    order = sorted(first.values(), key=lambda entry: [one.absolute() for one in files].index(entry.file))
    return Catalog(tuple(order), tuple(hidden), tuple(files))


def _stacked() -> list[Path]:
    named = [Path(one) for one in os.environ.get(_VARIABLE, "").split(os.pathsep) if one]
    here = Path.cwd()
    project = next((above / _FILE for above in (here, *here.parents) if (above / _FILE).is_file()), None)
    return [*named, *([project] if project else []), *([_users()] if _users().is_file() else [])]


def _users() -> Path:
    return platformdirs.user_config_path("leyden") / _FILE


def _file(path: Path) -> Path:
    return path / _FILE if path.is_dir() else path


def _short(entry: DatasetEntry) -> str:
    here = Path.cwd()
    return str(entry.file.relative_to(here) if entry.file.is_relative_to(here) else entry.file)
