"""What a browser draws itself, and its equal of plain ipywidgets for front ends that cannot."""

from collections.abc import Callable, Sequence
from typing import Any, final

import ipywidgets as widgets
import traitlets

try:
    from anywidget import AnyWidget
except ImportError:
    AnyWidget = None

__all__ = ["LIVE", "TWIN_STYLE", "Element", "Names", "Twin", "module"]

LIVE = AnyWidget is not None
"""Whether Python has anywidget; without it no element is made, and every twin is its plain half."""

_Widget: Any = AnyWidget or widgets.DOMWidget

# Which half is seen is settled in the page, at once and also while the kernel is busy. Where the front end has no
# anywidget, what it shows in the element's place (often an error) stays hidden.
TWIN_STYLE = """
.leyden-twin { min-width: 0; width: 100%; }
.leyden-flow > .leyden-twin { flex: 1 1 280px; width: auto; }
.leyden-twin > * { margin: 0; min-width: 0; }
.leyden-instead { gap: 6px; }
.leyden-instead > * { margin: 0; }
.leyden-twin:has(.leyden-drawn) > .leyden-instead { display: none; }
.leyden-twin:not(:has(.leyden-drawn)) > :not(.leyden-instead) { display: none; }
"""

_MARK = """
export default {
  render(context) {
    const end = render(context);
    context.el.classList.add("leyden-drawn");
    context.model.set("ready", true);
    context.model.save_changes();
    return end;
  },
};
"""


class Element(_Widget):
    """What a browser draws by a script of its own; abstract. Made only where `LIVE`, and always in a `Twin`.

    Attributes:
        ready: whether a front end has drawn it.
    """

    ready = traitlets.Bool(False).tag(sync=True)


@final
class Twin(widgets.VBox):
    """An element, and above it the same in plain ipywidgets: a picture, a list in place of clicking.

    The plain half is seen until a browser has drawn the element: for ever without anywidget in Python, in a front end
    that has none (VS Code or Colab without a network), and in one that has not answered yet.

    Args:
        make: makes the element; not called without anywidget.
        instead: the plain half.

    Attributes:
        live: the element; None without anywidget.
        instead: the box around the plain half.

    Examples:
        >>> twin = Twin(Element, [widgets.HTML("a curve")])
        >>> twin.drawn, twin.instead.layout.display
        (False, None)
        >>> twin.live.ready = True  # a front end says so
        >>> twin.drawn, twin.instead.layout.display
        (True, 'none')
        >>> twin.close()
    """

    def __init__(self, make: Callable[[], Any], instead: Sequence[widgets.Widget]) -> None:
        self.live: Any = make() if LIVE else None
        self.instead = widgets.VBox(list(instead))
        self.instead.add_class("leyden-instead")
        super().__init__([self.instead, *([self.live] if LIVE else [])])
        self.add_class("leyden-twin")
        if LIVE:
            self.live.observe(self._settled, "ready")

    @property
    def drawn(self) -> bool:
        """Whether a browser has drawn the element, so that the plain half need not be kept up to date."""
        return self.live is not None and self.live.ready

    def _settled(self, change: Any) -> None:
        self.instead.layout.display = "none" if change["new"] else None


def module(script: str) -> str:
    """An element's script as a module; it defines `render({ model, el })`, which may return what ends it.

    The module tells Python, and the page, that the element is drawn.

    Examples:
        >>> "function render() {}" in module("function render() {}")
        True
    """
    return script + _MARK


_NAMES = """
function render({ el }) {
  let watch = null, frame = null;
  const say = (part, name) => { if (part.getAttribute("aria-label") !== name) part.setAttribute("aria-label", name); };
  const name = (box, words) => {
    const handles = box.querySelectorAll(".noUi-handle");
    const ends = handles.length > 1 ? [`${words}, lower end`, `${words}, upper end`] : [words];
    handles.forEach((handle, at) => say(handle, ends[at] ?? words));
    for (const part of box.querySelectorAll("input, select, textarea, .widget-readout"))
      if (!part.closest("label, .leyden-copy")) say(part, words);
  };
  const all = (root) => {
    for (const box of root.querySelectorAll(".jupyter-widgets[title]")) name(box, box.title);
    for (const part of root.querySelectorAll(":is(input, select, textarea)[title]")) say(part, part.title);
    for (const box of root.querySelectorAll(".labelled")) {
      const label = box.querySelector(".widget-html-content label");  // an HTML widget has an empty one of its own
      if (label?.textContent) name(box, label.textContent);
    }
  };
  const start = () => {
    const root = el.closest(".leyden");
    if (!root) { frame = requestAnimationFrame(start); return; }
    frame = null;
    const later = () => { frame ??= requestAnimationFrame(() => { frame = null; all(root); }); };
    watch = new MutationObserver(later);
    watch.observe(root, { childList: true, subtree: true });
    later();
  };
  start();
  return () => { watch?.disconnect(); if (frame) cancelAnimationFrame(frame); };
}
"""


@final
class Names(Element):
    """Gives sliders, lists and fields of a panel the names that stand above them: ipywidgets gives them none.

    It is not seen. A control is named by the label of `labelled`, or else by its tooltip.
    """

    _esm = module(_NAMES)
    _css = ""
