"""The volume panel in a real JupyterLab: pointed at, turned, typed at, made narrow. One run serves all claims."""

import re

import pytest
from playwright.sync_api import expect

from browser import sound
from browser.jupyter import dress, panel, place, run_all, visit


@pytest.fixture(scope="module")
def bench(lab, desk):
    """The page after Run All, and what the browser complained about so far."""
    place(desk, "volume", **sound.SMALL["volume"])
    with visit(lab, "volume.ipynb") as found:
        run_all(found.page)
        sound.keep(found.page, "volume-light")
        yield found
        dress(found.page, "JupyterLab Dark")
        sound.keep(found.page, "volume-dark")


def compared(page):
    """The panel that compares, in view, its axial plane and its read-out."""
    found = panel(page, "Volumes", 1)
    return found, found.locator(".leyden-stage .frame").first, found.locator("table.facts")


def voxel(table):
    """z, y and x under the cross hair, as the panel writes them."""
    return [int(number) for number in re.findall(r"[zyx] (\d+)", table.inner_text())]


def test_the_notebook_runs_and_every_plane_is_drawn_in_the_browser(bench):
    assert sound.complaints(bench) == []
    shown, axial, _ = compared(bench.page)
    expect(shown.locator(".leyden-stage img")).to_have_count(3)
    expect(shown.locator(".instead img")).to_have_count(0)
    expect(axial).to_have_attribute("aria-valuetext", re.compile(r"^axial slice \d+ of 0 to 47, flair"))
    expect(axial.locator(".at-left")).to_have_text("R")
    assert bench.complaints == []


def test_a_click_moves_the_cross_hair_and_the_wheel_the_slice(bench):
    page = bench.page
    shown, axial, table = compared(page)
    others = [one.get_attribute("src") for one in shown.locator(".leyden-stage img").all()]
    box = axial.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.25 * box["height"])
    expect(shown.locator(".leyden-stage img").nth(1)).not_to_have_attribute("src", others[1])
    expect(shown.locator(".leyden-stage img").nth(2)).not_to_have_attribute("src", others[2])
    z, y, x = voxel(table)
    page.mouse.wheel(0, -120)
    expect(table).to_contain_text(f"z {z + 1}, y {y}, x {x}")
    assert bench.complaints == []


def test_keys_walk_and_the_sliders_follow(bench):
    page = bench.page
    shown, axial, table = compared(page)
    axial.focus()
    z, y, x = voxel(table)
    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(table).to_contain_text(re.compile(rf"z {z - 1}, y ({y - 1}|{y + 1}), x {x}"))
    expect(axial).to_have_attribute("aria-valuenow", str(z - 1))
    expect(shown.locator(".widget-slider .widget-readout").first).to_have_text(str(z - 1))
    assert bench.complaints == []


def test_a_drag_with_the_right_button_changes_the_window_and_opens_no_menu(bench):
    page = bench.page
    _, axial, table = compared(page)
    place, before = voxel(table), axial.get_attribute("aria-valuetext")
    box = axial.bounding_box()
    page.mouse.move(box["x"] + 80, box["y"] + 80)
    page.mouse.down(button="right")
    page.mouse.move(box["x"] + 140, box["y"] + 70, steps=4)
    page.mouse.up(button="right")
    expect(axial).not_to_have_attribute("aria-valuetext", before)
    assert page.locator(".lm-Menu:visible").count() == 0
    assert voxel(table) == place
    assert bench.complaints == []


def test_the_panels_are_fit_for_keys_both_themes_and_a_narrow_window(bench):
    assert sound.unfit(bench.page) == []
    assert sound.complaints(bench) == []
