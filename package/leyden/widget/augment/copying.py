"""Text to copy out of a panel: an area that holds it, and a button where the browser allows one."""

from typing import final

import ipywidgets as widgets
import traitlets

from leyden.widget.base.live import Element, Twin, module
from leyden.widget.base.view import labelled, put

__all__ = ["CopyArea", "CopyText"]

_SCRIPT = """
function render({ model, el }) {
  el.classList.add("leyden-copy");
  const text = Object.assign(document.createElement("textarea"), { readOnly: true, rows: 4, spellcheck: false });
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Copy" });
  button.className = "jupyter-button lm-Widget";
  button.setAttribute("aria-label", `Copy ${model.get("label")}`);
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
}"""

_STYLE = """
.leyden-copy { display: flex; gap: 6px; align-items: flex-start; width: 100%; min-width: 0; }
.leyden-copy textarea { flex: 1; min-width: 0; resize: vertical; font: 12px/1.5 var(--jp-code-font-family, monospace);
  color: var(--jp-ui-font-color1, CanvasText); background: var(--jp-layout-color0, Canvas); padding: 4px 6px;
  border: 1px solid var(--jp-border-color2, #8886); border-radius: 3px; box-sizing: border-box; }
.leyden-copy button { width: 84px; margin: 0; }
"""


@final
class CopyText(Element):
    """Text with a button that copies it.

    Attributes:
        value: the text.
        label: what it is, for those who do not see it.
    """

    _esm = module(_SCRIPT)
    _css = _STYLE
    value = traitlets.Unicode("").tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)

    def __repr__(self) -> str:
        return f"CopyText({self.label!r}, {len(self.value)} signs)"


@final
class CopyArea:
    """Text to copy: with a button where a browser makes one, else as a plain area to mark it in.

    Args:
        label: what it is.

    Attributes:
        widget: what to put into a view.
        plain: the plain area.

    Examples:
        >>> area = CopyArea("a draw")
        >>> area.show("{}"); area.plain.value, area.widget.live
        ('{}', CopyText('a draw', 2 signs))
    """

    def __init__(self, label: str) -> None:
        self.plain = widgets.Textarea(rows=4)
        plain = labelled(label, self.plain)
        plain.layout.width = "100%"
        self.widget = Twin(lambda: CopyText(label=label), [plain])

    def show(self, text: str) -> None:
        """Shows a text; what was written into the plain area is lost, as nobody reads it."""
        if self.widget.live is not None:
            put(self.widget.live, text)
        if not self.widget.drawn:
            put(self.plain, text)
