"""What every house rule returns: one line a fault, with the place, the rule, what was found and what is allowed."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

CODE = ("package", "tests", "bench", "docs", "tools")
CACHES = {"__pycache__", ".ipynb_checkpoints"}


class Fault(NamedTuple):
    file: str
    rule: str
    found: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.file}: {self.rule}: found {self.found}; allowed: {self.allowed}"


def report(faults: list[Fault]) -> str:
    """The faults, one a line, for a failing test."""
    return "\n".join([f"{len(faults)} faults", *map(str, faults)])


def python_files(root: Path, *folders: str) -> Iterator[tuple[Path, str]]:
    """Every Python file under the folders, with its text."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            yield path, path.read_text(encoding="utf-8")


def name_of(root: Path, path: Path, line: int | None = None) -> str:
    """A file as a reader finds it: relative to the root, with its line."""
    name = path.relative_to(root).as_posix()
    return f"{name}:{line}" if line else name
