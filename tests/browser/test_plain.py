"""Panels in a front end without anywidget: controls work, and pictures stand in place of what it would draw."""

import re

import pytest
from playwright.sync_api import expect

from browser.bare import CELLS
from browser.jupyter import panel, run_all, visit, write

BROKEN = ".leyden .jupyter-widgets-error-widget:visible, .jp-OutputArea-output:visible:has-text('Error displaying')"


@pytest.fixture(scope="module")
def bench(lab, desk):
    """The panels after Run All, where JupyterLab has its extension for anywidget switched off."""
    write(desk, "plain", CELLS)
    with visit(lab, "plain.ipynb", without="anywidget") as found:
        run_all(found.page)
        yield found


def test_pictures_stand_in_place_of_live_curves_and_galleries(bench):
    expect(panel(bench.page, "Training").locator("svg.sketch").first).to_be_visible()
    expect(panel(bench.page, "Data").locator(".samples img").first).to_be_visible()
    expect(bench.page.locator(".leyden-drawn")).to_have_count(0)
    expect(bench.page.locator(BROKEN)).to_have_count(0)


def test_a_run_starts_and_stops_at_the_press_of_a_button(bench):
    training = panel(bench.page, "Training")
    training.get_by_role("button", name="Start").click()
    expect(training.locator(".state")).to_have_text("running")
    expect(training.locator("svg.sketch path.line").first).to_have_attribute("d", re.compile("^M"))
    training.get_by_role("button", name="Stop").click()
    expect(training.locator(".state")).to_have_text("stopped")


def test_a_slider_turned_by_keys_draws_again(bench):
    augmentation = panel(bench.page, "Augmentation")
    picture = augmentation.locator("figure img").nth(1)
    before = picture.get_attribute("src")
    augmentation.locator(".noUi-handle").nth(1).focus()
    bench.page.keyboard.press("ArrowRight")
    expect(picture).not_to_have_attribute("src", before or "")


def test_a_draw_is_chosen_from_a_list_where_there_is_no_gallery(bench):
    augmentation = panel(bench.page, "Augmentation")
    picture = augmentation.locator("figure img").nth(1)
    before = picture.get_attribute("src")
    augmentation.locator(".leyden-instead select").first.select_option(index=2)
    expect(augmentation).to_contain_text("draw 2:")
    expect(picture).not_to_have_attribute("src", before or "")
