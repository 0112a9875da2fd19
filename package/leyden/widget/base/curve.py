"""Live curves: numbers go to the browser and are drawn there, in the colours of the reader's own theme."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, final

import numpy as np
import traitlets

from leyden.widget.base.live import Element, Twin, module
from leyden.widget.base.svg import CURVE_STYLE, sketch
from leyden.widget.base.view import html, put

__all__ = ["Curve", "Kind", "Line", "LiveCurve", "smooth", "thin"]

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
"""


@final
class LiveCurve(Element):
    """Curves over steps, drawn in the browser from numbers: an update costs about 0.1 ms, whatever its look.

    A pointer over it, or the arrow keys while it has the focus, reads the values at one place.

    Attributes:
        title: what stands above it.
        lines: `Line.message()` of every line.
        extent: where the horizontal axis ends; it begins at 0.
        span: lowest and highest value shown; None follows the lines.
        axis: what the horizontal axis counts.
        label: what the curve says, in words, for those who do not see it.
    """

    _esm = module(_SCRIPT)
    _css = CURVE_STYLE
    title = traitlets.Unicode("").tag(sync=True)
    lines = traitlets.List().tag(sync=True)
    extent = traitlets.Float(1.0).tag(sync=True)
    span = traitlets.List(allow_none=True, default_value=None).tag(sync=True)
    axis = traitlets.Unicode("step").tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)

    def __repr__(self) -> str:
        return f"LiveCurve({self.title!r}, {len(self.lines)} lines)"


@final
class Curve:
    """Curves over steps: live where a browser draws them, a drawing in their place where none does.

    Args:
        title: what stands above it.
        span: lowest and highest value shown; None follows the lines.
        axis: what the horizontal axis counts.

    Attributes:
        widget: what to put into a view.
        picture: the drawing, as HTML; empty while the live curve is seen.

    Examples:
        >>> curve = Curve("Loss")
        >>> curve.show([Line("batch", [1, 2], [0.5, 0.25])], extent=2.0)
        >>> 'aria-label="Loss: batch 0.25"' in curve.picture.value
        True
    """

    def __init__(self, title: str, *, span: tuple[float, float] | None = None, axis: str = "step") -> None:
        self._title, self._span, self._axis = title, None if span is None else list(span), axis
        self.picture = html()
        self.widget = Twin(lambda: LiveCurve(title=title, span=self._span, axis=axis), [self.picture])

    @property
    def live(self) -> LiveCurve | None:
        """The curve in the browser; None without anywidget."""
        return self.widget.live

    def show(self, lines: Sequence[Line], *, extent: float) -> None:
        """Draws lines.

        Args:
            lines: few; the first three have colours of their own.
            extent: where the horizontal axis ends; it begins at 0.
        """
        ends = [f"{line.name} {line.y[-1]:.3g}" for line in lines if len(line.y)]
        label, told = f"{self._title}: {', '.join(ends) or 'nothing yet'}", [line.message() for line in lines]
        if self.live is not None:
            with self.live.hold_sync():
                self.live.extent, self.live.lines, self.live.label = extent, told, label
        if not self.widget.drawn:
            drawn = sketch(told, title=self._title, extent=extent, span=self._span, axis=self._axis, label=label)
            put(self.picture, drawn)
