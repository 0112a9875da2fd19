"""Each rule on names passes a small good package and names the fault of a bad one; the order is ruff's own."""

import ast
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from house import names
from house.fault import Fault

ROOM = '"""Numbers."""\n\nfrom jar.number.twice import Pair, double\n\n__all__ = ["Pair", "double"]\n'
TWICE = """
__all__ = ["LIMIT", "Pair", "double"]
LIMIT: int = 3
_SEEN = {}
class Pair: ...
def double(x): ...
"""
LAZY = '"""Jar."""\n\n_ROOMS = ("number",)\n__all__ = [*_ROOMS]\n\n\ndef __getattr__(name): ...\n'


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("package/jar/number", "tests/number"):
        (tmp_path / name).mkdir(parents=True)
    write(tmp_path, "package/jar/__init__.py", LAZY)
    write(tmp_path, "package/jar/cli.py", '__all__ = ["main"]\ndef main(): ...\n')
    write(tmp_path, "package/jar/number/__init__.py", ROOM)
    write(tmp_path, "package/jar/number/twice.py", TWICE)
    write(tmp_path, "tests/test_cli.py", "")
    write(tmp_path, "tests/number/test_twice.py", "")
    return tmp_path


def write(tree: Path, name: str, text: str) -> Path:
    (tree / name).write_text(text)
    return tree


def told(faults: list[Fault]) -> list[str]:
    return [f"{fault.file}: {fault.found}" for fault in faults]


RULES = [names.published_names, names.shadowed_files, names.untested_files]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_good_package_keeps_every_rule(tree: Path, rule: Callable[[Path], list[Fault]]) -> None:
    assert rule(tree) == []


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("number/twice.py", "def double(): ...\n", "none"),
        ("number/twice.py", "__all__ = []\ndef double(): ...\n", "'double' is visible, not listed"),
        ("number/twice.py", "__all__ = []\na, b = 1, 2\n", "'a' is visible, not listed"),
        ("number/twice.py", "__all__ = ['gone']\n", "'gone' is listed, not visible"),
        ("number/twice.py", "__all__ = ['sys']\nimport sys\n", "'sys' is listed, not visible"),
        ("number/twice.py", "__all__ = ['b', 'a']\na = b = 1\n", "['b', 'a']"),
        ("number/__init__.py", ROOM.replace(', "double"]', "]"), "'double' is visible, not listed"),
        ("number/__init__.py", ROOM.replace('"Pair", ', '"Pair", "both", '), "'both' is listed, not visible"),
        ("__init__.py", LAZY.replace('"number",', '"cli", "number"'), "'cli' is listed, not visible"),
    ],
)
def test_what_is_published_is_what_is_visible(tree: Path, name: str, text: str, found: str) -> None:
    lines = told(names.published_names(write(tree, f"package/jar/{name}", text)))
    assert f"package/jar/{name}: {found}" in lines


def test_a_name_that_loads_on_first_use_is_published(tree: Path) -> None:
    later = "\nif TYPE_CHECKING:\n    from jar.number.pair import Slow\n\n\ndef __getattr__(name): ...\n"
    path = "package/jar/number/__init__.py"
    written = write(tree, path, "from typing import TYPE_CHECKING\n" + ROOM + later)
    assert told(names.published_names(written)) == [f"{path}: 'Slow' is visible, not listed"]


def test_a_submodule_is_not_a_published_name(tree: Path) -> None:
    write(tree, "package/jar/number/__init__.py", ROOM + "from jar.number import twice\n")
    assert names.published_names(tree) == []


def test_a_file_named_like_a_function_of_its_room_is_found(tree: Path) -> None:
    write(tree, "package/jar/number/double.py", '__all__ = ["double"]\ndouble = 1\n')
    write(tree, "package/jar/number/__init__.py", ROOM.replace("from jar.number.twice", "from jar.number.double"))
    assert told(names.shadowed_files(tree)) == ["package/jar/number: double is a file and a public name"]


def test_a_file_without_a_test_of_its_own_is_found(tree: Path) -> None:
    (tree / "tests/number/test_twice.py").unlink()
    (fault,) = names.untested_files(tree)
    assert (fault.file, fault.allowed) == ("package/jar/number/twice.py", "tests/number/test_twice.py")
    assert names.untested_files(write(tree, "package/jar/number/twice.py", "LIMIT = 3\n")) == []


def test_the_order_is_that_of_ruff(tmp_path: Path) -> None:
    chance = random.Random(0)
    pool = [
        "A",
        "AB",
        "A1",
        "A_B",
        "Ab",
        "aB",
        "a",
        "a1",
        "a2",
        "a10",
        "a_1",
        "b",
        "B2",
        "B10",
        "Bc",
        "x9y",
        "x10y",
        "_p",
        "URL",
    ]
    for round_ in range(5):
        listed = chance.sample(pool, len(pool))
        (tmp_path / f"m{round_}.py").write_text(f"__all__ = {listed}\n")
    ruff = [
        str(Path(sys.executable).with_name("ruff")),
        "check",
        "--isolated",
        "--select",
        "RUF022",
        "--fix",
        "--unsafe-fixes",
    ]
    subprocess.run([*ruff, str(tmp_path)], capture_output=True, check=True)
    for path in tmp_path.glob("*.py"):
        assert names.published(ast.parse(path.read_text())) == sorted(pool, key=names.sort_key)
