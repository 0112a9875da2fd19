"""The reference is made tidy, and where it cannot be written that is said."""

import sys
from pathlib import Path

import pytest
from site_reference import main, tidy

PAGE = """# data { #jar.data }

[Row](#jar.data.Row) [Row.size](#jar.data.Row.size) [other](other.qmd#jar.other) [out](https://example.org)

### Row { #jar.data.Row }
"""


def test_links_without_an_anchor_become_code_and_others_stay() -> None:
    assert tidy(PAGE) == PAGE.replace("[Row.size](#jar.data.Row.size)", "`Row.size`")


def test_a_tidy_page_is_left_as_it_is() -> None:
    assert tidy(tidy(PAGE)) == tidy(PAGE)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "_quarto.yml").write_text("quartodoc: {package: jar, dir: docs/reference}\n")
    (tmp_path / "docs/reference").mkdir(parents=True)
    (tmp_path / "docs/reference/index.qmd").write_text("# From before\n")
    return tmp_path


def test_without_quartodoc_nothing_is_touched_and_that_is_said(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "quartodoc", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert main([str(site)]) == 0
    assert "quartodoc is not installed" in capsys.readouterr().err
    assert (site / "docs/reference/index.qmd").read_text() == "# From before\n"
