"""constraints.txt is what is installed: every installed distribution is pinned there, at exactly that version."""

import re
import sysconfig
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
UNPINNED = {"leyden", "setuptools", "wheel"}


def normal(name: str) -> str:
    """A distribution's name as the index compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text: str) -> dict[str, str]:
    """The versions a constraints file names, by distribution."""
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    found = [re.fullmatch(r"([\w.-]+)==([^\s;]+)", line) for line in lines if line]
    if None in found:
        raise ValueError(f"not a pin like name==1.2: {[line for line in lines if line][found.index(None)]!r}")
    return {normal(match[1]): match[2] for match in found if match}


def differences(pinned: dict[str, str], installed: dict[str, str]) -> list[str]:
    """All that differs; a build tag such as +cpu counts only where the pin has one too."""
    lines = []
    for name, version in sorted(installed.items()):
        if name in UNPINNED:
            continue
        bare = version if "+" in pinned.get(name, "") else version.partition("+")[0]
        if name not in pinned:
            lines.append(f"{name}=={bare} is installed and not in constraints.txt: add the line")
        elif pinned[name] != bare:
            lines.append(f"{name}=={version} is installed, constraints.txt says {pinned[name]}")
    return lines


def installed() -> dict[str, str]:
    """Name and version of every distribution in this environment's own folders."""
    folders = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    return {normal(found.metadata["Name"]): found.version for found in distributions(path=folders)}


def test_the_environment_is_the_pinned_one() -> None:
    found = differences(pins((ROOT / "constraints.txt").read_text(encoding="utf-8")), installed())
    mend = "to follow the file: python -m pip install --upgrade -c constraints.txt -e '.[dev]'"
    assert not found, "\n".join([f"{len(found)} differences", *found, mend])


def test_constraints_are_sorted_and_name_each_distribution_once() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    names = [normal(line.partition("==")[0]) for line in lines]
    assert names == sorted(set(names))


def test_torch_is_pinned_without_a_build_tag() -> None:
    """With a tag, pip would refuse the same version on a machine with a GPU."""
    assert "+" not in pins((ROOT / "constraints.txt").read_text(encoding="utf-8"))["torch"]


def test_every_difference_is_told_at_once() -> None:
    pinned = pins("a-b==1.0  # why\nc==2\ntorch==2.13.0\nunused==9\n")
    assert differences(pinned, {"a-b": "1.0", "c": "2", "torch": "2.13.0+cpu", "wheel": "1"}) == []
    assert differences(pinned, {"a-b": "1.1", "c": "2", "d": "3", "torch": "2.12.0+cpu"}) == [
        "a-b==1.1 is installed, constraints.txt says 1.0",
        "d==3 is installed and not in constraints.txt: add the line",
        "torch==2.12.0+cpu is installed, constraints.txt says 2.13.0",
    ]


def test_names_compare_as_the_index_compares_them() -> None:
    assert pins("Ruamel.Yaml_clib==1\n") == {"ruamel-yaml-clib": "1"}


def test_a_line_that_pins_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"not a pin like name==1\.2: 'torch>=2'"):
        pins("numpy==1\ntorch>=2\n")
