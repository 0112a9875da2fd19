"""From a TOML file to declared datasets, all faults of the file at once."""

import contextlib
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from leyden.data.declared.entry import DatasetEntry
from leyden.data.declared.registry import closest, faults_of_options
from leyden.errors import CatalogError

__all__ = ["composed", "read_entries", "report"]

_TOP = ("data_config_version", "datasets")
_VERSION = 1
_WORDS = ("name", "uuid", "description", "licence", "sha256")
_NAME = re.compile(r"\w[\w.+/-]*")
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")
_HEADER = re.compile(r"\s*\[\[\s*[\"']?datasets[\"']?\s*\]\]")


def read_entries(path: Path) -> tuple[list[DatasetEntry], list[str]]:
    """The datasets of one TOML file, and everything that is wrong with it; no data are read.

    Returns:
        The entries without a fault, in the file's order; one line a fault, with its place.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        table = tomllib.loads(text)
    except FileNotFoundError:
        return [], [f"{path}: there is no such file, seen from {Path.cwd()}; check the path"]
    except OSError as error:
        return [], [f"{path}: cannot be read: {error.strerror or error}"]
    except UnicodeDecodeError as error:
        return [], [f"{path}: is not UTF-8 (byte {error.start}); TOML is; save it again as UTF-8"]
    except tomllib.TOMLDecodeError as error:
        return [], [f"{path}: is not TOML: {error}"]
    faults = [f"{path}: {fault}" for fault in _faults_of_top(table)]
    tables = table.get("datasets", [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        return [], [*faults, f"{path}: datasets is a list of tables; begin each with [[datasets]]"]
    lines = [number for number, line in enumerate(text.splitlines(), 1) if _HEADER.match(line)]
    if len(lines) != len(tables):  # inline tables, or a text that looks like a header
        lines = [0] * len(tables)
    entries = []
    for number, (one, line) in enumerate(zip(tables, lines, strict=True), 1):
        entry, wrong = _entry(one, path.absolute(), line)
        place = f"{path}:{line}" if line else str(path)
        who = f"dataset {one['name']!r}" if isinstance(one.get("name"), str) else f"dataset number {number}"
        faults += [f"{place}: {who}: {fault}" for fault in wrong]
        entries += [entry] if entry else []
    return entries, faults + [f"{path}: {fault}" for fault in _twice(tables, lines)]


def report(faults: list[str]) -> CatalogError:
    """One error of all faults."""
    if len(faults) == 1:
        return CatalogError(faults[0])
    return CatalogError("\n- ".join([f"{len(faults)} faults in declared datasets:", *faults]))


def composed(name: str) -> str:
    """A name in Unicode's composed form: two keyboards may write one accented letter in two ways."""
    return unicodedata.normalize("NFC", name)


def _faults_of_top(table: Mapping[str, Any]) -> Iterator[str]:
    for key in table:
        if key not in _TOP:
            yield f"unknown key {key!r}{closest(key, _TOP)}; a file has {' and '.join(_TOP)}"
    if table.get("data_config_version", _VERSION) != _VERSION:
        yield f"data_config_version is {table['data_config_version']!r}; this leyden reads {_VERSION}"


def _entry(table: dict[str, Any], path: Path, line: int) -> tuple[DatasetEntry | None, list[str]]:
    words = {key: table.get(key, "") for key in _WORDS}
    faults = [f"{key} must be text; given {word!r}" for key, word in words.items() if not isinstance(word, str)]
    faults += [
        f"unknown key {key!r}{closest(key, (*_WORDS, 'storage'))}; what belongs to a driver or type goes below "
        "[datasets.storage]"
        for key in table
        if key not in (*_WORDS, "storage")
    ]
    storage = table.get("storage")
    if not isinstance(storage, dict):
        faults.append("has no [datasets.storage] with driver and type")
        storage = {}
    else:
        others = [key for key in storage if key not in ("driver", "type")]
        faults += [
            f"[datasets.storage] needs {key!r}, a text{'' if key in storage else closest(key, others)}"
            for key in ("driver", "type")
            if not _is_word(storage.get(key))
        ]
    if all(isinstance(word, str) for word in words.values()):
        faults += _faults_of_words(words)
        entry = DatasetEntry(
            name=composed(words["name"]),
            driver=str(storage.get("driver", "")),
            type=str(storage.get("type", "")),
            options={key: value for key, value in storage.items() if key not in ("driver", "type")},
            file=path,
            line=line,
            description=words["description"],
            licence=words["licence"],
            uuid=words["uuid"].lower(),
            sha256=words["sha256"].lower(),
        )
        faults += faults_of_options(entry)
        if not faults:
            return entry, []
    return None, faults


def _is_word(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _faults_of_words(words: Mapping[str, str]) -> Iterator[str]:
    if not words["name"]:
        yield "has no name"
    elif not _NAME.fullmatch(composed(words["name"])):
        yield "a name is letters and digits, and between them any of . _ + / -"
    if words["uuid"]:
        try:
            UUID(words["uuid"])
        except ValueError:
            yield f"uuid {words['uuid']!r} is none; make one with `python -c 'import uuid; print(uuid.uuid4())'`"
    if words["sha256"] and not _DIGEST.fullmatch(words["sha256"]):
        yield f"sha256 is 64 hexadecimal digits, as `leyden data hash PATH` prints them; given {words['sha256']!r}"


def _spelt(key: str, word: str) -> str:
    """A name or a uuid in the one way that two spellings of it have in common."""
    if key == "uuid":
        with contextlib.suppress(ValueError):  # it is told of by itself
            return str(UUID(word))
    return composed(word)


def _twice(tables: list[dict[str, Any]], lines: list[int]) -> Iterator[str]:
    for key in ("name", "uuid"):
        given = [_spelt(key, one[key]) if _is_word(one.get(key)) else None for one in tables]
        for word, count in Counter(word for word in given if word is not None).items():
            if count > 1:
                where = [str(line) for line, one in zip(lines, given, strict=True) if one == word and line]
                at = f", lines {' and '.join(where)}" if where else ""
                yield f"{count} datasets have the {key} {word!r}{at}; give each its own"
