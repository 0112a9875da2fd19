"""The workbench in a real JupyterLab: it runs, its buttons work, it fits a narrow window. One run serves all claims."""

import re

import pytest
from playwright.sync_api import expect

from browser import sound
from browser.jupyter import cell, dress, execute, panel, place, run_all, visit


@pytest.fixture(scope="module")
def bench(lab, desk):
    """The page after Run All, and what the browser complained about so far."""
    place(desk, "workbench", **sound.SMALL["workbench"])
    with visit(lab, "workbench.ipynb") as found:
        run_all(found.page)
        sound.keep(found.page, "workbench-light")
        yield found
        dress(found.page, "JupyterLab Dark")
        sound.keep(found.page, "workbench-dark")


def test_the_workbench_runs_without_errors_and_shows_its_panels(bench):
    for title in ("Data", "Augmentation", "Training", "Callbacks", "Pruning", "ONNX", "Workbench"):
        expect(panel(bench.page, title)).to_be_visible()
    assert sound.complaints(bench) == []


def test_a_run_starts_and_stops_at_the_press_of_a_button(bench):
    page = bench.page
    training = panel(page, "Training")
    expect(training.locator(".state")).to_have_text("finished")
    training.get_by_role("button", name="Start again").click()
    training.get_by_role("button", name="Stop").click()
    expect(training.locator(".state")).to_have_text("stopped", timeout=20_000)
    assert bench.complaints == []


def test_a_slider_turned_by_keys_draws_again(bench):
    page = bench.page
    augmentation = panel(page, "Augmentation")
    picture = augmentation.locator("figure img").nth(1)
    before = picture.get_attribute("src")
    augmentation.locator(".noUi-handle").nth(1).focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(picture).not_to_have_attribute("src", before)
    assert bench.complaints == []


def test_a_thumbnail_clicked_on_is_shown_in_full_and_arrow_keys_walk_on(bench):
    page = bench.page
    data = panel(page, "Data")
    thumbnails = data.locator(".leyden-gallery button")
    expect(thumbnails).to_have_count(24)
    shown = data.locator(".element img")
    before = shown.get_attribute("src")
    thumbnails.nth(1).click()
    expect(thumbnails.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(shown).not_to_have_attribute("src", before)
    page.keyboard.press("ArrowRight")
    expect(thumbnails.nth(2)).to_have_attribute("aria-pressed", "true")
    expect(data.locator("input[type=number]").first).to_have_value(thumbnails.nth(2).get_attribute("data-index"))
    assert bench.complaints == []


def test_what_a_look_found_is_one_button_away(bench):
    page = bench.page
    data = panel(page, "Data")
    expect(data.locator(".state")).to_have_text("finished")
    data.get_by_role("button", name="Statistics", exact=True).click()
    expect(data.locator("table.wide")).to_contain_text("image")
    expect(data.locator(".layers")).to_contain_text("astronaut")
    data.get_by_role("button", name="Browse", exact=True).click()
    batches = page.locator(".leyden", has=page.locator("h4", has_text="Data")).nth(1)
    expect(batches.locator("img.picture")).to_have_attribute(
        "alt", re.compile(r"for one element at the end.*batch\(32\)")
    )
    assert bench.complaints == []


def test_the_callbacks_of_the_run_are_drawn_and_their_timeline_shows_its_calls(bench):
    page = bench.page
    callbacks = panel(page, "Callbacks")
    expect(callbacks.locator("svg").first).to_contain_text("History")
    callbacks.get_by_role("button", name="Timeline", exact=True).click()
    expect(callbacks).to_contain_text("on_train_batch_end")
    assert bench.complaints == []


def test_a_share_turned_by_keys_prunes_again_and_layers_are_walked_through(bench):
    page = bench.page
    pruning = panel(page, "Pruning")
    rows = pruning.locator(".leyden-rows .row")
    told = rows.first.locator(".told")
    before = told.inner_text()
    pruning.locator(".noUi-handle").first.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(told).not_to_have_text(before)
    expect(pruning.locator("textarea[readonly]")).to_have_value(
        re.compile(r"sparse = prune\(model, Magnitude\(0\.65\)")
    )
    rows.first.click()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_have_attribute("aria-selected", "true")
    expect(pruning.get_by_role("button", name="Measured")).to_be_visible()
    assert bench.complaints == []


def test_tabs_turn_by_keys_and_the_workbench_says_what_is_out_of_date(bench):
    workbench = panel(bench.page, "Workbench")
    expect(workbench).to_contain_text("workbench.onnx holds an earlier network")
    tabs = workbench.locator(".lm-TabBar-tab")
    expect(tabs).to_have_count(6)
    tabs.nth(4).click()
    expect(workbench.locator("h4", has_text="Pruning")).to_be_visible()
    assert execute(bench.page, "bench.section") == "'prune'"
    assert cell(bench.page, "bench.turn_to('data')") == ""
    expect(workbench.locator("h4", has_text="Data")).to_be_visible()
    assert bench.complaints == []


def test_the_panels_are_fit_for_keys_both_themes_and_a_narrow_window(bench):
    assert sound.unfit(bench.page) == []
    assert sound.complaints(bench) == []
