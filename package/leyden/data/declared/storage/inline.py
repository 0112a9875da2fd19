"""Data that are written into the TOML file itself."""

import base64
import binascii
import hashlib
import json
from pathlib import Path
from typing import Any

from leyden.data.declared.entry import DatasetEntry
from leyden.data.declared.registry import Rows
from leyden.data.declared.storage.archive import inner_path
from leyden.data.declared.storage.store import keep
from leyden.errors import CatalogError

__all__ = ["inline"]

_NAMES = {"table": "table.csv", "json": "data.json", "text": "text.txt"}


def inline(
    entry: DatasetEntry, *,
    rows: list[dict[str, Any]] | None = None, text: str | None = None, bytes64: str | None = None,
    files: dict[str, str | dict[str, str]] | None = None, filename: str = "",
) -> Path | Rows:  # fmt: skip
    """The driver "inline": the rows of a table, the text or bytes of a file, or a folder of such files.

    Args:
        entry: what is declared.
        rows: they all have the same keys.
        text: content of a file.
        bytes64: content of a file, in base64.
        files: content of a folder: a text, or {bytes64 = "..."}, a name.
        filename: what the one file is called, where readers go by the suffix; fitting the type if not given.

    Raises:
        CatalogError: not exactly one kind of content is given, or it is not as it should be.
    """
    given = {"rows": rows, "text": text, "bytes64": bytes64, "files": files}
    chosen = [name for name, content in given.items() if content is not None]
    if len(chosen) != 1:
        raise CatalogError(
            f"driver 'inline' takes exactly one of {', '.join(given)}; given {' and '.join(chosen) or 'none'}"
        )
    if rows is not None:
        return _even(rows)
    if files is not None:
        return _kept({str(inner_path(name)): _content(name, one) for name, one in files.items()}, name="")
    name = filename or _NAMES.get(entry.type, "data")
    return _kept({name: _content(name, text if text is not None else {"bytes64": bytes64 or ""})}, name=name)


def _even(rows: Rows) -> Rows:
    for number, row in enumerate(rows):
        if set(row) != set(rows[0]):
            raise CatalogError(
                f"row {number} has the keys {sorted(row)}, row 0 has {sorted(rows[0])}; give every row the same"
            )
    return rows


def _content(name: str, given: str | dict[str, str]) -> bytes:
    if isinstance(given, str):
        return given.encode("utf-8")
    if set(given) != {"bytes64"}:
        raise CatalogError(
            f"file {name!r} is given as text or as {{bytes64 = '...'}}; given a table of {sorted(given)}"
        )
    try:
        return base64.b64decode("".join(given["bytes64"].split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise CatalogError(f"bytes64 of {name!r} is not base64: {error}; write it with `base64 FILE`") from error


def _kept(contents: dict[str, bytes], *, name: str) -> Path:
    """The contents as a file, if it has a name, or a folder of the cache."""
    if not contents:
        raise CatalogError("files is empty; give at least one")
    key = json.dumps({one: hashlib.sha256(content).hexdigest() for one, content in sorted(contents.items())})

    def write(goal: Path) -> None:
        for one, content in contents.items():
            path = goal if name else goal / one
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    return keep("inline", f"{name}\0{key}", name=name or "files", make=write)
