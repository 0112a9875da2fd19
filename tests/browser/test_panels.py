"""Panels with long names under a hand: buttons, keys, a narrow window, an end, a restart. One visit serves all."""

import re

import pytest
from playwright.sync_api import expect

from browser import sound
from browser.bare import CELLS, LEFT, LONG, PICTURE
from browser.jupyter import cell, execute, faults, open_notebook, panel, run_all, visit, write

TITLES = ("Training", "Augmentation", "Data", "Pruning", "Callbacks")
RESTART = """async () => {
  await window.jupyterapp.shell.currentWidget.sessionContext.restartKernel();
  await window.jupyterapp.commands.execute('docmanager:save');
}"""
WALK = """() => {
  const asked = 'button, input, select, textarea, a[href], [tabindex="0"]';
  const look = element => [element, ...element.querySelectorAll('*'), element.parentElement].map(one => {
    const style = getComputedStyle(one);
    return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow, style.borderColor].join();
  }).join('|');
  const name = element => `${element.closest('.leyden').querySelector('h4').textContent}: ${
    element.tagName} ${element.className} ${element.title || element.textContent.slice(0, 20)}`;
  document.activeElement.blur();
  window.plain = new Map();
  for (const element of document.querySelectorAll('.leyden *'))
    if (element.matches(asked) && element.tabIndex >= 0 && !element.disabled && element.checkVisibility())
      window.plain.set(element, look(element));
  window.unseen = () => [...window.plain.keys()].map(name);
  window.ringless = [];
  window.step = () => {
    const here = document.activeElement;
    if (window.plain.has(here) && window.plain.get(here) === look(here)) window.ringless.push(name(here));
    window.plain.delete(here);
    return window.plain.size;
  };
  const first = window.plain.keys().next().value;
  first.focus();
  return window.plain.size;
}"""
CUT = """() => [...document.querySelectorAll('.leyden *')].filter(one => {
  const box = one.getBoundingClientRect(), host = one.closest('.leyden').getBoundingClientRect();
  if (!box.width || box.right <= host.right + 1 || !one.checkVisibility()) return false;
  for (let over = one.parentElement; over && !over.matches('.leyden'); over = over.parentElement)
    if (getComputedStyle(over).overflowX !== 'visible') return false;
  return true;
}).map(one => one.outerHTML.slice(0, 100))"""


@pytest.fixture(scope="module")
def bench(lab, desk):
    """The panels after Run All, in the dark."""
    write(desk, "panels", CELLS)
    with visit(lab, "panels.ipynb", dark=True) as found:
        run_all(found.page)
        yield found


def test_panels_with_long_names_are_shown(bench):
    for title in TITLES:
        expect(panel(bench.page, title)).to_be_visible()
    expect(panel(bench.page, "Training")).to_contain_text(LONG)
    assert sound.complaints(bench) == []


def test_a_run_is_started_held_let_go_and_stopped_while_other_cells_answer(bench):
    training = panel(bench.page, "Training")
    state = training.locator(".state")
    training.get_by_role("button", name="Start").click()
    expect(state).to_have_text("running")
    expect(training.locator(".leyden-drawn path.line").first).to_have_attribute("d", re.compile("^M"))
    assert cell(bench.page, "1 + 1") == "2"
    assert execute(bench.page, "train.status") == "'running'"
    training.get_by_role("button", name="Pause").click()
    expect(state).to_have_text("paused")
    held = execute(bench.page, "train.settle(), len(train.history.steps)")
    assert cell(bench.page, "1 + 2") == "3"
    assert execute(bench.page, "train.settle(), len(train.history.steps)") == held
    training.get_by_role("button", name="Resume").click()
    expect(state).to_have_text("running")
    training.get_by_role("button", name="Stop").click()
    expect(state).to_have_text("stopped")
    assert bench.complaints == []


def test_twenty_quick_moves_of_a_slider_end_in_the_picture_of_its_value(bench):
    augmentation = panel(bench.page, "Augmentation")
    picture = augmentation.locator("figure img").nth(1)
    before = picture.get_attribute("src")
    augmentation.locator(".noUi-handle").nth(1).focus()
    for _ in range(20):
        bench.page.keyboard.press("ArrowRight")
    direct = execute(bench.page, PICTURE).strip()
    assert direct.startswith("data:image/")
    assert direct != before
    expect(picture).to_have_attribute("src", direct)
    assert bench.complaints == []


def test_tab_reaches_every_control_and_shows_where_it_is(bench):
    left = bench.page.evaluate(WALK)
    assert left > 20
    for _ in range(2 * left):
        if not bench.page.evaluate("window.step()"):
            break
        bench.page.keyboard.press("Tab")
    assert bench.page.evaluate("window.unseen()") == []
    assert bench.page.evaluate("window.ringless") == []


def test_nothing_is_cut_off_in_a_narrow_window(bench):
    assert sound.too_wide(bench.page) == []
    assert bench.page.evaluate(CUT) == []
    assert sound.faint(bench.page) == []


def test_opened_again_with_another_kernel_stills_are_shown_until_it_runs_as_before(bench, lab):
    bench.page.evaluate(RESTART)
    assert faults(bench.page) == []
    open_notebook(bench.page, lab.address("panels.ipynb"))
    stills = bench.page.locator(".leyden-picture")
    expect(stills).to_have_count(len(TITLES))
    for still in stills.all():
        still.scroll_into_view_if_needed()
        expect(still).to_be_visible()
        expect(still.locator("xpath=..")).to_contain_text("Run the cell to use it again.")
    assert faults(bench.page) == []
    assert [words for words in bench.complaints if "widget model not found" not in words] == []  # of ipywidgets itself
    bench.page.set_viewport_size({"width": 1280, "height": 1000})
    sound.keep(bench.page, "panels-again")
    bench.complaints.clear()
    run_all(bench.page)
    for title in TITLES:
        expect(panel(bench.page, title)).to_be_visible()
    expect(stills).to_have_count(0)
    assert sound.complaints(bench) == []


def test_closed_panels_leave_no_thread_no_widget_and_no_comm(bench):
    assert execute(bench.page, LEFT).startswith("True")
    expect(bench.page.locator(".leyden")).to_have_count(0)
    assert sound.faults(bench.page) == []
    assert bench.complaints == []
