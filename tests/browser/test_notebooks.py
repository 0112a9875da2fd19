"""Every notebook in a real JupyterLab: all cells run; panels are fit for keys, both themes and a narrow window.

One that has a file of tests of its own here is held to the same there, and is not opened twice.
"""

from pathlib import Path

import pytest

from browser import sound
from browser.jupyter import NOTEBOOKS, browsing, dress, place, run_all, visit

NAMES = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
OWN = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}


@pytest.fixture(scope="module")
def browser():
    """A browser in which the notebooks are opened one after the other."""
    with browsing() as found:
        yield found


@pytest.fixture(scope="module", params=[name for name in NAMES if name not in OWN])
def bench(request, lab, desk, browser):
    """A notebook after Run All, in the browser."""
    place(desk, request.param, **sound.SMALL.get(request.param, {}))
    with visit(lab, f"{request.param}.ipynb", browser=browser) as found:
        run_all(found.page)
        sound.keep(found.page, f"{request.param}-light")
        yield found
        dress(found.page, "JupyterLab Dark")
        sound.keep(found.page, f"{request.param}-dark")


def test_all_cells_run_and_all_widgets_are_there(bench):
    assert sound.complaints(bench) == []


def test_every_picture_has_words(bench):
    assert sound.wordless(bench.page) == []


def test_keys_reach_whatever_can_be_clicked(bench):
    assert sound.unreached(bench.page) == []


def test_text_stands_out_in_both_themes(bench):
    assert sound.faint(bench.page) == []


def test_no_panel_is_wider_than_a_narrow_window(bench):
    assert sound.too_wide(bench.page) == []
    assert sound.complaints(bench) == []
