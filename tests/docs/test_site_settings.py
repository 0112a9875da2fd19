"""A misspelt key is told with the one that was meant; what the site uses is known."""

from pathlib import Path

import pytest
import yaml
from site_settings import front_matter_faults, settings_faults

ROOT = Path(__file__).parents[2]
BAD = {
    "project": ("project: {types: website}", "'project.types' is no setting; did you mean 'type'"),
    "website": ("website: {titles: jar}", "'website.titles' is no setting; did you mean 'title'"),
    "top": ("websites: {title: jar}", "'websites' is no setting; did you mean 'website'"),
    "entry": ("website: {navbar: {left: [{txt: x}]}}", "'website.navbar.left.txt' is no setting; did you mean 'text'"),
    "deep": (
        "website: {sidebar: {contents: [{section: a, contents: [{hreff: x}]}]}}",
        "'website.sidebar.contents.contents.hreff' is no setting; did you mean 'href'",
    ),
    "format": ("format: {html: {tok: true}}", "'format.html.tok' is no setting; did you mean 'toc'"),
    "reference": ("quartodoc: {packages: jar}", "'quartodoc.packages' is no setting; did you mean 'package'"),
    "far": ("execute: {zzzz: 1}", "'execute.zzzz' is no setting; known here: cache, echo, enabled"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_misspelt_key_is_told_with_what_was_meant(name: str) -> None:
    text, told = BAD[name]
    (fault,) = settings_faults("_quarto.yml", yaml.safe_load(text))
    assert str(fault).startswith(f"_quarto.yml: setting: {told}")


def test_the_settings_of_this_site_are_known() -> None:
    assert settings_faults("_quarto.yml", yaml.safe_load((ROOT / "_quarto.yml").read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("---\ntitle: Jar\nsubtitle: full\n---\n\ntext\n", None),
        ("# Jar\n\n---\n\nnothing: here\n", None),
        ("---\nsubtitles: full\n---\n", "'subtitles' is no setting; did you mean 'subtitle'"),
        ("---\nformat: {html: {tocc: 1}}\n---\n", "'format.html.tocc' is no setting; did you mean 'toc'"),
        ("---\n: {\n---\n", "cannot be read"),
        ("---\njust words\n---\n", "a page's settings are keys and values, not 'just words'"),
    ],
    ids=["good", "none", "key", "deep", "broken", "words"],
)
def test_the_settings_of_a_page_are_read(text: str, told: str | None, tmp_path: Path) -> None:
    (tmp_path / "page.qmd").write_text(text, encoding="utf-8")
    faults = front_matter_faults(tmp_path, Path("page.qmd"))
    if told is None:
        assert faults == []
    else:
        assert [fault.rule for fault in faults] == ["setting"]
        assert told in faults[0].message
        assert "\n" not in str(faults[0])
