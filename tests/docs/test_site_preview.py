"""Without Quarto the site is a folder of pages that need no network; what is wrong with them is told."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from site_preview import main, preview, written_faults

CONFIG = """
project: {type: website, render: [docs/]}
website:
  title: Jar
  navbar: {left: [{text: Home, href: docs/index.qmd}]}
  sidebar: {style: docked, contents: [docs/index.qmd, docs/lid.md, docs/01-flip.ipynb]}
format: {html: {theme: [cosmo, docs/theme.scss]}}
"""
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "_quarto.yml").write_text(CONFIG)
    (tmp_path / "docs/theme.scss").write_text("")
    (tmp_path / "docs/index.qmd").write_text("---\ntitle: Home\n---\n\n[lid](lid.md#jar.lid), [flip](01-flip.ipynb)\n")
    (tmp_path / "docs/lid.md").write_text("# Lid { #jar.lid }\n\n```python\n1 + 1\n```\n")
    picture = new_output("display_data", {"image/png": PIXEL, "text/plain": "figure"})
    cells = [new_markdown_cell("# Flip"), new_code_cell("#| fig-alt: A dot.\nshow()", outputs=[picture])]
    nbformat.write(new_notebook(cells=cells), tmp_path / "docs/01-flip.ipynb")
    return tmp_path


def test_every_page_is_written_and_needs_no_network(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = site / "seen"
    assert main([str(site), "--out", str(out)]) == 0
    assert capsys.readouterr().err == f"3 pages, 0 faults: open {out / 'index.html'}\n"
    assert 'url=docs/index.html"' in (out / "index.html").read_text()
    home = (out / "docs/index.html").read_text()
    assert 'href="lid.html#jar.lid"' in home
    assert 'id="jar.lid"' in (out / "docs/lid.html").read_text()
    assert 'class="navbar-brand" href="../index.html"' in home
    flip = (out / "docs/01-flip.html").read_text()
    assert f'src="data:image/png;base64,{PIXEL}"' in flip
    assert 'alt="A dot."' in flip
    assert not [path for path in out.rglob("*.css") if "@import" in path.read_text()]


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ('<a href="gone.html">x</a>', "docs/index.html: preview: 'gone.html': no such file"),
        ('<a href="lid.html#gone">x</a>', "'lid.html#gone': no such anchor"),
        ('<a href="../../x.html">x</a>', "'../../x.html'"),
        ('<img src="https://example.org/x.png">', "<img> loads 'https://example.org/x.png' from another host"),
        ('<script src="//example.org/x.js"></script>', "<script> loads '//example.org/x.js' from another host"),
    ],
)
def test_what_is_wrong_with_a_written_page_is_told(html: str, told: str, site: Path) -> None:
    out = site / "seen"
    (out / "docs").mkdir(parents=True)
    (out / "docs/lid.html").write_text('<h1 id="jar.lid">Lid</h1>')
    (out / "docs/index.html").write_text(
        f'<a href="lid.html#jar.lid">ok</a> <a href="https://example.org">ok</a> {html}'
    )
    (fault,) = written_faults(out, {Path("docs/index.qmd"), Path("docs/lid.md")})
    assert told in str(fault)


def test_a_site_that_is_there_is_only_read(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "_site").mkdir()
    assert main([str(site), "--read", str(site / "_site")]) == 1
    assert "docs/01-flip.ipynb: preview: has not become a page" in capsys.readouterr().out.splitlines()
    assert list((site / "_site").iterdir()) == []


def test_a_missing_page_and_a_style_of_another_host_are_told(tmp_path: Path) -> None:
    (tmp_path / "x.css").write_text('@import url("https://example.org/font.css");')
    assert [str(fault) for fault in written_faults(tmp_path, {Path("docs/gone.qmd")})] == [
        "docs/gone.qmd: preview: has not become a page",
        "x.css: preview: loads 'https://example.org/font.css' from another host",
    ]


def test_a_folder_that_holds_something_else_is_left_alone(site: Path) -> None:
    (site / "seen").mkdir()
    (site / "seen/thesis.txt").write_text("years of work")
    with pytest.raises(SystemExit, match=r"no preview: .*is not empty"):
        preview(site, site / "seen")
    assert (site / "seen/thesis.txt").read_text() == "years of work"
