"""The reference is made tidy and tells axes, a missing name is told, and where it cannot be written that is said."""

import sys
from pathlib import Path

import pytest
from site_reference import finish, main, tidy

PAGE = """# data { #jar.data }

[Row](#jar.data.Row) [Row.size](#jar.data.Row.size) [other](other.qmd#jar.other) [out](https://example.org)

### Row { #jar.data.Row }
"""


def test_links_without_an_anchor_become_code_and_others_stay() -> None:
    assert tidy(PAGE) == PAGE.replace("[Row.size](#jar.data.Row.size)", "`Row.size`")


def test_a_tidy_page_is_left_as_it_is() -> None:
    assert tidy(tidy(PAGE)) == tidy(PAGE)


def test_written_pages_tell_axes_and_lack_no_public_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package, folder = tmp_path / "jar", tmp_path / "reference"
    for path, text in (
        (package / "types.py", '__all__ = []\nPixels: TypeAlias = Float[Tensor, "channel *space"]\n'),
        (package / "light.py", '__all__ = ["dim", "glow"]\ndef glow(image: Pixels): ...\ndef dim(): ...\n'),
        (folder / "index.qmd", "# Reference\n"),
        (folder / "light.qmd", "### glow { #jar.light.glow }\n\n```python\nglow(image)\n```\n\n[by](#jar.light.by)\n"),
    ):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert finish(folder, package) == ["light.dim: not on light.qmd"]
    assert capsys.readouterr().err == "2 pages in reference, 1 public names missing\n"
    text = (folder / "light.qmd").read_text(encoding="utf-8")
    assert "| `image` | float | `channel *space` |" in text
    assert "`by`" in text
    assert (folder / "index.qmd").read_text(encoding="utf-8") == "# Reference\n"


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
