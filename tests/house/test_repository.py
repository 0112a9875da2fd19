"""What is handed on names no machine: each kind of trace is found, and what git ignores is not read."""

import subprocess
from pathlib import Path

import pytest

from house import repository


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("out/\n")
    (tmp_path / "good.md").write_text(
        "see ~/work/x, $HOME/tmp/y, https://example.org/work/z and https://pypi.org/project/jar\n"
    )
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff/ho" + b"me/ada")
    return tmp_path


def test_a_good_tree_has_no_traces(tree: Path) -> None:
    assert len(repository.tracked_files(tree)) == 3
    assert repository.machine_words(tree) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("open('/ho" + "me/ada/x')", "machine path"),
        ("cd /wo" + "rk/jar", "machine path"),
        ("C:\\Use" + "rs\\ada", "machine path"),
        ("/tm" + "p/x", "machine path"),
        ("https://files.pythonhosted" + ".org/x", "registry host"),
        ("index-url = https://pypi" + ".org/simple", "registry host"),
    ],
)
def test_a_trace_is_found(tree: Path, text: str, rule: str) -> None:
    (tree / "bad.md").write_text(f"first\n{text}\n")
    (fault,) = repository.machine_words(tree)
    assert (fault.file, fault.rule) == ("bad.md:2", rule)


def test_the_room_that_fetches_may_name_the_default_registry(tree: Path) -> None:
    (tree / "package/leyden/assets").mkdir(parents=True)
    (tree / "package/leyden/assets/index.py").write_text("https://pypi" + ".org/simple /ho" + "me/ada")
    assert [fault.rule for fault in repository.machine_words(tree)] == ["machine path"]


def test_ignored_files_are_not_read(tree: Path) -> None:
    (tree / "out").mkdir()
    (tree / "out/log.txt").write_text("/ho" + "me/ada")
    assert repository.machine_words(tree) == []
