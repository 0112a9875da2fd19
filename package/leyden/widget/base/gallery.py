"""Thumbnails to click on: buttons with a picture, walked through by the arrow keys."""

from collections.abc import Sequence
from html import escape
from typing import Any, final

import ipywidgets as widgets
import traitlets

try:
    from anywidget import AnyWidget
except ImportError:
    AnyWidget = None

__all__ = ["Gallery", "still"]

_Widget: Any = AnyWidget or widgets.DOMWidget

_SCRIPT = """
function render({ model, el }) {
  el.classList.add("leyden-gallery");
  const grid = document.createElement("div");
  grid.className = "grid";
  el.append(grid);
  const choose = (index) => { model.set("value", index); model.save_changes(); };
  const mark = () => {
    for (const button of grid.children) {
      const here = Number(button.dataset.index) === model.get("value");
      button.setAttribute("aria-pressed", here);
      button.tabIndex = here ? 0 : -1;
    }
    if (![...grid.children].some((button) => button.tabIndex === 0) && grid.firstChild) grid.firstChild.tabIndex = 0;
  };
  const make = () => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(document.createElement("div"), document.createElement("span"));
    button.addEventListener("click", () => choose(Number(button.dataset.index)));
    return button;
  };
  const write = (button, item) => {
    button.dataset.index = item.index;
    button.className = item.broken ? "broken" : "";
    button.title = item.title;
    button.setAttribute("aria-label", item.title);
    let shown = button.firstChild;
    if ((shown.tagName === "IMG") !== Boolean(item.source)) {
      shown.replaceWith(document.createElement(item.source ? "img" : "div"));
      shown = button.firstChild;
    }
    if (!item.source) shown.replaceChildren(Object.assign(document.createElement("p"), { textContent: item.words }));
    else if (shown.src !== item.source) Object.assign(shown, { decoding: "sync", alt: "", src: item.source });
    button.lastChild.textContent = item.caption;
  };
  const fill = () => {  // buttons stay where they are: nothing flickers, and none that has the focus loses it
    const items = model.get("items");
    while (grid.children.length > items.length) grid.lastChild.remove();
    while (grid.children.length < items.length) grid.append(make());
    items.forEach((item, at) => write(grid.children[at], item));
    mark();
  };
  grid.addEventListener("keydown", (event) => {
    const buttons = [...grid.children], at = buttons.indexOf(document.activeElement);
    const top = buttons[0]?.offsetTop, columns = Math.max(1, buttons.filter((one) => one.offsetTop === top).length);
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (by === undefined || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const next = buttons[at + by];
    if (next) { next.focus(); choose(Number(next.dataset.index)); }
  });
  model.on("change:items", fill);
  model.on("change:value", mark);
  fill();
  return () => { model.off("change:items", fill); model.off("change:value", mark); };
}

export default { render };
"""

_STYLE = """
.leyden-gallery { width: 100%; min-width: 0; }
.leyden-gallery .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(84px, 1fr)); gap: 6px; }
.leyden-gallery button { display: flex; flex-direction: column; gap: 2px; padding: 3px; margin: 0; min-width: 0;
  border: 2px solid transparent; border-radius: 4px; background: none; color: var(--jp-ui-font-color1, CanvasText);
  font: 12px var(--jp-ui-font-family, sans-serif); text-align: left; cursor: pointer; }
.leyden-gallery button:hover { background: var(--jp-layout-color2, #8882); }
.leyden-gallery button[aria-pressed="true"] { border-color: #0072B2; background: var(--jp-layout-color2, #8882); }
.leyden-gallery button:focus-visible { outline: 2px solid var(--jp-brand-color1, Highlight); outline-offset: 1px; }
.leyden-gallery img, .leyden-gallery button div { width: 100%; aspect-ratio: 1; object-fit: contain; display: block;
  border-radius: 2px; background: var(--jp-layout-color2, #8881); box-sizing: border-box; }
.leyden-gallery button div { padding: 4px; overflow: hidden; }
.leyden-gallery p { margin: 0; line-height: 1.25; overflow: hidden; overflow-wrap: anywhere;
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 5; }
.leyden-gallery button.broken div { border-left: 3px solid var(--jp-error-color1, #c62828); }
.leyden-gallery span { display: block; width: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
"""


@final
class Gallery(_Widget):
    """Thumbnails as buttons; only where `leyden.widget.base.LIVE`, that is with anywidget.

    Attributes:
        items: what each thumbnail shows: its `index`, `source` (a picture as an address, or None) or else `words`, its
            `caption`, its `title` on hovering, and whether it is `broken`.
        value: index of the element that is chosen.
    """

    _esm = _SCRIPT
    _css = _STYLE
    items = traitlets.List().tag(sync=True)
    value = traitlets.Int(0).tag(sync=True)

    def __repr__(self) -> str:
        return f"Gallery({len(self.items)} thumbnails, {self.value} chosen)"


def still(items: Sequence[dict[str, Any]], captions: Sequence[str] = ()) -> str:
    """Thumbnails as HTML that cannot be clicked on."""
    names = list(captions) or [item["caption"] for item in items]
    cells = []
    for item, name in zip(items, names, strict=True):
        title = escape(item["title"])
        shown = (
            f'<img alt="{title}" src="{item["source"]}">' if item["source"] else f"<pre>{escape(item['words'])}</pre>"
        )
        cells.append(f"<figure>{shown}<figcaption>{escape(name)}</figcaption></figure>")
    return f'<div class="samples">{"".join(cells)}</div>'
