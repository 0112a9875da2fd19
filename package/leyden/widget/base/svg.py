"""Curves as SVG, made in Python in under a millisecond: what stands where no browser draws them live."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

__all__ = ["CURVE_STYLE", "sketch", "ticks"]

CURVE_STYLE = """
.leyden-curve { min-width: 0; color: var(--jp-ui-font-color1, CanvasText); }
.leyden-curve .title { font-size: var(--jp-ui-font-size1, 13px); font-weight: 600; overflow-wrap: anywhere; }
.leyden-curve .readout { min-height: 1.5em; display: flex; flex-wrap: wrap; gap: 0 12px;
  font-size: 12px; color: var(--jp-ui-font-color1, CanvasText); font-variant-numeric: tabular-nums; }
.leyden-curve .readout span { overflow-wrap: anywhere; }
.leyden-curve .readout i { display: inline-block; width: 12px; height: 0; border-top: 2.5px solid currentColor;
  vertical-align: middle; margin-right: 5px; }
.leyden-curve .plot { width: 100%; height: 170px; border-radius: 2px; }
.leyden-curve .plot:focus-visible { outline: 2px solid var(--jp-brand-color1, Highlight); }
.leyden-curve svg { display: block; max-width: 100%; }
.leyden-curve svg.sketch { width: 100%; max-width: 520px; height: auto; }
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
"""The look of curves, live or not; all colours of words and grids are the theme's."""

_WIDE, _HIGH = 400, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 10, 8, 32


def sketch(
    lines: Sequence[Mapping[str, Any]],
    *,
    title: str,
    extent: float,
    span: Sequence[float] | None,
    axis: str,
    label: str,
) -> str:
    """Curves over steps as HTML, as the live curve draws them.

    Args:
        lines: `Line.message()` of each.
        title: what stands above it.
        extent: where the horizontal axis ends; it begins at 0.
        span: lowest and highest value shown; None follows the lines.
        axis: what the horizontal axis counts.
        label: what the curves say, in words, for those who do not see them.
    """
    low, high = span or _range([value for line in lines for value in line["y"] if value is not None])
    extent = max(extent, 1e-9)

    def px(x: float) -> float:
        return _LEFT + x / extent * (_WIDE - _LEFT - _RIGHT)

    def py(y: float) -> float:
        return _HIGH - _BOTTOM - (y - low) / (high - low) * (_HIGH - _TOP - _BOTTOM)

    parts = _axes(
        [(py(y), f"{y:.3g}") for y in ticks(low, high, 4)], [(px(x), f"{x:.6g}") for x in ticks(0, extent, 4)]
    )
    parts.append(_words((_LEFT + _WIDE - _RIGHT) / 2, _HIGH - 4, "middle", axis))
    for place, line in enumerate(lines):
        points = [(px(x), None if y is None else py(y)) for x, y in zip(line["x"], line["y"], strict=True)]
        parts.append(_drawn(line, f"{line['kind']} c{place}", points))
    frame = f'role="img" aria-label="{escape(label)}" viewBox="0 0 {_WIDE} {_HIGH}"'
    return (
        f'<div class="leyden-curve"><div class="title">{escape(title)}</div><div class="readout">{_legend(lines)}</div>'
        f'<svg class="sketch" {frame}>{"".join(parts)}</svg></div>'
    )


def ticks(low: float, high: float, count: int) -> list[float]:
    """About so many round numbers from one to another.

    Examples:
        >>> ticks(0.0, 1.0, 4), ticks(-3.0, 42.0, 3)
        ([0.0, 0.5, 1.0], [0.0, 20.0, 40.0])
    """
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(step for step in (power, 2 * power, 5 * power, 10 * power) if step >= raw * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-6)
    return [float(f"{place * step:.12g}") for place in range(first, last + 1)]


def _range(values: Sequence[float]) -> tuple[float, float]:
    """A little more than the values span; from 0 where that is not far."""
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    room = ((high - low) or abs(high) or 1.0) * 0.06
    return (0.0 if 0 <= low < (high - low) * 0.5 else low - room), high + room


def _axes(across: Sequence[tuple[float, str]], below: Sequence[tuple[float, str]]) -> list[str]:
    """Lines across with a number each at the left, and numbers below."""
    lines = [
        f'<line x1="{_LEFT}" x2="{_WIDE - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>'
        + _words(_LEFT - 6, y + 3.5, "end", told)
        for y, told in across
    ]
    return lines + [_words(x, _HIGH - _BOTTOM + 14, "middle", told) for x, told in below]


def _words(x: float, y: float, anchor: str, told: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(told)}</text>'


def _drawn(line: Mapping[str, Any], name: str, points: Sequence[tuple[float, float | None]]) -> str:
    path, pen = "", "M"
    for x, y in points:
        if y is None:
            pen = "M"
            continue
        path += f"{pen}{x:.1f} {y:.1f}"
        pen = "L"
    marks = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" class="{name}"/>' for x, y in points if y is not None]
    return f'<path d="{path}" class="{name}"/>{"".join(marks) if line["kind"] == "points" else ""}'


def _legend(lines: Sequence[Mapping[str, Any]]) -> str:
    parts = []
    for place, line in enumerate(lines):
        last = line["y"][-1] if line["y"] else None
        told = "" if not line["y"] else f" {'-' if last is None else f'{last:.3g}'}"
        parts.append(f'<span><i class="{line["kind"]} c{place}"></i>{escape(line["name"])}{told}</span>')
    return "".join(parts)
