"""Rules of the files that are handed on: nothing of the machine they were written on."""

import re
import subprocess
from pathlib import Path

from house.fault import Fault, name_of

MACHINE = re.compile(r"(?<![\w.~-])(?:/(?:home|Users|root|work|workspace|tmp)/\w[^\s\"'`)]*|[A-Z]:\\\\?Users\\\\?\w+)")
REGISTRY = re.compile(
    r"\b(?:pypi\.org(?!/project/)|files\.pythonhosted\.org|registry\.npmjs\.org|(?:deb|security)\.debian\.org|"
    r"conda\.anaconda\.org|localhost:\d+/simple)\b"
)

FETCHING = ("package/leyden/assets/", "tests/assets/")  # the one place that asks a registry, by pip's own default


def tracked_files(root: Path) -> list[Path]:
    """What git follows, and what it would follow once added."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.split("\0")
    return sorted(root / name for name in names if name and (root / name).is_file())


def machine_words(root: Path) -> list[Fault]:
    faults = []
    for path in tracked_files(root):
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or an archive
        for rule, pattern in (("machine path", MACHINE), ("registry host", REGISTRY)):
            if pattern is REGISTRY and name_of(root, path).startswith(FETCHING):
                continue
            for match in pattern.finditer(text):
                place = name_of(root, path, text.count("\n", 0, match.start()) + 1)
                faults.append(Fault(place, rule, match[0], "none"))
    return faults
