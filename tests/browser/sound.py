"""What holds of every panel in every notebook, whatever it shows; measured in the page."""

from pathlib import Path

from playwright.sync_api import Page

from browser.jupyter import Visit, dress, faults

__all__ = ["SMALL", "complaints", "faint", "keep", "too_wide", "unfit", "unreached", "wordless"]

SMALL: dict[str, dict[str, object]] = {
    "augment": {"searched": 20},
    "data": {"count": 4},
    "prune": {"epochs": 1},
    "train": {"train": 4, "held_out": 2, "epochs": 3},
    "volume": {"size": 48, "cases": 2},
    "workbench": {"train": 3, "held_out": 2, "epochs": 4, "size": 32, "pretrained": False, "folder": "out"},
}
"""Parameters with which a notebook runs in seconds; a notebook that is not named here runs with its own."""

PICTURES = Path(__file__).parents[2] / "out" / "browser"
WIDE = """() => [...document.querySelectorAll('.leyden')].filter(one => one.scrollWidth > one.clientWidth + 1).map(
  one => `${one.querySelector('h4')?.textContent}: ${one.scrollWidth} in ${one.clientWidth}`)"""
WORDLESS = """() => [...document.querySelectorAll('.leyden img')].filter(
  one => !one.alt.trim() && !one.closest('[aria-label]')).map(
  one => `${one.closest('.leyden').querySelector('h4')?.textContent}: ${one.outerHTML.slice(0, 80)}`)"""
FAINT = """() => {
  const numbers = text => (text.match(/[\\d.]+/g) || []).map(Number).map(
    (number, place) => text.startsWith('color(') && place < 3 ? 255 * number : number);
  const blend = (over, under) => {
    const share = over[3] === undefined ? 1 : over[3];
    return [0, 1, 2].map(k => over[k] * share + under[k] * (1 - share));
  };
  const ground = element => {
    if (!element) return [255, 255, 255];
    const colour = numbers(getComputedStyle(element).backgroundColor);
    return colour.length === 3 || colour[3] === 1 ? colour : blend(colour, ground(element.parentElement));
  };
  const sheet = element => {
    const box = element.parentElement.querySelector(':scope > rect');
    const fill = box && getComputedStyle(box).fill;
    const page = ground(element.closest('svg'));
    return fill && fill !== 'none' ? blend(numbers(fill), page) : page;
  };
  const light = colour => {
    const parts = colour.map(c => c / 255).map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const found = new Set();
  for (const panel of document.querySelectorAll('.leyden')) {
    const walker = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement, words = node.textContent.trim();
      if (!words || element.closest('style, title, option, [aria-hidden=true], [disabled]')) continue;
      if (!element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
      const style = getComputedStyle(element), drawing = element.closest('svg');
      const colour = drawing ? style.fill : style.color, under = drawing ? sheet(element) : ground(element);
      const [one, other] = [light(blend(numbers(colour), under)), light(under)];
      const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
      if (ratio < (large ? 3 : 4.5))
        found.add(`${words.slice(0, 40)}: ${ratio.toFixed(1)}, ${colour} on ${under.map(Math.round)}`);
    }
  }
  return [...found];
}"""
UNREACHED = """() => {
  const asked = 'button, input, select, textarea, a[href], [role=slider], [role=option], [role=tab], [role=button]';
  const found = new Set();
  for (const one of document.querySelectorAll('.leyden')) {
    for (const element of one.querySelectorAll(asked)) {
      if (element.disabled || !element.checkVisibility() || element.closest('[aria-hidden=true]')) continue;
      const host = element.closest('[role=listbox], [role=tablist], [role=grid]') || element.parentElement;
      const roving = [host, ...host.querySelectorAll('[tabindex]')].some(other => other.tabIndex >= 0);
      if (element.tabIndex < 0 && !roving) found.add(element.outerHTML.slice(0, 120));
    }
  }
  return [...found];
}"""


def complaints(found: Visit) -> list[str]:
    """What went wrong so far: cells that raised or warned, widgets that are not there, errors, strangers asked."""
    missing = [] if found.page.locator(".leyden").count() else ["no panel is shown"]
    return [*faults(found.page), *found.complaints, *missing]


def keep(page: Page, name: str) -> None:
    """Keep a picture of the window in out/browser, for whoever wants to see what a test saw."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")


def wordless(page: Page) -> list[str]:
    """Pictures without words for those who do not see them."""
    return page.evaluate(WORDLESS)


def unreached(page: Page) -> list[str]:
    """What can be clicked and not be reached by keys."""
    return page.evaluate(UNREACHED)


def faint(page: Page) -> list[str]:
    """Text that hardly stands out, in either theme: less than 4.5 to 1, and 3 to 1 where it is large (WCAG 2.2)."""
    found = []
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        dress(page, theme)
        found += [f"{theme}: {words}" for words in page.evaluate(FAINT)]
    return found


def too_wide(page: Page) -> list[str]:
    """Panels that are wider than a window of 400 pixels lets them be, which is less than 320."""
    page.evaluate("async () => { await window.jupyterapp.commands.execute('application:toggle-left-area'); }")
    page.set_viewport_size({"width": 400, "height": 1000})
    page.wait_for_function("() => document.querySelector('.leyden').getBoundingClientRect().width < 320")
    return page.evaluate(WIDE)


def unfit(page: Page) -> list[str]:
    """All of these faults; the window stays narrow."""
    return [*wordless(page), *unreached(page), *faint(page), *too_wide(page)]
