"""The catalogue of augmentations lacks no transform, and shows each."""

import io
import re
import sys
from pathlib import Path

import catalogue
import catalogue_examples
import pytest
from catalogue_pictures import BYTES, png_of
from check import check, picture_faults
from PIL import Image as Pictures
from site_page import read_page

import leyden.augment
import leyden.medical
from leyden.augment.fusing import step
from leyden.augment.mix import Mix

NAMES = [entry.name for entry in catalogue.entries()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("site") / "docs"
    assert catalogue.write(written, catalogue.drawn_stage()) == NAMES
    return written


def exported() -> set[str]:
    """The transforms that a user finds in the two rooms: classes that are no base, and functions that make chains."""
    found = set()
    for room in (leyden.augment, leyden.medical):
        for name in room.__all__:
            if catalogue.is_transform(name, getattr(room, name)):
                found.add(name)
    return found


def test_every_transform_that_is_exported_is_in_the_catalogue_and_no_other() -> None:
    hidden, lost = sorted(set(NAMES) - exported()), sorted(exported() - set(NAMES))
    assert not lost, f"catalogue.entries() does not find {lost}"
    assert not hidden, f"leyden.augment or leyden.medical must export {hidden}: they are public transforms"


def test_every_transform_that_stored_draws_know_is_in_the_catalogue() -> None:
    known = [*step._REGISTRY.values(), *Mix.known.values()]
    ours = {leaf.__name__ for leaf in known if lives_here(leaf) and ".adapt" not in leaf.__module__}
    assert ours <= set(NAMES), f"not in the catalogue: {sorted(ours - set(NAMES))}"
    assert {"Flip", "MixUp", "BiasField"} <= ours


def lives_here(leaf: type) -> bool:
    """Whether a class is leyden's own: those that examples in docstrings make are of no module."""
    return leaf.__module__.startswith("leyden.") and getattr(sys.modules[leaf.__module__], leaf.__name__, None) is leaf


def test_every_transform_has_an_example() -> None:
    missing, gone = set(NAMES) - set(catalogue_examples.EXAMPLES), set(catalogue_examples.EXAMPLES) - set(NAMES)
    assert not missing, f"give docs/catalogue_examples.py an example of {sorted(missing)}"
    assert not gone, f"docs/catalogue_examples.py shows {sorted(gone)}, which leyden has not"


def test_every_transform_has_a_section_with_a_picture_that_is_small_and_told(folder: Path) -> None:
    text = (folder / "catalogue.qmd").read_text(encoding="utf-8")
    assert re.findall(r"^### (\w+) \{#\1\}$", text, re.MULTILINE) == NAMES
    pictures = re.findall(r"^!\[(.+)\]\(pictures/(\w+)\.png\)$", text, re.MULTILINE)
    assert [name for _, name in pictures] == NAMES
    for alt, name in pictures:
        assert "before and after" in alt
        file = folder / "pictures" / f"{name}.png"
        assert file.stat().st_size <= BYTES
        with Pictures.open(file) as picture:
            assert picture.size == (264, 128)
    assert len(list((folder / "pictures").iterdir())) == len(NAMES)


def test_pages_have_no_faults_of_the_site(folder: Path) -> None:
    pages = [read_page(folder, Path(name)) for name in ("catalogue.qmd", "other-libraries.qmd")]
    assert not [str(fault) for page in pages for fault in picture_faults(page)]
    linked = re.findall(r"catalogue\.qmd#(\w+)", (folder / "other-libraries.qmd").read_text(encoding="utf-8"))
    assert set(linked) <= pages[0].anchors
    assert set(NAMES) <= set(linked)


def test_a_section_says_what_the_transform_works_on_and_what_it_fuses_with(folder: Path) -> None:
    parts = re.split(r"^### ", (folder / "catalogue.qmd").read_text(encoding="utf-8"), flags=re.MULTILINE)
    texts = {part.split()[0]: part for part in parts[1:]}
    assert "2-D and 3-D; fuses into the one resample, alone an exact copy." in texts["Flip"]
    assert "\n3-D; fuses into the one resample" in texts["Cubic"]
    assert "2-D and 3-D; fuses into one linear colour step." in texts["Brightness"]
    assert "2-D and 3-D; a pass of its own." in texts["BiasField"]
    assert (
        "`leyden.medical.BiasField(coefficients: float | tuple[float, float] = 0.5, order: int = 3)`"
        in texts["BiasField"]
    )
    assert "`leyden.augment.Flip(axis: 'x' | 'y' | 'z')`" in texts["Flip"]


def test_pictures_show_a_change_where_there_is_one_to_see(folder: Path) -> None:
    same = []
    for name in NAMES:
        with Pictures.open(folder / "pictures" / f"{name}.png") as picture:
            halves = [picture.convert("RGB").crop((left, 0, left + 128, 128)).tobytes() for left in (0, 136)]
        same += [name] if halves[0] == halves[1] else []
    assert same == ["OneHot", "Identity"], "give these another seed in docs/catalogue_examples.py"


def test_a_transform_without_an_example_and_an_example_without_a_transform_are_told_together(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    flip = catalogue_examples.EXAMPLES["Flip"]
    monkeypatch.delitem(catalogue_examples.EXAMPLES, "Flip")
    monkeypatch.setitem(catalogue_examples.EXAMPLES, "Flop", flip)
    with pytest.raises(SystemExit, match=r"catalogue_examples.py lacks Flip; of no transform are Flop"):
        catalogue.write(tmp_path / "new", catalogue.drawn_stage())
    assert not (tmp_path / "new").exists()


def test_a_noisy_picture_gets_fewer_colours_until_it_is_small() -> None:
    import torch

    from leyden.items import Image

    noise = (Image(torch.rand(3, 128, 128)),)
    assert len(png_of(noise, noise, stretched=False, marked=False)) <= BYTES
    with Pictures.open(io.BytesIO(png_of(noise, noise, stretched=True, marked=True))) as picture:
        assert picture.size == (264, 128)


def test_links_into_a_catalogue_that_is_not_written_are_no_fault_and_dead_ones_into_a_written_one_are(
    tmp_path: Path,
) -> None:
    (tmp_path / "_quarto.yml").write_text(
        "project: {render: [docs/]}\nwebsite: {sidebar: {contents: [docs/index.qmd, docs/augment/catalogue.qmd]}}\n"
    )
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.qmd").write_text("[Flip](augment/catalogue.qmd#Flip)\n")
    faults, told = check(tmp_path)
    assert faults == []
    assert told.endswith("not built: docs/augment: 1 links into it were not followed")
    (tmp_path / "docs/augment").mkdir()
    (tmp_path / "docs/augment/catalogue.qmd").write_text("### Flop {#Flop}\n")
    assert [fault.message for fault in check(tmp_path)[0]] == [
        "'augment/catalogue.qmd#Flip': docs/augment/catalogue.qmd has no anchor 'Flip'"
    ]
