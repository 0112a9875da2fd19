"""A small good site passes; one fault put into it is found, and told in one line."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from check import check, main
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

CONFIG = """
project:
  type: website
  render: [docs/, tutorials/, "!docs/draft.qmd"]
website:
  navbar:
    left:
      - text: Reference
        href: docs/reference/index.qmd
  sidebar:
    contents:
      - docs/index.qmd
      - section: Tutorials
        contents: ["tutorials/01-flip.ipynb"]
format:
  html:
    theme: [cosmo, docs/theme.scss]
quartodoc:
  dir: docs/reference
"""
HOME = """---
title: Home
---

# Where to *go* first {.wide}

See [the tutorial](../tutorials/01-flip.ipynb#turning-it-round), [below](#sec-below), [that][other] and <https://example.org>.
`[not](a link.md)` and <!-- [nor](this.md) -->

![A jar.](jar.svg){#fig-jar}

As @fig-jar shows. [Up](#where-to-go-first) is @sec-below.

## Below {#sec-below}

```python
value = await compute(...)
```

```{.python}
>>> 1 + 1
2
```

[other]: ../README.md
"""


def notebook(*cells: nbformat.NotebookNode) -> str:
    return nbformat.writes(nbformat.v4.new_notebook(cells=list(cells)))


def picture(source: str) -> nbformat.NotebookNode:
    output = new_output("display_data", {"image/png": "aGk=", "text/plain": "figure"})
    return new_code_cell(source, outputs=[output])


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for folder in ("docs", "tutorials"):
        (tmp_path / folder).mkdir()
    (tmp_path / "_quarto.yml").write_text(CONFIG)
    (tmp_path / "README.md").write_text("# Jar\n\n[home](docs/index.qmd), [licence](#jar)\n")
    (tmp_path / "docs/index.qmd").write_text(HOME.replace("[that][other]", "that").replace("[other]: ../README.md", ""))
    (tmp_path / "docs/theme.scss").write_text("")
    (tmp_path / "docs/jar.svg").write_text("<svg/>")
    text = new_markdown_cell("# Flip\n\n## Turning it round\n\n[home](../docs/index.qmd#fig-jar)")
    (tmp_path / "tutorials/01-flip.ipynb").write_text(
        notebook(text, picture("#| fig-alt: A flipped cat.\n%matplotlib inline\nshow()"))
    )
    return tmp_path


def faults(site: Path) -> list[str]:
    return [str(fault) for fault in check(site)[0]]


def append(name: str, text: str) -> Callable[[Path], object]:
    def edit(site: Path) -> None:
        path = site / name
        path.write_text((path.read_text() if path.exists() else "") + text)

    return edit


def page(text: str) -> Callable[[Path], object]:
    return append("docs/index.qmd", text)


def readme(text: str) -> Callable[[Path], object]:
    return append("README.md", text)


def remove(name: str) -> Callable[[Path], object]:
    return lambda site: (site / name).unlink()


def tutorial(*cells: nbformat.NotebookNode) -> Callable[[Path], object]:
    return lambda site: (site / "tutorials/01-flip.ipynb").write_text(notebook(*cells))


def test_a_good_site_has_no_faults(site: Path) -> None:
    found, told = check(site)
    assert found == []
    assert told == "3 pages, 8 links, 0 faults"


HEADING = new_markdown_cell("## Turning it round")
HTML = new_output("display_data", {"text/html": '<script src="https://cdn.example.org/x.js"></script>'})
WIDGET = new_output("display_data", {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}})
BAD = {
    "missing file": (page("[x](gone.qmd)"), "docs/index.qmd:26: link: 'gone.qmd': no such file"),
    "rendered name": (readme("[x](docs/index.html)"), "link to the source, index.qmd"),
    "missing picture": (readme("![x](gone.png)"), "README.md:4: link: 'gone.png': no such file"),
    "linked picture": (readme("[![x](gone.png)](LICENSE)"), "'LICENSE': no such file"),
    "html link": (readme('<a href="gone.md">x</a>'), "'gone.md': no such file"),
    "include": (page("{{< include _gone.md >}}"), "'_gone.md': no such file"),
    "own anchor": (page("[x](#gone)"), "'#gone': this page has no such anchor"),
    "other anchor": (readme("[x](docs/index.qmd#gone)"), "docs/index.qmd has no anchor 'gone'"),
    "no address": (readme("[x]()"), "README.md:4: link: a link without an address"),
    "undefined": (readme("[x][gone]"), "link: [gone] is not defined on this page"),
    "plain http": (readme("<http://example.org>"), "begins with https://"),
    "no host": (readme("[x](https://here)"), "'https://here' names no host"),
    "bad mail": (readme("[x](mailto:me)"), "'mailto:me' is not a mail address"),
    "outside": (readme("[x](../../x.md)"), "leads out of the repository"),
    "no page": (page("[x](../README.md)"), "'../README.md' is no page of the site"),
    "bare folder": (page("[x](../docs/../tutorials)"), "is a folder without an index page"),
    "reference": (page("See @fig-gone."), "docs/index.qmd:26: reference: @fig-gone: no such label"),
    "label twice": (page("![Again.](jar.svg){#fig-jar}"), "label: 'fig-jar' is given 2 times"),
    "no alt": (page("![](jar.svg)"), "docs/index.qmd:26: alt text: 'jar.svg' has none"),
    "no html alt": (readme('<img src="docs/jar.svg" alt="">'), "README.md:4: alt text: <img"),
    "code": (page("```python\nx = 1\nif:\n```\n"), "docs/index.qmd:28: code: does not parse"),
    "session": (readme("```python\n>>> x =\n```\n"), "README.md:5: code: does not parse"),
    "hot link": (page("![x](https://example.org/x.png)"), "'https://example.org/x.png' is loaded"),
    "script": (page('<script src="https://example.org/x.js"></script>'), "'https://example.org/x.js' is loaded"),
    "orphan": (append("docs/tour.qmd", "hello"), "docs/tour.qmd: navigation: not in the sidebar"),
    "new tutorial": (append("tutorials/02-x.ipynb", notebook()), "02-x.ipynb: navigation: not in the sidebar"),
    "dead entry": (remove("docs/theme.scss"), "navigation: 'docs/theme.scss': no such file"),
    "dead tutorial": (remove("tutorials/01-flip.ipynb"), "'tutorials/01-flip.ipynb': no such file"),
    "cell alt": (tutorial(HEADING, picture("show()")), "01-flip.ipynb: cell 2: alt text: the cell shows"),
    "cell code": (tutorial(HEADING, new_code_cell("x =")), "cell 2: code: does not parse"),
    "cell link": (tutorial(HEADING, new_markdown_cell("[x](gone.md)")), "cell 2: link: 'gone.md'"),
    "cell script": (tutorial(HEADING, new_code_cell("x", outputs=[HTML])), "cell 2: external: its output loads"),
    "cell widget": (tutorial(HEADING, new_code_cell("x", outputs=[WIDGET])), "cell 2: external: stores"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_fault_is_told_in_one_line(site: Path, name: str) -> None:
    edit, expected = BAD[name]
    edit(site)
    assert [line for line in faults(site) if expected in line], faults(site)
    assert not any("\n" in line for line in faults(site))


def test_a_page_that_is_named_but_left_out_of_the_rendering_is_told(site: Path) -> None:
    (site / "docs/draft.qmd").write_text("later")
    (site / "_quarto.yml").write_text(CONFIG.replace("- docs/index.qmd", "- docs/index.qmd\n      - docs/draft.qmd"))
    assert faults(site) == ["_quarto.yml: navigation: 'docs/draft.qmd' is named but not rendered (project: render)"]


def test_a_misspelt_setting_of_the_site_or_of_a_page_is_told(site: Path) -> None:
    (site / "_quarto.yml").write_text(CONFIG.replace("navbar:", "navbars:"))
    (site / "docs/index.qmd").write_text("---\ntitles: Home\n---\n\n![A jar.](jar.svg){#fig-jar}\n")
    assert faults(site) == [
        "_quarto.yml: setting: 'website.navbars' is no setting; did you mean 'navbar'",
        "docs/index.qmd: setting: 'titles' is no setting; did you mean 'title'",
    ]


def test_a_sidebar_path_that_leads_nowhere_and_a_page_that_is_gone_are_told(site: Path) -> None:
    (site / "_quarto.yml").write_text(CONFIG.replace("- docs/index.qmd", "- docs/start.qmd"))
    assert "_quarto.yml: navigation: 'docs/start.qmd': no such file" in faults(site)
    remove("docs/index.qmd")(site)
    assert "README.md:3: link: 'docs/index.qmd': no such file" in faults(site)


def test_reference_style_links_reach_their_definition(site: Path) -> None:
    readme("[that][home] and [home][]\n\n[home]: docs/index.qmd\n")(site)
    assert faults(site) == []
    readme("[gone]: docs/gone.qmd\n")(site)
    assert faults(site) == ["README.md:7: link: 'docs/gone.qmd': no such file"]


def test_links_into_an_unbuilt_reference_are_counted_and_into_a_built_one_followed(site: Path) -> None:
    readme("[call](docs/reference/gone.qmd)")(site)
    found, told = check(site)
    assert found == []
    assert "1 links into it were not followed" in told
    (site / "docs/reference").mkdir()
    (site / "docs/reference/index.qmd").write_text("# Calls\n\n![](x.png)\n")
    lines = faults(site)
    assert len(lines) == 2
    assert "README.md:4: link: 'docs/reference/gone.qmd': no such file" in lines
    assert "docs/reference/index.qmd:3: link: 'x.png': no such file" in lines


def test_repeated_headings_are_numbered_as_pandoc_numbers_them(site: Path) -> None:
    page("\n## 2. Try it, now!\n\n## Try it now\n\n[a](#try-it-now) [b](#try-it-now-1)\n")(site)
    assert faults(site) == []


def test_the_command_prints_faults_and_exits_with_one(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(site)]) == 0
    readme("[x](gone.md)")(site)
    assert main([str(site)]) == 1
    assert capsys.readouterr().out == "README.md:4: link: 'gone.md': no such file\n"


def test_the_script_runs_without_leyden(site: Path) -> None:
    script = Path(__file__).parents[2] / "docs" / "check.py"
    code = (
        f"import sys; sys.path.insert(0, {str(script.parent)!r}); import check;"
        f"print('leyden' in sys.modules, check.main([{str(site)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False 0\n"


def test_a_root_without_settings_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"_quarto\.yml: cannot be read"):
        check(tmp_path)


@pytest.mark.parametrize("text", ["{", "{}", '{"nbformat": 3, "worksheets": []}'])
def test_a_file_that_is_no_notebook_is_refused_by_name(site: Path, text: str) -> None:
    (site / "tutorials/01-flip.ipynb").write_text(text)
    with pytest.raises(SystemExit, match=r"01-flip\.ipynb: is no notebook of format 4"):
        check(site)
