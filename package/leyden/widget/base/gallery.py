"""Thumbnails to click on: buttons with a picture, walked through by the arrow keys; a list to choose from elsewhere."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any, final

import ipywidgets as widgets
import traitlets

from leyden.widget.base.live import Element, Twin, module
from leyden.widget.base.view import View, html, labelled, put

__all__ = ["Gallery", "Thumbnails", "still"]

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
.leyden-gallery span { width: 100%; overflow: hidden; overflow-wrap: anywhere; line-height: 1.25;
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; }
"""


@final
class Gallery(Element):
    """Thumbnails as buttons.

    Attributes:
        items: what each thumbnail shows: its `index`, `source` (a picture as an address, or None) or else `words`, its
            `caption`, its `title` on hovering, and whether it is `broken`.
        value: index of the element that is chosen.
    """

    _esm = module(_SCRIPT)
    _css = _STYLE
    items = traitlets.List().tag(sync=True)
    value = traitlets.Int(0).tag(sync=True)

    def __repr__(self) -> str:
        return f"Gallery({len(self.items)} thumbnails, {self.value} chosen)"


@final
class Thumbnails:
    """Thumbnails to choose from: clicked on where a browser draws them, else pictures and a list below them.

    Args:
        value: index of the element that is chosen.
        label: what one of them is: "element", "draw".

    Attributes:
        widget: what to put into a view.
        pictures: the thumbnails as HTML; not kept up to date while the gallery is seen.
        pick: the list.

    Examples:
        >>> thumbs = Thumbnails(4, label="element")
        >>> thumbs.show([{"index": 4, "source": None, "words": "a", "caption": "4 cat", "title": "", "broken": False}])
        >>> thumbs.pick.options
        (('-', None), ('4 cat', 4))
    """

    def __init__(self, value: int, *, label: str) -> None:
        self.pictures, self.pick = html(), widgets.Dropdown(options=[("-", None)])
        plain = [self.pictures, labelled(label, self.pick, tip=f"Choose one {label} of those shown")]
        self.widget = Twin(lambda: Gallery(value=value), plain)
        self._filling = False

    @property
    def live(self) -> Gallery | None:
        """The gallery in the browser; None without anywidget."""
        return self.widget.live

    def show(self, items: Sequence[dict[str, Any]]) -> None:
        """Shows thumbnails, each as `Gallery.items` takes it."""
        if self.live is not None:
            self.live.items = list(items)
        if not self.widget.drawn:
            put(self.pictures, still(items))
        options = [("-", None), *((item["caption"], item["index"]) for item in items)]
        if list(self.pick.options) != options:
            chosen, self._filling = self.pick.value, True  # the list goes to its first line by itself: nobody chose it
            try:
                self.pick.options = options
                self.pick.value = chosen if chosen in [index for _, index in options] else None
            finally:
                self._filling = False

    def link(self, view: View, *, read: Callable[[], int], act: Callable[[int], Any]) -> None:
        """Keeps what is chosen and a piece of the panel's state alike, as `View.link` does.

        Args:
            view: the view that they are part of.
            read: gives the index that is chosen; one that is not shown is chosen nowhere.
            act: sets it.
        """

        def listed() -> int | None:
            chosen = read()
            return chosen if any(index == chosen for _, index in self.pick.options) else None

        def pick(index: int | None) -> None:
            if index is not None and not self._filling:
                act(index)

        if self.live is not None:
            view.link(self.live, read=read, act=act)
        view.link(self.pick, read=listed, act=pick)


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
