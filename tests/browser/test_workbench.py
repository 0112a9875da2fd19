"""The workbench in a real JupyterLab: it runs, its buttons work, it fits a narrow window. One run serves all claims."""

import re

import pytest
from playwright.sync_api import expect, sync_playwright

RUN = "async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells'); }"
READY = """async () => {
    await window.jupyterapp.restored;
    await window.jupyterapp.shell.currentWidget.sessionContext.ready;
}"""
WIDE = "() => [...document.querySelectorAll('.leyden')].map(panel => panel.scrollWidth - panel.clientWidth)"
ERRORS = "[data-mime-type='application/vnd.jupyter.error'], [data-mime-type='application/vnd.jupyter.stderr']"


@pytest.fixture(scope="module")
def bench(lab, chromium):
    """The page after Run All, and what the browser complained about so far."""
    complaints = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(lab)
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        page.evaluate(READY)
        page.set_default_timeout(120_000)
        page.evaluate(RUN)
        page.set_default_timeout(20_000)
        yield page, complaints
        browser.close()


def panel(page, title):
    """The first panel of that title, in view."""
    found = page.locator(".leyden", has=page.locator("h4", has_text=title)).first
    found.scroll_into_view_if_needed()
    return found


def test_the_workbench_runs_without_errors_and_shows_its_panels(bench, tmp_path):
    page, complaints = bench
    assert page.locator(ERRORS).count() == 0, page.locator(ERRORS).first.inner_text()
    for title in ("Data", "Augmentation", "Training", "Callbacks", "Pruning", "ONNX"):
        expect(panel(page, title)).to_be_visible()
    assert page.locator(".jupyter-widgets-error-widget").count() == 0
    assert complaints == []
    panel(page, "Training").screenshot(path=tmp_path / "training.png")
    assert (tmp_path / "training.png").stat().st_size > 10_000


def test_a_run_starts_and_stops_at_the_press_of_a_button(bench):
    page, complaints = bench
    training = panel(page, "Training")
    expect(training.locator(".state")).to_have_text("finished")
    training.get_by_role("button", name="Start again").click()
    training.get_by_role("button", name="Stop").click()
    expect(training.locator(".state")).to_have_text("stopped", timeout=20_000)
    assert complaints == []


def test_a_slider_turned_by_keys_draws_again(bench):
    page, complaints = bench
    augmentation = panel(page, "Augmentation")
    picture = augmentation.locator("figure img").nth(1)
    before = picture.get_attribute("src")
    augmentation.locator(".noUi-handle").nth(1).focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(picture).not_to_have_attribute("src", before)
    assert complaints == []


def test_a_thumbnail_clicked_on_is_shown_in_full_and_arrow_keys_walk_on(bench):
    page, complaints = bench
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
    assert complaints == []


def test_what_a_look_found_is_one_button_away(bench):
    page, complaints = bench
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
    assert complaints == []


def test_the_callbacks_of_the_run_are_drawn_and_their_timeline_shows_its_calls(bench):
    page, complaints = bench
    callbacks = panel(page, "Callbacks")
    expect(callbacks.locator("svg").first).to_contain_text("History")
    callbacks.get_by_role("button", name="Timeline", exact=True).click()
    expect(callbacks).to_contain_text("on_train_batch_end")
    assert complaints == []


def test_a_share_turned_by_keys_prunes_again_and_layers_are_walked_through(bench):
    page, complaints = bench
    pruning = panel(page, "Pruning")
    rows = pruning.locator(".leyden-rows .row")
    told = rows.first.locator(".told")
    before = told.inner_text()
    pruning.locator(".noUi-handle").first.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(told).not_to_have_text(before)
    expect(pruning.locator("textarea")).to_have_value(re.compile(r"sparse = prune\(model, Magnitude\(0\.65\)"))
    rows.first.click()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_have_attribute("aria-selected", "true")
    expect(pruning.get_by_role("button", name="Measured")).to_be_visible()
    assert complaints == []


def test_no_panel_is_wider_than_a_narrow_window(bench):
    page, complaints = bench
    page.evaluate("async () => { await window.jupyterapp.commands.execute('application:toggle-left-area'); }")
    page.set_viewport_size({"width": 400, "height": 1000})
    for title in ("Data", "Augmentation", "Training", "Callbacks", "Pruning", "ONNX"):
        expect(panel(page, title)).to_be_visible()
    assert panel(page, "Training").bounding_box()["width"] < 320
    assert max(page.evaluate(WIDE)) <= 1
    assert complaints == []
