"""Live curves: numbers go to the browser and are drawn there, in the colours of the reader's own theme."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, final

import ipywidgets as widgets
import numpy as np
import traitlets

try:
    from anywidget import AnyWidget
except ImportError:
    AnyWidget = None

__all__ = ["LIVE", "Kind", "Line", "LiveCurve", "smooth", "thin"]

LIVE = AnyWidget is not None
"""Whether curves can be drawn in the browser; without anywidget, panels show drawn pictures instead."""

_Widget: Any = AnyWidget or widgets.DOMWidget

Kind: TypeAlias = Literal["line", "faint", "points"]


@dataclass(frozen=True)
class Line:
    """One curve: its name, its places, its values, and how it is drawn.

    `points` marks every value and joins them; `faint` stays behind the others. A value that is not finite is a gap.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    kind: Kind = "line"

    def message(self, limit: int = 400) -> dict[str, Any]:
        """The line as JSON takes it: at most about `limit` points, None for a gap."""
        x, y = thin(np.asarray(self.x, dtype=float), np.asarray(self.y, dtype=float), limit=limit)
        values = [float(f"{value:.5g}") if np.isfinite(value) else None for value in y]
        return {"name": self.name, "kind": self.kind, "x": x.tolist(), "y": values}


def thin(x: np.ndarray, y: np.ndarray, *, limit: int) -> tuple[np.ndarray, np.ndarray]:
    """Leaves out points that would not be seen: of every stretch the lowest and the highest stay, and the last of all.

    Args:
        x: places, ascending.
        y: values; one that is not a number counts as neither lowest nor highest.
        limit: points to keep, about; fewer are returned as they are.

    Examples:
        >>> x, y = thin(np.arange(1000.0), np.sin(np.arange(1000.0)), limit=100)
        >>> len(x) <= 101, bool(y.max() > 0.999), x[-1]
        (True, True, np.float64(999.0))
    """
    if len(x) <= limit:
        return x, y
    keep = {len(x) - 1}
    for stretch in np.array_split(np.arange(len(x)), limit // 2):
        finite = stretch[np.isfinite(y[stretch])]
        keep |= {int(finite[y[finite].argmin()]), int(finite[y[finite].argmax()])} if len(finite) else {int(stretch[0])}
    chosen = np.array(sorted(keep))
    return x[chosen], y[chosen]


def smooth(values: Sequence[float], *, over: int) -> list[float]:
    """Exponential mean with a memory of `over` values, corrected for its start; gaps are passed over.

    Examples:
        >>> [round(value, 2) for value in smooth([1.0, 3.0, float("nan"), 3.0], over=2)]
        [1.0, 2.33, 2.33, 2.71]
    """
    keep, mean, weight, out = 1 - 1 / over, 0.0, 0.0, []
    for value in values:
        if np.isfinite(value):
            mean, weight = keep * mean + (1 - keep) * value, keep * weight + (1 - keep)
        out.append(mean / weight if weight else float("nan"))
    return out


_SCRIPT = """
const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const tag = (name, attributes, inside = "") => {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(value)}"`);
  return `<${name}${written.join("")}>${inside}</${name}>`;
};
const round = (value) => (value == null ? "-" : Number(value.toPrecision(3)).toString());

function ticks(low, high, count) {
  const raw = (high - low) / count, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw * 0.999);
  const found = [];
  for (let at = Math.ceil(low / step - 1e-9) * step; at <= high + step * 1e-6; at += step)
    found.push(+at.toPrecision(12));
  return found;
}

function range(lines, span) {
  if (span) return span;
  const values = lines.flatMap((line) => line.y).filter((value) => value != null);
  if (!values.length) return [0, 1];
  const low = Math.min(...values), high = Math.max(...values), room = (high - low || Math.abs(high) || 1) * 0.06;
  return [low >= 0 && low < (high - low) * 0.5 ? 0 : low - room, high + room];
}

function path(line, px, py) {
  let out = "", pen = false;
  line.x.forEach((x, i) => {
    if (line.y[i] == null) { pen = false; return; }
    out += `${pen ? "L" : "M"}${px(x).toFixed(1)} ${py(line.y[i]).toFixed(1)}`;
    pen = true;
  });
  return out;
}

function draw(model, plot, readout, at, width) {
  const lines = model.get("lines"), height = 170;
  const box = { left: 44, right: 10, top: 8, bottom: 32 }, extent = Math.max(model.get("extent"), 1e-9);
  const [low, high] = range(lines, model.get("span"));
  const px = (x) => box.left + (x / extent) * (width - box.left - box.right);
  const py = (y) => height - box.bottom - ((y - low) / (high - low)) * (height - box.top - box.bottom);
  const text = (x, y, anchor, words) => tag("text", { x, y, "text-anchor": anchor }, escape(words));
  const parts = [];
  for (const y of ticks(low, high, 4)) {
    parts.push(tag("line", { x1: box.left, x2: width - box.right, y1: py(y), y2: py(y), class: "grid" }));
    parts.push(text(box.left - 6, py(y) + 3.5, "end", round(y)));
  }
  for (const x of ticks(0, extent, Math.max(2, Math.floor(width / 90))))
    parts.push(text(px(x), height - box.bottom + 14, "middle", round(x)));
  parts.push(text((box.left + width - box.right) / 2, height - 4, "middle", model.get("axis")));
  lines.forEach((line, i) => {
    const name = `${line.kind} c${line.colour ?? i}`;
    parts.push(tag("path", { d: path(line, px, py), class: name }));
    if (line.kind === "points") line.x.forEach((x, k) => {
      if (line.y[k] != null) parts.push(tag("circle", { cx: px(x), cy: py(line.y[k]), r: 2.6, class: name }));
    });
  });
  if (at != null)
    parts.push(tag("line", { x1: px(at), x2: px(at), y1: box.top, y2: height - box.bottom, class: "cursor" }));
  const frame = { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" };
  plot.innerHTML = tag("svg", frame, parts.join(""));
  legend(lines, readout, at, model.get("axis"));
  return { left: box.left, right: width - box.right, extent };
}

function nearest(line, at) {
  let best = -1;
  line.x.forEach((x, i) => {
    if (line.y[i] != null && (best < 0 || Math.abs(x - at) < Math.abs(line.x[best] - at))) best = i;
  });
  return best;
}

function legend(lines, readout, at, axis) {
  const parts = lines.map((line, i) => {
    const part = document.createElement("span"), mark = document.createElement("i");
    mark.className = `${line.kind} c${line.colour ?? i}`;
    const k = at == null ? line.y.length - 1 : nearest(line, at);
    part.append(mark, `${line.name} ${k >= 0 ? round(line.y[k]) : ""}`);
    return part;
  });
  if (at != null) {
    const place = document.createElement("span");
    place.textContent = `${axis} ${Math.round(at)}`;
    parts.unshift(place);
  }
  readout.replaceChildren(...parts);
}

function render({ model, el }) {
  el.classList.add("leyden-curve");
  const [title, readout, plot] = [0, 0, 0].map(() => document.createElement("div"));
  title.className = "title"; readout.className = "readout"; plot.className = "plot";
  plot.tabIndex = 0;
  plot.setAttribute("role", "img");
  el.append(title, readout, plot);
  let at = null, frame = null, place = null, width = 320;
  const now = () => {
    frame = null;
    title.textContent = model.get("title");
    plot.setAttribute("aria-label", model.get("label") || model.get("title"));
    try { place = draw(model, plot, readout, at, width); }
    catch (error) { plot.textContent = `This curve could not be drawn (${error.message}); panel.picture() shows it.`; }
  };
  const later = () => { frame ??= requestAnimationFrame(now); };
  const move = (x) => { at = x == null ? null : Math.min(Math.max(x, 0), place.extent); later(); };
  plot.addEventListener("pointermove", (event) => {
    const x = event.clientX - plot.getBoundingClientRect().left;
    move(((x - place.left) / (place.right - place.left)) * place.extent);
  });
  plot.addEventListener("pointerleave", () => move(null));
  plot.addEventListener("blur", () => move(null));
  plot.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") move(null);
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move((at ?? 0) + by * Math.max(place.extent / 50, 1));
  });
  const watch = new ResizeObserver(([entry]) => {
    const seen = Math.round(entry.contentRect.width);  // 0 while JupyterLab keeps the cell out of sight
    if (seen && seen !== width) { width = Math.max(160, seen); later(); }
  });
  watch.observe(plot);
  model.on("change", later);
  now();
  return () => { watch.disconnect(); model.off("change", later); if (frame) cancelAnimationFrame(frame); };
}

export default { render };
"""

_STYLE = """
.leyden-curve { flex: 1 1 280px; min-width: 0; color: var(--jp-ui-font-color1, CanvasText); }
.leyden-curve .title { font-size: var(--jp-ui-font-size1, 13px); font-weight: 600; }
.leyden-curve .readout { min-height: 1.5em; display: flex; flex-wrap: wrap; gap: 0 12px;
  font-size: 12px; color: var(--jp-ui-font-color1, CanvasText); font-variant-numeric: tabular-nums; }
.leyden-curve .readout span { overflow-wrap: anywhere; }
.leyden-curve .readout i { display: inline-block; width: 12px; height: 0; border-top: 2.5px solid currentColor;
  vertical-align: middle; margin-right: 5px; }
.leyden-curve .plot { width: 100%; height: 170px; border-radius: 2px; }
.leyden-curve .plot:focus-visible { outline: 2px solid var(--jp-brand-color1, Highlight); }
.leyden-curve svg { display: block; max-width: 100%; }
.leyden-curve text { font: 11px var(--jp-ui-font-family, sans-serif); fill: var(--jp-ui-font-color1, CanvasText); }
.leyden-curve .grid { stroke: var(--jp-border-color2, GrayText); stroke-width: 1; opacity: 0.6; }
.leyden-curve .cursor { stroke: var(--jp-ui-font-color2, GrayText); stroke-width: 1; }
.leyden-curve path { fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linejoin: round; }
.leyden-curve path.faint { stroke-width: 1; opacity: 0.4; }
.leyden-curve i.faint { opacity: 0.4; }
.leyden-curve circle { fill: currentColor; }
[data-jp-theme-light="false"] .leyden-curve .c0 { color: #56B4E9; }
.leyden-curve .c0 { color: #0072B2; }
.leyden-curve .c1 { color: #D55E00; }
.leyden-curve .c2 { color: #009E73; }
"""


@final
class LiveCurve(_Widget):
    """Curves over steps, drawn in the browser from numbers: an update costs about 0.1 ms, whatever its look.

    A pointer over it, or the arrow keys while it has the focus, reads the values at one place. Only where `LIVE`.

    Attributes:
        title: what stands above it.
        lines: `Line.message()` of every line.
        extent: where the horizontal axis ends; it begins at 0.
        span: lowest and highest value shown; None follows the lines.
        axis: what the horizontal axis counts.
        label: what the curve says, in words, for those who do not see it.
    """

    _esm = _SCRIPT
    _css = _STYLE
    title = traitlets.Unicode("").tag(sync=True)
    lines = traitlets.List().tag(sync=True)
    extent = traitlets.Float(1.0).tag(sync=True)
    span = traitlets.List(allow_none=True, default_value=None).tag(sync=True)
    axis = traitlets.Unicode("step").tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)

    def __repr__(self) -> str:
        return f"LiveCurve({self.title!r}, {len(self.lines)} lines)"
