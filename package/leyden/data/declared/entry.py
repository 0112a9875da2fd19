"""One declared dataset, as a value."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import final

from leyden.errors import CatalogError

__all__ = ["DatasetEntry"]

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_UNPINNED = ("https", "hub", "git")


@final
@dataclass(frozen=True, kw_only=True)
class DatasetEntry:
    """What a TOML file says of one dataset; making one reads nothing.

    Args:
        name: how it is asked for.
        driver: what brings it, such as "folder" or "https".
        type: what it is read as, such as "images" or "table".
        options: the other keys of its storage, as they are in the file.
        file: the TOML file.
        line: where the entry begins in the file; 0 if that cannot be told.
        description: for people.
        licence: for people.
        uuid: stays the same when the name changes; empty if none is given.
        sha256: of the file or folder that the driver brings, 64 hexadecimal digits; empty if none is given.
    """

    name: str
    driver: str
    type: str
    file: Path
    options: Mapping[str, object] = field(default_factory=dict)
    line: int = 0
    description: str = ""
    licence: str = ""
    uuid: str = ""
    sha256: str = ""

    @property
    def pin(self) -> str:
        """How it is made sure that the data are the ones meant: "sha256", "commit", "asset", "inline", "local", "none".

        "none" is said of data from elsewhere that may change there; "local" of files here without a SHA-256.
        """
        if self.sha256:
            return "sha256"
        if self.driver in ("asset", "inline"):
            return self.driver
        if self.driver in ("git", "hub") and _COMMIT.fullmatch(str(self.options.get("revision", ""))):
            return "commit"
        remote = self.driver in _UNPINNED or "://" in str(self.options.get("path", ""))
        return "none" if remote else "local"

    @property
    def declared(self) -> str:
        """Where it is declared: the file, and the line if it is known."""
        return f"{self.file}:{self.line}" if self.line else str(self.file)

    def expand(self, text: str) -> str:
        """Text of an option with every `${NAME}` replaced by the environment variable of that name.

        Raises:
            CatalogError: a variable is not set; all such are named.
        """
        missing = sorted({name for name in _VARIABLE.findall(text) if name not in os.environ})
        if missing:
            raise CatalogError(
                f"{text!r} needs {' and '.join(missing)}, not set in the environment; "
                f"write `export {missing[0]}=...` before the program starts, or write the value into the file"
            )
        return _VARIABLE.sub(lambda match: os.environ[match[1]], text)

    def local(self, text: str) -> Path:
        """A path of an option, as it is on this machine: `${NAME}` and `~` expanded, seen from the TOML file's folder.

        Raises:
            CatalogError: a variable is not set, or no home folder is known for `~`.
        """
        try:
            path = Path(self.expand(text)).expanduser()
        except RuntimeError as error:
            raise CatalogError(f"{text!r} has no home folder to stand for '~': {error}; write the path out") from error
        return self.file.absolute().parent / path
