"""Small tables, as text for a terminal and as HTML for a notebook."""

from collections.abc import Sequence
from html import escape

__all__ = ["html_table", "text_table"]


def text_table(rows: Sequence[Sequence[str]]) -> str:
    """Lay out rows in columns, the first row being the header.

    Examples:
        >>> print(text_table([("op", "count"), ("Conv", "2")]))
        op    count
        Conv  2
    """
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(lines)


def html_table(rows: Sequence[Sequence[str]]) -> str:
    """Lay out rows as an HTML table, the first row being the header; every cell is escaped.

    Examples:
        >>> html_table([("op",), ("<Conv>",)])
        '<table><thead><tr><th>op</th></tr></thead><tbody><tr><td>&lt;Conv&gt;</td></tr></tbody></table>'
    """
    head, *body = rows
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    lines = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in body)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table>"
