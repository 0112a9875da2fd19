"""Small tables, as text for a terminal and as HTML for a notebook."""

from collections.abc import Iterable, Sequence
from html import escape

__all__ = ["Table", "html_of", "ranged", "text_of"]

Table = Sequence[Sequence[str]]
"""Rows of cells, the first row being the header."""


def text_of(rows: Table) -> str:
    """Lay out rows in columns.

    Examples:
        >>> print(text_of([("region", "Dice"), ("TC", "0.812")]))
        region  Dice
        TC      0.812
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = ((cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join("  ".join(cells).rstrip() for cells in padded)


def html_of(rows: Table, *, title: str = "", notes: Iterable[str] = ()) -> str:
    """Lay out rows as HTML, with a title above and notes below; everything is escaped.

    Examples:
        >>> html_of([("a",), ("<b>",)], notes=["one"])
        '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>&lt;b&gt;</td></tr></tbody></table><p>one</p>'
    """
    head, *body = ["".join(f"<{kind}>{escape(cell)}</{kind}>" for cell in row) for kind, row in _kinds(rows)]
    lines = "".join(f"<tr>{line}</tr>" for line in body)
    above = f"<p><b>{escape(title)}</b></p>" if title else ""
    below = "".join(f"<p>{escape(note)}</p>" for note in notes)
    return f"{above}<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>{below}"


def ranged(middle: float, low: float, high: float, *, digits: int = 3) -> str:
    """Write a number and the range around it.

    Examples:
        >>> ranged(0.8124, 0.75, 0.861), ranged(0.5, float("nan"), float("nan"))
        ('0.812 (0.750 to 0.861)', '0.500 (n/a)')
    """
    if low != low:  # not a number: one subject has no spread
        return f"{middle:.{digits}f} (n/a)"
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def _kinds(rows: Table) -> Iterable[tuple[str, Sequence[str]]]:
    return (("td" if place else "th", row) for place, row in enumerate(rows))
