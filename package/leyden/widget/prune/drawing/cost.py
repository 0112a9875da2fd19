"""Scores over the share pruned, a line a method, in the colours of the reader's own theme."""

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape

__all__ = ["COLOURS", "chart"]

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B07800", "#56B4E9", "#7A4B1E", "#5B3E99", "#6B7A00", "#9C2450")
"""Of the lines, in their order; those of `leyden.plot` with a yellow dark enough for thin lines on white."""

_WIDTH, _HEIGHT = 420, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 10, 10, 34
_ROOM = 0.08  # of the scores' range, above and below them
_TICKS = 6


def chart(
    curves: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    *,
    dense: float | None,
    score: str,
    now: tuple[float, float | None] | None = None,
    refused: Mapping[str, str] | None = None,
) -> str:
    """A drawing and its legend as HTML.

    Args:
        curves: name to (shares of zeros, scores), ascending; a score that is not finite is left out.
        dense: the score with nothing pruned, drawn as a level line.
        score: what the numbers are.
        now: the share that is chosen, and its score once it is known; a ring marks it.
        refused: names of what could not be measured, and why.

    Examples:
        >>> page = chart({"random": ([0.5, 0.9], [0.8, 0.4])}, dense=0.9, score="accuracy")
        >>> page.count("<circle"), page.count("<path"), "not pruned" in page
        (2, 1, True)
    """
    found = {name: _finite(*curve) for name, curve in curves.items()}
    scores = [y for points in found.values() for _, y in points]
    scores += [dense] if dense is not None and math.isfinite(dense) else []
    if not scores:
        return ""
    frame = _Frame(scores)
    parts = [*_grid(frame), *_level(frame, dense)]
    for place, (name, points) in enumerate(found.items()):
        parts += _line(frame, name, points, place)
    parts += _mark(frame, now)
    told = "; ".join(f"{name}: {', '.join(f'{x:.0%} {y:.3g}' for x, y in pts)}" for name, pts in found.items())
    drawing = (
        f'<svg class="cost" role="img" aria-label="{escape(f"{score} over the share pruned. {told}")}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}">{"".join(parts)}</svg>'
    )
    title = f"<b>{escape(score[:1].upper() + score[1:])} over the share pruned</b>"
    return title + drawing + _key(found, dense) + "".join(_left_out(refused or {}))


def _key(names: Iterable[str], dense: float | None) -> str:
    parts = [f'<span class="c{place % len(COLOURS)}"><i></i>{escape(name)}</span>' for place, name in enumerate(names)]
    level = [] if dense is None else [f'<span class="level"><i></i>not pruned {dense:.4g}</span>']
    return f'<div class="key">{"".join([*parts, *level])}</div>'


def _left_out(refused: Mapping[str, str]) -> list[str]:
    return [
        f'<div class="refused"><b>{escape(name)}</b> left out: {escape(why)}</div>' for name, why in refused.items()
    ]


class _Frame:
    """Where shares and scores lie in the drawing."""

    def __init__(self, scores: Sequence[float]) -> None:
        low, high = min(scores), max(scores)
        room = _ROOM * ((high - low) or abs(high) or 1.0)
        self.low, self.high = low - room, high + room

    def x(self, share: float) -> float:
        return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(self, score: float) -> float:
        return round(_HEIGHT - _BOTTOM - (score - self.low) / (self.high - self.low) * (_HEIGHT - _BOTTOM - _TOP), 1)

    def ticks(self) -> list[float]:
        raw = (self.high - self.low) / _TICKS
        power = 10 ** math.floor(math.log10(raw))
        step = next(step * power for step in (1, 2, 5, 10) if step * power >= raw * 0.999)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [round(place * step, 12) for place in range(first, last + 1)]


def _finite(x: Sequence[float], y: Sequence[float]) -> list[tuple[float, float]]:
    return [(share, score) for share, score in zip(x, y, strict=True) if math.isfinite(score)]


def _text(x: float, y: float, anchor: str, words: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>'


def _grid(frame: _Frame) -> list[str]:
    foot, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    parts = []
    for value in frame.ticks():
        y = frame.y(value)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{right}" y1="{y:g}" y2="{y:g}"/>')
        parts.append(_text(_LEFT - 6, y + 4, "end", f"{value:g}"))
    for tenth in range(0, 11, 2):
        anchor = "end" if tenth == 10 else "middle"
        parts += [_text(frame.x(tenth / 10), foot + 15, anchor, f"{10 * tenth}%")]
    return [*parts, _text((_LEFT + right) / 2, _HEIGHT - 4, "middle", "weights pruned")]


def _level(frame: _Frame, dense: float | None) -> list[str]:
    if dense is None or not math.isfinite(dense):
        return []
    y = frame.y(dense)
    return [f'<line class="level" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:g}" y2="{y:g}"/>']


def _line(frame: _Frame, name: str, points: Sequence[tuple[float, float]], place: int) -> list[str]:
    places = [(frame.x(x), frame.y(y)) for x, y in points]
    colour = f"c{place % len(COLOURS)}"
    path = f'<path class="{colour}" d="M{"L".join(f"{x:g} {y:g}" for x, y in places)}"/>' if len(places) > 1 else ""
    dots = [
        f'<circle class="{colour}" cx="{x:g}" cy="{y:g}" r="3.2"><title>{escape(name)}: {share:.1%} pruned, '
        f"{score:.4g}</title></circle>"
        for (x, y), (share, score) in zip(places, points, strict=True)
    ]
    return [path, *dots]


def _mark(frame: _Frame, now: tuple[float, float | None] | None) -> list[str]:
    if now is None:
        return []
    x, score = frame.x(now[0]), now[1]
    line = f'<line class="now" x1="{x:g}" x2="{x:g}" y1="{_TOP}" y2="{_HEIGHT - _BOTTOM}"/>'
    if score is None or not math.isfinite(score):
        return [line]
    return [line, f'<circle class="now" cx="{x:g}" cy="{frame.y(score):g}" r="6.5"/>']
