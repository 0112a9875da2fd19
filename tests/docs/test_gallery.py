"""The page of the tutorials and its pictures are those of the notebooks as they are stored now."""

import io
from base64 import b64encode
from pathlib import Path

import nbformat
import pytest
from gallery import BYTES, CARDS, PICTURES, Shown, page, shown, small, stale
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

ROOT = Path(__file__).parents[2]


def test_the_gallery_is_up_to_date() -> None:
    assert not stale(ROOT), "run python docs/gallery.py"


def test_pictures_are_light() -> None:
    weights = {path.name: path.stat().st_size for path in (ROOT / PICTURES).glob("*.png")}
    assert set(weights) == {f"{name}.png" for name in CARDS}
    assert max(weights.values()) <= BYTES


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    written = io.BytesIO()
    Image.effect_noise((900, 300), 80).save(written, "PNG")
    output = new_output("display_data", {"image/png": b64encode(written.getvalue()).decode()})
    cells = [
        new_markdown_cell("# Flip a jar\n\nIt turns."),
        new_code_cell('#| fig-alt: "Before any section."\nx', outputs=[output]),
        new_markdown_cell("## Turned"),
        new_code_cell('#| fig-alt: "A jar, turned."\nx', outputs=[output]),
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "01-flip.ipynb")
    return tmp_path / "01-flip.ipynb"


def test_the_first_picture_of_a_section_is_taken(notebook: Path) -> None:
    found = shown(notebook, "Turned")
    assert (found.title, found.alt) == ("Flip a jar", "A jar, turned.")


def test_even_noise_is_made_light_and_remembers_its_source(notebook: Path) -> None:
    found = shown(notebook, "Turned")
    made = small(found)
    assert len(made) <= BYTES
    with Image.open(io.BytesIO(made)) as picture:
        assert picture.info["source"] == found.source
    assert small(Shown(found.png, "", "")) == made


def test_a_section_that_is_not_there_is_told_with_what_to_do(notebook: Path) -> None:
    with pytest.raises(LookupError, match=r"01-flip\.ipynb: no picture .* 'Gone'; edit docs/gallery\.py"):
        shown(notebook, "Gone")


def test_a_tutorial_without_a_card_is_told(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match=r"01-vision-finetuning.*; edit CARDS"):
        page(tmp_path)
