"""One plane in the browser: a picture to click, drag, turn the wheel on, and walk through by keys."""

from typing import final

import traitlets

from leyden.widget.base.live import Element, module

__all__ = ["Stage"]

_SCRIPT = """
const NOTCH = 60;  // of a wheel; a touch pad has to come so far in small steps
const GAP = 9;  // pixels around the voxel that the cross hair leaves clear

const share = (side, spot) => ((side.turned ? side.count - 1 - spot : spot) + 0.5 - side.first) / side.span;
const spotAt = (side, part) => {
  const along = Math.min(Math.max(Math.floor(side.first + part * side.span), 0), side.count - 1);
  return side.turned ? side.count - 1 - along : along;
};

function render({ model, el }) {
  el.classList.add("leyden-stage");
  const frame = document.createElement("div"), picture = document.createElement("img");
  const lines = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const letters = ["left", "top", "right", "bottom"].map((edge) => {
    const letter = document.createElement("span");
    letter.className = `at-${edge}`;
    return letter;
  });
  const name = document.createElement("span");
  name.className = "name";
  frame.className = "frame";
  frame.tabIndex = 0;
  frame.setAttribute("role", "slider");
  picture.draggable = false;
  lines.setAttribute("viewBox", "0 0 1000 1000");
  lines.setAttribute("preserveAspectRatio", "none");
  lines.setAttribute("aria-hidden", "true");
  lines.innerHTML = '<path class="dark"></path><path class="light"></path>';
  for (const letter of [...letters, name]) letter.setAttribute("aria-hidden", "true");
  frame.append(picture, lines, ...letters, name);
  el.append(frame);

  const drawn = () => model.get("drawn");
  const crossed = () => {
    const { down, right, cross, axis, count } = drawn(), place = model.get("value");
    frame.setAttribute("aria-valuenow", place[axis]);
    frame.setAttribute("aria-valuemax", count - 1);
    lines.style.display = cross ? "" : "none";
    const [x, y] = [1000 * share(right, place[right.axis]), 1000 * share(down, place[down.axis])];
    const [wide, high] = [1000 * GAP / (frame.clientWidth || 300), 1000 * GAP / (frame.clientHeight || 300)];
    const path = `M${x} 0V${y - high}M${x} ${y + high}V1000M0 ${y}H${x - wide}M${x + wide} ${y}H1000`;
    for (const line of lines.children) line.setAttribute("d", path);
  };
  const paint = () => {
    const now = drawn();
    if (!now.source) return;
    if (picture.src !== now.source) Object.assign(picture, { decoding: "sync", alt: now.alt, src: now.source });
    frame.style.width = `${100 * now.width}%`;
    frame.style.aspectRatio = now.aspect;
    letters.forEach((letter, at) => { letter.textContent = now.letters[at] ?? ""; });
    name.textContent = now.name;
    frame.setAttribute("aria-label", `${now.name} slices`);
    frame.setAttribute("aria-valuemin", 0);
    frame.setAttribute("aria-valuetext", now.alt);
    crossed();
  };
  const go = (place) => {
    if (place.every((spot, axis) => spot === model.get("value")[axis])) return;
    model.set("value", place);
    model.save_changes();
  };
  const walk = (axis, by) => {
    const place = [...model.get("value")], { down, right, count } = drawn();
    const many = [down, right].find((side) => side.axis === axis)?.count ?? count;
    place[axis] = Math.min(Math.max(place[axis] + by, 0), many - 1);
    go(place);
  };
  const point = (event) => {
    const { down, right } = drawn(), box = frame.getBoundingClientRect(), place = [...model.get("value")];
    place[right.axis] = spotAt(right, (event.clientX - box.left) / box.width);
    place[down.axis] = spotAt(down, (event.clientY - box.top) / box.height);
    go(place);
  };

  let held = null, turned = 0, aimed = false;
  frame.addEventListener("pointerdown", (event) => {
    const windowing = event.button === 2 || event.shiftKey;
    if (event.button !== 0 && !windowing) return;
    frame.setPointerCapture(event.pointerId);
    held = { windowing, x: event.clientX, y: event.clientY, window: model.get("window") };
    frame.focus({ preventScroll: true });
    event.preventDefault();
    if (!windowing) point(event);
  });
  frame.addEventListener("pointermove", (event) => {
    aimed ||= event.movementX !== 0 || event.movementY !== 0;  // not a page that scrolls by under the pointer
    if (held && !held.windowing) point(event);
    if (!held?.windowing) return;
    const [low, high] = held.window, { span } = drawn();
    const width = (high - low) * Math.exp((event.clientX - held.x) / 150);
    const level = (low + high) / 2 + (event.clientY - held.y) / 300 * (span[1] - span[0]);
    model.set("window", [level - width / 2, level + width / 2]);
    model.save_changes();
  });
  for (const end of ["pointerup", "pointercancel"]) frame.addEventListener(end, () => { held = null; });
  frame.addEventListener("pointerleave", () => { aimed = false; });
  frame.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    event.stopPropagation();  // JupyterLab's own menu too
  });
  frame.addEventListener("wheel", (event) => {
    if ((!aimed && document.activeElement !== frame) || event.ctrlKey) return;
    event.preventDefault();
    turned += event.deltaY * (event.deltaMode ? 40 : 1);
    if (Math.abs(turned) < NOTCH) return;
    walk(drawn().axis, turned > 0 ? -1 : 1);
    turned = 0;
  }, { passive: false });
  frame.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { down, right, axis, count } = drawn(), far = event.shiftKey ? 10 : 1;
    const [below, beside] = [down, right].map((side) => (side.turned ? -far : far));
    const ways = {
      ArrowUp: [down.axis, -below], ArrowDown: [down.axis, below], ArrowLeft: [right.axis, -beside],
      ArrowRight: [right.axis, beside], PageUp: [axis, far], PageDown: [axis, -far],
      Home: [axis, -count], End: [axis, count],
    };
    if (!ways[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    walk(...ways[event.key]);
  });
  const watch = new ResizeObserver(crossed);
  watch.observe(frame);
  model.on("change:drawn", paint);
  model.on("change:value", crossed);
  paint();
  return () => { watch.disconnect(); model.off("change:drawn", paint); model.off("change:value", crossed); };
}"""

_STYLE = """
.leyden-stage { background: #000; border-radius: 3px; display: flex; align-items: center; justify-content: center;
  min-width: 0; width: 100%; }
.leyden-stage .frame { position: relative; cursor: crosshair; touch-action: pan-y; user-select: none; }
.leyden-stage .frame:focus-visible { outline: 2px solid var(--jp-brand-color1, Highlight); outline-offset: 1px; }
.leyden-stage img { display: block; width: 100%; height: 100%; max-width: none; }
.leyden-stage svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: hidden; pointer-events: none; }
.leyden-stage path { fill: none; vector-effect: non-scaling-stroke; stroke-width: 1; }
.leyden-stage path.dark { stroke: #000; }
.leyden-stage path.light { stroke: #fff; stroke-dasharray: 3 3; }
.leyden-stage span { position: absolute; color: #fff; font: 13px/1 var(--jp-ui-font-family, sans-serif);
  text-shadow: 0 0 2px #000, 0 0 2px #000, 0 0 3px #000; pointer-events: none; }
.leyden-stage .at-left { left: 5px; top: 50%; transform: translateY(-50%); }
.leyden-stage .at-right { right: 5px; top: 50%; transform: translateY(-50%); }
.leyden-stage .at-top { top: 5px; left: 50%; transform: translateX(-50%); }
.leyden-stage .at-bottom { bottom: 5px; left: 50%; transform: translateX(-50%); }
.leyden-stage .name { left: 6px; bottom: 5px; font-size: 12px; }
"""


@final
class Stage(Element):
    """A plane to point at.

    Click and drag move the cross hair, as do the arrow keys; the wheel, Page Up and Page Down go from slice to slice,
    Home and End to the outermost; Shift makes it ten. With Shift or the right button held, a drag sets the window.

    Attributes:
        drawn: the picture as an address (`source`), in words (`alt`), its `name`, `letters`, `aspect` and `width` as
            a share of the room; the `axis` that its slices are across, and their `count`; how its sides run (`down`,
            `right`: axis, count, turned, first, span); whether the `cross` hair is drawn; the `span` of values.
        value: the voxel (z, y, x) under the cross hair.
        window: the values shown black and white.
    """

    _esm = module(_SCRIPT)
    _css = _STYLE
    drawn = traitlets.Dict().tag(sync=True)
    value = traitlets.List(traitlets.Int(), default_value=[0, 0, 0]).tag(sync=True)
    window = traitlets.List(traitlets.Float(), default_value=[0.0, 1.0]).tag(sync=True)

    def __repr__(self) -> str:
        return f"Stage({self.drawn.get('name', '')!r}, {self.value})"
