"""A public name is found through its `__init__`s, and one that the reference would leave out is told."""

from pathlib import Path

import pytest
from site_names import Public, left_out, public_names, unwritten

INIT = """
from typing import TYPE_CHECKING
from elsewhere import Foreign
from jar.store.glass import Glass
if TYPE_CHECKING:
    from jar.store.lid import turn
__all__ = ["Foreign", "Glass", "turn"]
"""
LID = """
from jar.store.lid.screw import turn
__all__ = ["turn"]
"""
ERRORS = """
__all__ = ["Broken", "LIMIT"]
class Broken(Exception):
    'Fell.'
LIMIT = 3
'Falls.'
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    files = {
        "store/__init__.py": INIT,
        "store/glass.py": 'class Glass:\n    """Holds."""\n',
        "store/lid/__init__.py": LID,
        "store/lid/screw.py": 'def turn():\n    """Closes."""\n',
        "errors.py": ERRORS,
        "cli/__init__.py": '__all__ = ["main"]\n',
    }
    for name, text in files.items():
        (tmp_path / "jar" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "jar" / name).write_text(text, encoding="utf-8")
    return tmp_path / "jar"


CONFIG = {"quartodoc": {"sections": [{"contents": ["errors", "store.glass", "store.lid.screw"]}]}}


def test_names_are_followed_to_the_files_that_define_them(package: Path) -> None:
    assert list(public_names(package)) == [
        Public("errors.Broken", "errors", "Broken"),
        Public("errors.LIMIT", "errors", "LIMIT"),
        Public("store.Glass", "store.glass", "Glass"),
        Public("store.turn", "store.lid.screw", "turn"),
    ]


def test_all_is_well_where_every_name_has_a_page_and_a_docstring(package: Path) -> None:
    assert left_out(package, CONFIG) == []


def test_a_name_without_a_docstring_or_without_a_page_is_told(package: Path) -> None:
    (package / "store/glass.py").write_text("class Glass:\n    pass\n", encoding="utf-8")
    (package / "errors.py").write_text('__all__ = ["LIMIT"]\nLIMIT = 3\n', encoding="utf-8")
    assert left_out(package, {"quartodoc": {"sections": [{"contents": ["errors", "store.glass"]}]}}) == [
        "errors.LIMIT: errors does not define it with a docstring",
        "store.Glass: store.glass does not define it with a docstring",
        "store.turn: store.lid.screw is in no section of quartodoc in _quarto.yml",
    ]


def test_a_name_that_no_written_page_shows_is_told(package: Path, tmp_path: Path) -> None:
    (tmp_path / "errors.qmd").write_text(
        "### Broken { #jar.errors.Broken }\n\n| `LIMIT` | Falls. |\n", encoding="utf-8"
    )
    (tmp_path / "store.glass.qmd").write_text("nothing\n", encoding="utf-8")
    assert unwritten(package, tmp_path) == [
        "store.Glass: not on store.glass.qmd",
        "store.turn: not on store.lid.screw.qmd, which is not there",
    ]
