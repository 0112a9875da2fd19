"""What a part of a benchmark has measured: printed as it comes, kept from run to run while the machine is the same."""

import importlib.metadata
import json
import os
import platform
import time
from collections.abc import Iterable, Iterator, MutableMapping
from pathlib import Path
from typing import Any, final

__all__ = ["FOLDER", "Results", "filled", "machine", "shown", "today"]

Row = dict[str, str]

FOLDER = Path(__file__).resolve().parent.parent / "out" / "masks"
PACKAGES = ("torch", "pytorch_lightning", "scikit-learn")


def shown(rows: Iterable[Row]) -> list[Row]:
    """All rows; each is printed as it comes."""
    kept = []
    for row in rows:
        print(row, flush=True)
        kept.append(row)
    return kept


def filled(rows: list[Row]) -> list[Row]:
    """Rows that all have the cells of all, in the order in which these came."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [{name: row.get(name, "") for name in names} for row in rows]


def machine() -> str:
    """On what is measured, and with which packages."""
    packages = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    where = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{where}, {packages}"


def today() -> str:
    """The day, as pages write it."""
    return time.strftime("%d %B %Y").lstrip("0")


@final
class Results(MutableMapping[str, Any]):
    """Values that JSON knows, by name, written down at every change; nothing that another machine has measured.

    Args:
        part: the name of the file.
        folder: where it lies.
    """

    def __init__(self, part: str, folder: Path = FOLDER) -> None:
        self.folder = folder
        self._path = folder / f"{part}.json"
        found = json.loads(self._path.read_text(encoding="utf-8")) if self._path.exists() else {}
        self._values: dict[str, Any] = found.get("values", {}) if found.get("machine") == machine() else {}

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._values[name] = value
        self._write()

    def __delitem__(self, name: str) -> None:
        del self._values[name]
        self._write()

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def _write(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps({"machine": machine(), "values": self._values}, indent=1), encoding="utf-8")
        new.replace(self._path)  # in one step: a run that is stopped leaves the one or the other
