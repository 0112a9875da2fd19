"""All layers of a network below each other: small histograms to click on, walked through by the arrow keys."""

from collections.abc import Sequence
from html import escape
from typing import Any, final

import traitlets

from leyden.widget.base.live import Element, module
from leyden.widget.prune.drawing.histogram import Histogram, outline

__all__ = ["ROW_HEAD", "LayerList", "layer_items", "layer_rows"]

ROW_HEAD = (
    '<div class="row heads" aria-hidden="true"><span class="name">layer</span><span>weights</span>'
    '<span class="bar"></span><span class="told">pruned</span><span class="left">left</span></div>'
)
"""The headings over the rows."""

_WIDTH, _HEIGHT = 96, 20

_SCRIPT = """
function render({ model, el }) {
  el.classList.add("leyden-rows");
  const list = document.createElement("div");
  list.className = "list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Layers");
  el.append(list);
  const choose = (name) => { model.set("value", name); model.save_changes(); };
  const mark = (show) => {
    for (const row of list.children) {
      const here = row.dataset.name === model.get("value");
      row.setAttribute("aria-selected", here);
      row.tabIndex = here ? 0 : -1;
      if (here && show) {  // within the list only: the page stays where it is
        const low = row.offsetTop + row.offsetHeight - list.clientHeight;
        list.scrollTop = Math.min(row.offsetTop, Math.max(list.scrollTop, low));
      }
    }
  };
  const make = () => {
    const row = document.createElement("div");
    row.setAttribute("role", "option");
    row.addEventListener("click", () => { row.focus({ preventScroll: true }); choose(row.dataset.name); });
    return row;
  };
  const fill = () => {  // rows stay where they are: none that has the focus loses it
    const items = model.get("items");
    while (list.children.length > items.length) list.lastChild.remove();
    while (list.children.length < items.length) list.append(make());
    items.forEach((item, at) => {
      const row = list.children[at];
      row.dataset.name = item.name;
      row.className = item.kind;
      row.setAttribute("aria-label", item.words);
      row.title = item.words;
      if (row.shown !== item.html) { row.innerHTML = item.html; row.shown = item.html; }
    });
    mark(false);
  };
  list.addEventListener("keydown", (event) => {
    const rows = [...list.children], at = rows.indexOf(document.activeElement);
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const next = rows[to];
    if (next) { choose(next.dataset.name); next.focus({ preventScroll: true }); }
  });
  const shown = () => mark(true);
  model.on("change:items", fill);
  model.on("change:value", shown);
  fill();
  return () => { model.off("change:items", fill); model.off("change:value", shown); };
}"""

_STYLE = """
.leyden-rows { width: 100%; min-width: 0; }
.leyden-rows .list { position: relative; overflow: auto; max-height: 312px; }
.leyden-rows .list > div { cursor: pointer; }
.leyden-rows .list > div:hover { background: var(--jp-layout-color2, #8882); }
.leyden-rows .list > div:focus-visible { outline: 2px solid var(--jp-brand-color1, Highlight); outline-offset: -2px; }
"""


@final
class LayerList(Element):
    """Rows to click on, and to walk through by the arrow keys, Home and End.

    Attributes:
        items: what `layer_items` gives.
        value: name of the layer that is chosen.
    """

    _esm = module(_SCRIPT)
    _css = _STYLE
    items = traitlets.List().tag(sync=True)
    value = traitlets.Unicode("").tag(sync=True)

    def __repr__(self) -> str:
        return f"LayerList({len(self.items)} layers, {self.value!r} chosen)"


def layer_items(found: Sequence[Histogram]) -> list[dict[str, Any]]:
    """Every layer as a row: its name, its histogram, the share that is pruned.

    Args:
        found: the layers.

    Examples:
        >>> [item] = layer_items([Histogram("a.weight", (2, 2), 1.0, (1, 0, 1), (0, 2, 0), 0, False)])
        >>> item["words"], "50.0%" in item["html"]
        ('a.weight (2 x 2): 2 of 4 weights pruned (50.0%)', True)
    """
    return [
        {"name": one.name, "kind": "row spared" if one.spared else "row", "words": one.words(), "html": _row(one)}
        for one in found
    ]


def layer_rows(found: Sequence[Histogram], chosen: str) -> str:
    """The same as HTML that cannot be clicked on.

    Args:
        found: the layers.
        chosen: name of the one that is marked.
    """
    rows = "".join(
        f'<div class="{item["kind"]}" aria-selected="{str(item["name"] == chosen).lower()}">{item["html"]}</div>'
        for item in layer_items(found)
    )
    return f'<div class="scroll" tabindex="0" role="group" aria-label="Layers">{rows}</div>'


def _row(one: Histogram) -> str:
    every = [kept + pruned for kept, pruned in zip(one.kept, one.pruned, strict=True)]
    top = max(every, default=0)
    drawn = "".join(
        f'<path class="{name}" d="{outline(counts, width=_WIDTH, height=_HEIGHT, top=top)}"/>'
        for name, counts in (("pruned", every), ("kept", one.kept))
    )
    name = escape(one.name.removesuffix(".weight")).replace(".", ".<wbr>")
    told = "left out" if one.spared else f"{one.share:.1%}"
    size = f"{one.total - one.zeros:,}"
    return (
        f'<span class="name">{name}</span>'
        f'<svg class="weights" aria-hidden="true" viewBox="0 0 {_WIDTH} {_HEIGHT}">{drawn}</svg>'
        f'<span class="bar"><i style="width:{one.share:.1%}"></i></span>'
        f'<span class="told">{told}</span><span class="left">{size}</span>'
    )
