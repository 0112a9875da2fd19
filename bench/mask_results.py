"""What a part of bench/masks.py has measured, kept in a file from run to run, as long as the machine is the same."""

import importlib.metadata
import json
import os
import platform
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any, final

__all__ = ["FOLDER", "Results", "machine"]

FOLDER = Path(__file__).resolve().parent.parent / "out" / "masks"
PACKAGES = ("torch", "pytorch_lightning", "scikit-learn")


def machine() -> str:
    """On what is measured, and with which packages."""
    packages = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    where = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{where}, {packages}"


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
