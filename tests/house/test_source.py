"""Each rule on sources passes a small good tree and names the fault of a bad one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from house import source
from house.fault import Fault, report

GOOD = '''"""A module."""

def double(x: int) -> int:
    """Twice a number."""
    return 2 * x
'''
LONG = "def long() -> None:\n" + '    """Long."""\n' + "    x = 1\n" * 38


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("package/jar", "tests"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "package/jar/number.py").write_text(GOOD)
    return tmp_path


def bad(tree: Path, text: str, name: str = "package/jar/bad.py") -> Path:
    (tree / name).write_text(text)
    return tree


RULES = [
    source.file_lengths,
    source.function_lengths,
    source.folder_widths,
    source.bare_excepts,
    source.unfinished_work,
    source.skipped_tests,
    source.missing_docstrings,
    source.docstring_sections,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_good_tree_keeps_every_rule(tree: Path, rule: Callable[[Path], list[Fault]]) -> None:
    assert rule(tree) == []


def test_a_file_may_have_350_lines_and_no_more(tree: Path) -> None:
    assert source.file_lengths(bad(tree, "x = 1\n" * 350)) == []
    found = source.file_lengths(bad(tree, "x = 1\n" * 351))
    assert report(found) == "1 faults\npackage/jar/bad.py: file length: found 351 lines; allowed: 350"


def test_an_init_may_have_40_lines_and_no_more(tree: Path) -> None:
    assert source.file_lengths(bad(tree, "x = 1\n" * 40, "package/jar/__init__.py")) == []
    assert len(source.file_lengths(bad(tree, "x = 1\n" * 41, "package/jar/__init__.py"))) == 1


def test_a_function_may_have_40_lines_and_no_more(tree: Path) -> None:
    assert source.function_lengths(bad(tree, LONG)) == []
    (fault,) = source.function_lengths(
        bad(tree, "class A:\n    async " + (LONG + "    y = 2\n").replace("\n", "\n    ").rstrip())
    )
    assert str(fault) == "package/jar/bad.py:2: function length: found long: 41 lines; allowed: 40"


def test_a_folder_may_hold_12_files_and_no_more(tree: Path) -> None:
    for number in range(11):
        bad(tree, "", f"package/jar/file{number}.py")
    assert source.folder_widths(tree) == []
    (fault,) = source.folder_widths(bad(tree, "", "package/jar/data.json"))
    assert str(fault) == "package/jar: folder width: found 13 files; allowed: 12"


def test_a_bare_except_is_found(tree: Path) -> None:
    (fault,) = source.bare_excepts(bad(tree, "try:\n    pass\nexcept:\n    pass\n"))
    assert fault.file == "package/jar/bad.py:3"
    assert source.bare_excepts(bad(tree, "try:\n    pass\nexcept OSError:\n    pass\n")) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("x = 1  # TO" + "DO: more\n", "TO" + "DO"),
        ('"""A module. FIX' + 'ME."""\n', "FIX" + "ME"),
        ("def f():\n    raise NotImplemented" + "Error('later')\n", "NotImplemented" + "Error"),
    ],
)
def test_unfinished_work_is_found(tree: Path, text: str, word: str) -> None:
    assert [fault.found for fault in source.unfinished_work(bad(tree, text))] == [word]


def test_catching_what_others_left_unfinished_is_allowed(tree: Path) -> None:
    assert source.unfinished_work(bad(tree, "try:\n    pass\nexcept NotImplemented" + "Error:\n    pass\n")) == []


def test_a_string_is_no_remark(tree: Path) -> None:
    assert source.unfinished_work(bad(tree, "x = 'a TO" + "DO list'\n")) == []


@pytest.mark.parametrize("call", ["pytest.skip('x')", "pytest.importorskip('x')", "f = pytest.mark.skipif(True)(f)"])
def test_a_skipped_test_is_found(tree: Path, call: str) -> None:
    (fault,) = source.skipped_tests(bad(tree, call, "tests/test_bad.py"))
    assert fault.found in call


def test_a_missing_docstring_is_found(tree: Path) -> None:
    text = '"""M."""\ndef one(): pass\nclass Two:\n    """T."""\n    def three(self): pass\n    def _four(self): pass\n'
    assert [fault.found for fault in source.missing_docstrings(bad(tree, text))] == ["one has none", "three has none"]
    assert [fault.found for fault in source.missing_docstrings(bad(tree, "x = 1\n"))] == ["module has none"]


def test_a_further_signature_or_a_setter_needs_no_docstring(tree: Path) -> None:
    text = (
        '"""M."""\n@overload\ndef one(): ...\nclass Two:\n    """T."""\n    @size.setter\n    def size(self, x): ...\n'
    )
    assert source.missing_docstrings(bad(tree, text)) == []


@pytest.mark.parametrize("name", ["Warns", "Yields", "Parameters", "Note", "Example"])
def test_a_docstring_section_that_the_house_does_not_use_is_found(tree: Path, name: str) -> None:
    text = f'def f():\n    """Do.\n\n    {name}:\n        words.\n\n    Raises:\n        E: it does.\n    """\n'
    (fault,) = source.docstring_sections(bad(tree, text))
    assert (fault.file, fault.found) == ("package/jar/bad.py:1", name)
