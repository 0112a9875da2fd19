"""A plan as a table: who runs when, what it reads and writes, after whom and why; faults first."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import final

from leyden.train.graph.fault import Fault
from leyden.train.graph.planning import Plan

__all__ = ["Row", "Table"]


@dataclass(frozen=True)
class Row:
    """One callback of a plan.

    Attributes:
        position: from 1, in running order.
        callback: its name.
        reads: paths; empty where nothing was declared.
        writes: paths.
        after: (callback, why) of those it runs after, reasons joined by commas.
        declared: whether it said what it reads and writes.
    """

    position: int
    callback: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    after: tuple[tuple[str, str], ...]
    declared: bool


@final
class Table:
    """What a plan says, to be read: as text, and as HTML in a notebook.

    Args:
        plan: of any callbacks, with faults or without.

    Examples:
        >>> import pytorch_lightning as pl
        >>> from leyden.train.graph.access import declare
        >>> from leyden.train.graph.planning import plan
        >>> class Watch(pl.Callback): ...
        >>> declare(Watch, reads=["outputs.loss"])
        >>> Table(plan([Watch()]))
        1 callback, in running order
          1  Watch
             reads   outputs.loss
    """

    def __init__(self, plan: Plan) -> None:
        self._faults, self._notices = plan.faults, plan.notices
        after: dict[str, dict[str, list[str]]] = {node.name: {} for node in plan.nodes}
        for edge in plan.edges:
            after[edge.then].setdefault(edge.first, []).append(edge.why)
        self._rows = tuple(
            Row(
                position,
                node.name,
                node.access.reads if node.access.declared else (),
                node.access.writes,
                tuple((first, ", ".join(dict.fromkeys(why))) for first, why in after[node.name].items()),
                node.access.declared,
            )
            for position, node in enumerate(plan.nodes, start=1)
        )

    @property
    def rows(self) -> tuple[Row, ...]:
        """One a callback, in running order."""
        return self._rows

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Why the callbacks cannot run together; empty where they can."""
        return self._faults

    @property
    def notices(self) -> tuple[str, ...]:
        """What is worth knowing, but no fault."""
        return self._notices

    def __repr__(self) -> str:
        return self.text()

    def text(self) -> str:
        """Everything as plain text: faults with the line that mends them, then callbacks, then notices."""
        lines = [f"{_count(len(self._faults), 'reason')} why these callbacks cannot run as they are"] * bool(
            self._faults
        )
        for number, fault in enumerate(self._faults, start=1):
            lines += [f"  {number}. {fault.kind}: {fault.message}", *([f"     {fault.mend}"] if fault.mend else [])]
        order = "" if self._faults else ", in running order"
        lines.append(f"{_count(len(self._rows), 'callback')}{order}")
        wide = len(str(len(self._rows)))
        for row in self._rows:
            lines.append(f"  {row.position:>{wide}}  {row.callback}")
            lines += [f"  {'':{wide}}  {name:<7} {told}" for name, told in _told(row)]
        return "\n".join([*lines, *(f"note: {notice}" for notice in self._notices)])

    def _repr_html_(self) -> str:
        return "".join([*map(_fault_html, self._faults), _rows_html(self._rows), *map(_notice_html, self._notices)])


def _told(row: Row) -> list[tuple[str, str]]:
    told = [
        ("reads", ", ".join(row.reads) if row.declared else "everything, as nothing is declared"),
        ("writes", ", ".join(row.writes)),
        ("after", "; ".join(f"{first} ({why})" for first, why in row.after)),
    ]
    return [(name, words) for name, words in told if words]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _fault_html(fault: Fault) -> str:
    mend = f"<pre style='margin:4px 0 0'><code>{escape(fault.mend)}</code></pre>" if fault.mend else ""
    return (
        f"<div style='border-left:3px solid #C62828;padding:2px 10px;margin:0 0 8px'>"
        f"<b>{escape(fault.kind)}</b> {escape(fault.message)}{mend}</div>"
    )


def _rows_html(rows: Sequence[Row]) -> str:
    head = "".join(f"<th scope='col' style='text-align:left'>{name}</th>" for name in _HEADS)
    body = "".join(f"<tr>{''.join(map(_cell, _cells(row)))}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


_HEADS = ("", "callback", "reads", "writes", "runs after")


def _cells(row: Row) -> tuple[str, ...]:
    after = "<br>".join(f"{escape(first)} <small>({_wrapped(why)})</small>" for first, why in row.after)
    reads = "<br>".join(map(_wrapped, row.reads)) if row.declared else "<i>everything: nothing is declared</i>"
    return str(row.position), f"<b>{escape(row.callback)}</b>", reads, "<br>".join(map(_wrapped, row.writes)), after


def _cell(inner: str) -> str:
    return f"<td style='text-align:left;vertical-align:top'>{inner}</td>"


def _wrapped(path: str) -> str:
    """A path that may be broken at its dots."""
    return escape(path).replace(".", ".<wbr>")


def _notice_html(notice: str) -> str:
    return f"<p style='margin:4px 0'>{escape(notice)}</p>"
