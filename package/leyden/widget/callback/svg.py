"""A layout as SVG, in the colours of the reader's own theme."""

from collections.abc import Sequence
from html import escape

from leyden.plot import Layout
from leyden.plot.layered import Box, Curve, Tag
from leyden.plot.layered.layout import LINE, NOTE, TITLE

__all__ = ["SVG_STYLE", "svg"]

_SHRINK = 0.8  # a wide graph is made smaller so far, and then scrolled: letters stay readable

SVG_STYLE = f"""
.leyden svg.graph {{ display: block; width: 100%; height: auto; font-family: var(--jp-ui-font-family, sans-serif); }}
.leyden svg.graph text {{ text-anchor: middle; dominant-baseline: central; fill: var(--jp-ui-font-color1, CanvasText);
  font-size: {NOTE}px; }}
.leyden svg.graph .name {{ font-size: {TITLE}px; font-weight: 600; }}
.leyden svg.graph .note {{ fill: var(--jp-ui-font-color2, GrayText); }}
.leyden svg.graph rect {{ fill: var(--jp-layout-color1, Canvas); stroke: #5C7080; stroke-width: 1.3; rx: 6px; }}
.leyden svg.graph path {{ fill: none; stroke: #5C7080; stroke-width: 1.3; }}
.leyden svg.graph polygon {{ fill: #5C7080; }}
.leyden svg.graph .source rect {{ stroke: #0072B2; fill: #0072B21F; }}
.leyden svg.graph .unknown rect, .leyden svg.graph path.faint {{ stroke: #8F8F8F; stroke-dasharray: 5 4; }}
.leyden svg.graph .unknown .name {{ fill: var(--jp-ui-font-color2, GrayText); }}
.leyden svg.graph polygon.faint {{ fill: #8F8F8F; }}
.leyden svg.graph path.wrong, .leyden svg.graph path.clash, .leyden svg.graph .wrong rect {{
  stroke: var(--leyden-red); stroke-width: 1.8; }}
.leyden svg.graph path.clash {{ stroke-dasharray: 4 3; }}
.leyden svg.graph .wrong rect {{ fill: color-mix(in srgb, var(--leyden-red) 12%, transparent); }}
.leyden svg.graph polygon.wrong {{ fill: var(--leyden-red); }}
.leyden svg.graph .wrong .name, .leyden svg.graph .tag.wrong text, .leyden svg.graph .tag.clash text {{
  fill: var(--leyden-red); }}
.leyden {{ --leyden-red: #C62828; }}
[data-jp-theme-light="false"] .leyden {{ --leyden-red: #FF7B72; }}
[data-jp-theme-light="false"] .leyden svg.graph :is(rect, path) {{ stroke: #93A4B1; }}
[data-jp-theme-light="false"] .leyden svg.graph polygon {{ fill: #93A4B1; }}
[data-jp-theme-light="false"] .leyden svg.graph .source rect {{ stroke: #56B4E9; fill: #56B4E926; }}
[data-jp-theme-light="false"] .leyden svg.graph :is(path.wrong, path.clash, .wrong rect) {{
  stroke: var(--leyden-red); }}
[data-jp-theme-light="false"] .leyden svg.graph polygon.wrong {{ fill: var(--leyden-red); }}
"""


def svg(drawn: Layout, *, label: str) -> str:
    """A graph as one element that can be put into a page; hovering over a box tells more of it.

    Args:
        drawn: what `leyden.plot.arrange` gives.
        label: the graph in words.

    Examples:
        >>> from leyden.plot import Arrow, Vertex, arrange
        >>> page = svg(arrange([Vertex("data"), Vertex("task")], [Arrow("data", "task", "batch")]), label="two boxes")
        >>> page.count("<rect"), page.count("<path"), "two boxes" in page
        (2, 2, True)
    """
    wide, high = drawn.width, drawn.height
    inner = [*map(_curve, drawn.curves), *map(_tag, drawn.tags), *map(_box, drawn.boxes)]
    return (
        f'<svg class="graph" role="img" aria-label="{escape(label)}" viewBox="0 0 {wide:.1f} {high:.1f}" '
        f'style="max-width:{wide:.0f}px;min-width:{_SHRINK * wide:.0f}px">{"".join(inner)}</svg>'
    )


def _curve(curve: Curve) -> str:
    (x, y), *rest = curve.points
    told = " ".join(f"{point[0]:.1f} {point[1]:.1f}" for point in rest)
    path = f'<path class="{curve.kind}" d="M{x:.1f} {y:.1f}C{told}"/>'
    if curve.head is None:
        return path
    x, y, right, down = curve.head
    corners = [(x, y), *((x - 8 * right + side * down, y - 8 * down + side * right) for side in (4, -4))]
    return path + f'<polygon class="{curve.kind}" points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in corners)}"/>'


def _tag(tag: Tag) -> str:
    return f'<g class="tag {tag.kind}">{_lines(tag.lines, tag.x, tag.y, ("",))}</g>'


def _box(box: Box) -> str:
    left, top = box.x - box.width / 2, box.y - box.height / 2
    told = f"<title>{escape(box.vertex.hint or box.vertex.text or box.vertex.name)}</title>"
    rect = f'<rect x="{left:.1f}" y="{top:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"/>'
    return f'<g class="{box.vertex.kind}">{told}{rect}{_lines(box.lines, box.x, box.y, ("name", "note"))}</g>'


def _lines(lines: Sequence[str], x: float, y: float, kinds: Sequence[str]) -> str:
    """Lines of text around a middle; the last of the kinds is that of all further lines."""
    return "".join(
        f'<text class="{kinds[min(place, len(kinds) - 1)]}" x="{x:.1f}" '
        f'y="{y + (place - (len(lines) - 1) / 2) * LINE:.1f}">{escape(line)}</text>'
        for place, line in enumerate(lines)
    )
