"""A run log as text and as a page."""

from collections.abc import Sequence
from html import escape

from leyden.train.log.record import Total, Write
from leyden.train.log.value import Value

__all__ = ["as_html", "as_text"]

_RECENT = 10
_SPENT = ("callback", "hook", "calls", "total ms", "mean us", "longest us")
_WRITTEN = ("step", "callback", "hook", "path", "before", "after")
_LEFT = {"callback", "hook", "path"}


def as_text(title: str, totals: Sequence[Total], writes: Sequence[Write]) -> str:
    """A title, the totals with the longest first, and the last ten changes, as aligned columns.

    Examples:
        >>> print(as_text("A run", [Total("on_train_end", "Plateau", 2, 0.003, 0.002)], []))
        A run
        callback  hook          calls  total ms  mean us  longest us
        Plateau   on_train_end      2       3.0     1500        2000
    """
    return "\n".join([title, *_aligned(_SPENT, _spent(totals)), *_aligned(_WRITTEN, _recent(writes))])


def as_html(title: str, totals: Sequence[Total], writes: Sequence[Write]) -> str:
    """The same as two tables of a page."""
    return f"<p>{escape(title)}</p>{_table(_SPENT, _spent(totals))}{_table(_WRITTEN, _recent(writes))}"


def _spent(totals: Sequence[Total]) -> list[tuple[str, ...]]:
    return [
        (
            row.callback, row.hook, str(row.calls), f"{row.seconds * 1e3:.1f}",
            f"{row.seconds / max(row.calls, 1) * 1e6:.0f}", f"{row.longest * 1e6:.0f}",
        )
        for row in sorted(totals, key=lambda row: -row.seconds)
    ]  # fmt: skip


def _recent(writes: Sequence[Write]) -> list[tuple[str, ...]]:
    return [
        (str(row.step), row.callback, row.hook, row.path, _shown(row.before), _shown(row.after))
        for row in writes[-_RECENT:]
    ]


def _shown(value: Value) -> str:
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def _aligned(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    if not rows:
        return []
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if name in _LEFT else cell.rjust(width)
            for cell, width, name in zip(row, widths, head, strict=True)
        ).rstrip()
        for row in (head, *rows)
    ]


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    lines = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows]
    titles = "".join(f"<th>{name}</th>" for name in head)
    return f"<table><tr>{titles}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
