"""leyden's cards in a real JupyterLab's launcher: a click copies and opens a notebook, and never over existing work."""

import json

import pytest
from playwright.sync_api import expect

from browser.jupyter import jupyterlab, visit
from leyden.cli.lab import notebooks

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
WORK = {"cells": [{"cell_type": "markdown", "id": "work", "metadata": {}, "source": "mine"}]}
BOOK = {**WORK, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}
CARDS = ["Workbench", "Training", "Data", "Augmentation", "Pruning", "ONNX", "Volumes"]
CURRENT = "() => window.jupyterapp.shell.currentWidget?.context?.path"
OPEN = "async (args) => { await window.jupyterapp.commands.execute('leyden:open-notebook', args); }"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder with some work in it."""
    folder = tmp_path_factory.mktemp("desk")
    for name in ("mine.ipynb", "inner/Train.ipynb"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(BOOK), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def bench(desk):
    """JupyterLab on that folder."""
    with jupyterlab(desk) as lab, visit(lab, "mine.ipynb") as found:
        yield found


def command(page, name):
    page.evaluate(f"async () => {{ await window.jupyterapp.commands.execute('{name}'); }}")


def cards(page):
    """The cards of a fresh launcher."""
    command(page, "launcher:create")
    return page.locator(".jp-Launcher:visible .jp-LauncherCard[data-category=leyden]")


def current(page):
    return page.evaluate(CURRENT)


def wait_for(page, path):
    page.wait_for_function(f"({CURRENT})() === '{path}'")


def test_the_launcher_has_a_card_for_every_notebook_with_a_caption(bench):
    found = cards(bench.page)
    expect(found).to_have_text(CARDS)
    assert all(len(one.get_attribute("title")) > 20 for one in found.all())
    assert bench.complaints == []


def test_the_command_palette_has_them_too(bench):
    command(bench.page, "apputils:activate-command-palette")
    bench.page.locator(".lm-CommandPalette-input").fill("leyden augmentation")
    expect(bench.page.locator(".lm-CommandPalette-item").first).to_contain_text("Augmentation")
    bench.page.keyboard.press("Escape")
    assert bench.complaints == []


def test_a_click_copies_the_notebook_and_opens_it(bench, desk):
    cards(bench.page).filter(has_text="Volumes").click()
    wait_for(bench.page, "volume.ipynb")
    expect(bench.page.locator(".jp-Notebook:visible .jp-Cell").first).to_be_visible(timeout=20_000)
    assert (desk / "volume.ipynb").read_bytes() == (notebooks() / "volume.ipynb").read_bytes()
    assert bench.complaints == []


def test_a_notebook_that_is_there_already_is_opened_and_left_as_it_is(bench, desk):
    (desk / "data.ipynb").write_text(json.dumps({**BOOK, "metadata": {**KERNEL, "mine": True}}), encoding="utf-8")
    edited = (desk / "data.ipynb").read_bytes()
    cards(bench.page).filter(has_text="Data").press("Enter")
    wait_for(bench.page, "data.ipynb")
    cards(bench.page).filter(has_text="Data").click()
    wait_for(bench.page, "data.ipynb")
    assert (desk / "data.ipynb").read_bytes() == edited
    assert bench.complaints == []


def test_it_goes_into_the_folder_that_is_shown_once_however_often_it_is_asked_for(bench, desk):
    twice = "async (args) => { const run = () => window.jupyterapp.commands.execute('leyden:open-notebook', args);"
    bench.page.evaluate(twice + "await Promise.all([run(), run()]); }", {"notebook": "onnx.ipynb", "cwd": "inner"})
    assert current(bench.page) == "inner/onnx.ipynb"
    assert sorted(path.name for path in (desk / "inner").glob("*.ipynb")) == ["Train.ipynb", "onnx.ipynb"]
    assert bench.complaints == []


def test_a_name_that_some_file_systems_take_for_the_same_is_not_written_over(bench, desk):
    bench.page.evaluate(OPEN, {"notebook": "train.ipynb", "cwd": "inner"})
    assert current(bench.page) == "inner/Train.ipynb"
    assert not (desk / "inner" / "train.ipynb").exists()
    assert bench.complaints == []


def test_what_cannot_be_done_is_a_sentence(bench):
    bench.page.evaluate(
        "() => { window.jupyterapp.commands.execute('leyden:open-notebook', {notebook: 'mnist.ipynb', cwd: ''}); }"
    )
    dialog = bench.page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("leyden has no notebook mnist.ipynb; it has workbench.ipynb")
    bench.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert bench.complaints == []
