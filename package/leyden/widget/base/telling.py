"""How every panel says how far its work is: a state, a count, the time it took, the time that is left, a bar."""

from collections.abc import Sequence
from html import escape

__all__ = ["STATES", "bar_html", "clock", "state_html", "told_progress"]

STATES = ("idle", "running", "paused", "stopping", "finished", "stopped", "interrupted", "failed")
"""The words for the state of work, the same in every panel."""


def clock(seconds: float) -> str:
    """A time in words, as exact as one wants to know it.

    Examples:
        >>> clock(7.4), clock(65), clock(3900)
        ('7 s', '1 min 05 s', '1 h 05 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return (
        f"{whole // 60} min {whole % 60:02d} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    )


def told_progress(done: int, total: int, unit: str, *, seconds: float, remaining: float | None) -> str:
    """How far work is, in words.

    Args:
        done: pieces done.
        total: of how many; 0 where that is not known.
        unit: what they are: "steps", "elements".
        seconds: how long it took so far.
        remaining: seconds left; None where that is not known, or the work is over.

    Examples:
        >>> told_progress(12, 1200, "elements", seconds=2, remaining=198)
        '12 of 1,200 elements · 2 s · 3 min 18 s left'
    """
    parts = [f"{done:,} of {total:,} {unit}"] if total else []
    parts.append(clock(seconds))
    return " · ".join(parts if remaining is None else [*parts, f"{clock(remaining)} left"])


def state_html(status: str, told: str | Sequence[str] = "") -> str:
    """A state, and beside it what else there is to say, each part kept together.

    Args:
        status: one of `STATES`.
        told: plain words.
    """
    parts = [told] if isinstance(told, str) else told
    words = "".join(f'<span class="quiet">{escape(part)}</span>' for part in parts if part)
    return f'<div class="head" role="status"><span class="state {escape(status)}">{escape(status)}</span>{words}</div>'


def bar_html(share: float, label: str) -> str:
    """A bar that is full when the work is done.

    Args:
        share: 0 to 1.
        label: what is counted, in words.
    """
    now = f'aria-label="{escape(label)}" aria-valuemin="0" aria-valuemax="100" aria-valuenow="{100 * share:.0f}"'
    return f'<div class="bar" role="progressbar" {now}><i style="width:{share:.1%}"></i></div>'
