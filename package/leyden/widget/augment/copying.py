"""Text to copy out of a panel: an area that holds it, and a button where the browser allows one."""

from typing import Any, final

import ipywidgets as widgets
import traitlets

try:
    from anywidget import AnyWidget
except ImportError:
    AnyWidget = None

__all__ = ["CopyText", "copy_area"]

_Widget: Any = AnyWidget or widgets.DOMWidget

_SCRIPT = """
function render({ model, el }) {
  el.classList.add("leyden-copy");
  const text = Object.assign(document.createElement("textarea"), { readOnly: true, rows: 4, spellcheck: false });
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Copy" });
  button.className = "jupyter-button lm-Widget";
  const fill = () => { text.value = model.get("value"); text.setAttribute("aria-label", model.get("label")); };
  button.addEventListener("click", async () => {
    let done = true;
    try { await navigator.clipboard.writeText(text.value); }
    catch { text.select(); done = document.execCommand("copy"); }  // pages without https have no clipboard of their own
    button.textContent = done ? "Copied" : "Press Ctrl+C";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  model.on("change:value", fill);
  fill();
  el.append(text, button);
  return () => model.off("change:value", fill);
}

export default { render };
"""

_STYLE = """
.leyden-copy { display: flex; gap: 6px; align-items: flex-start; width: 100%; min-width: 0; }
.leyden-copy textarea { flex: 1; min-width: 0; resize: vertical; font: 12px/1.5 var(--jp-code-font-family, monospace);
  color: var(--jp-ui-font-color1, CanvasText); background: var(--jp-layout-color0, Canvas); padding: 4px 6px;
  border: 1px solid var(--jp-border-color2, #8886); border-radius: 3px; box-sizing: border-box; }
.leyden-copy button { width: 84px; margin: 0; }
"""


@final
class CopyText(_Widget):
    """Text with a button that copies it; only where `leyden.widget.base.LIVE`, that is with anywidget.

    Attributes:
        value: the text.
        label: what it is, for those who do not see it.
    """

    _esm = _SCRIPT
    _css = _STYLE
    value = traitlets.Unicode("").tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)

    def __repr__(self) -> str:
        return f"CopyText({self.label!r}, {len(self.value)} signs)"


def copy_area(label: str) -> widgets.DOMWidget:
    """An area of text to copy: with a button, or as a plain area where anywidget is not installed."""
    if AnyWidget is not None:
        return CopyText(label=label)
    return widgets.Textarea(disabled=True, rows=4, layout={"width": "100%"})
