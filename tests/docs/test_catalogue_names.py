"""What other libraries call the transforms of leyden: no transform and no class is forgotten."""

from pathlib import Path
from typing import Any

import catalogue
import pytest
from catalogue_names import TITLES, faults, page, read

NAMES = {entry.name for entry in catalogue.entries()}


def small() -> dict[str, Any]:
    library = {"version": "1.0", "classes": ["Mirror", "Rain", "Load", "Blurry"]}
    empty = {"version": "2.0", "classes": []}
    return {
        "names": {"Flip": {"kornia": ["Mirror"]}, "Border": {"note": "a parameter elsewhere"}},
        "others": {"kornia.Blurry": "a Flip of your own"},
        "aside": {"kornia": ["Load"]},
        "libraries": {name: library if name == "kornia" else empty for name in TITLES},
    }


def test_every_transform_is_named_or_marked_as_own() -> None:
    assert faults(read(), NAMES) == []


def test_every_library_was_read_with_its_version() -> None:
    libraries = read()["libraries"]
    assert list(libraries) == list(TITLES)
    for library in libraries.values():
        assert library["version"][0].isdigit()
        assert len(library["classes"]) > 40
        assert library["classes"] == sorted(library["classes"])


def test_every_class_stands_on_the_page() -> None:
    text = page(NAMES)
    for title, library in zip(TITLES.values(), read()["libraries"].values(), strict=True):
        assert f"{title} {library['version']}" in text
        assert not [name for name in library["classes"] if f"`{name}`" not in text]


def test_faults_are_all_told() -> None:
    told = small()
    assert faults(told, {"Flip", "Border"}) == []
    told["names"]["Flop"] = {"kornia": ["Load", "Mirrors"]}
    assert faults(told, {"Flip", "Border", "Zoom"}) == [
        "[names.Zoom] is missing: what do others call it?",
        "[names.Flop]: leyden has no such transform",
        "kornia has no class Mirrors",
        "kornia.Load stands in two places",
    ]
    with pytest.raises(SystemExit, match=r"names.Zoom.*two places"):
        page({"Flip", "Border", "Zoom"}, told)


def test_the_page_goes_both_ways_and_says_what_has_no_counterpart() -> None:
    text = page({"Flip", "Border"}, small())
    assert "| [`Flip`](catalogue.qmd#Flip) |  |  |  | `Mirror` |  |" in text
    assert "| [`Border`](catalogue.qmd#Border) (own) |" in text
    assert "- [`Border`](catalogue.qmd#Border): a parameter elsewhere." in text
    assert "| `Mirror` | [`Flip`](catalogue.qmd#Flip) |" in text
    assert "| `Blurry` | a Flip of your own |" in text
    none, aside = text.split("## No counterpart")[1].split("## No augmentation")
    assert "**kornia**: `Rain`." in none
    assert "**kornia**: `Load`." in aside


def test_names_are_read_from_the_file_beside_the_script(tmp_path: Path) -> None:
    (tmp_path / "names.toml").write_text('[names.Flip]\nkornia = ["Mirror"]\n', encoding="utf-8")
    assert read(tmp_path / "names.toml") == {"names": {"Flip": {"kornia": ["Mirror"]}}}
