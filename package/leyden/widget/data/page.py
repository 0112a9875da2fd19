"""The pages of a data panel beside browsing, as HTML: statistics, duplicates, the pipe."""

from html import escape

from leyden.data.look.field import FieldStatistics
from leyden.widget.base.gallery import still
from leyden.widget.base.telling import bar_html, state_html, told_progress
from leyden.widget.base.view import bars, facts_table, image
from leyden.widget.data.findings import field_facts, groups_shown, pipeline_picture
from leyden.widget.data.panel import DataPanel
from leyden.widget.data.thumb import message

__all__ = ["duplicates_html", "look_html", "pipeline_html", "statistics_html"]

_MEMBERS = 8  # of a group that are shown
_BROKEN = 50
_NOTHING = '<p class="quiet">Nothing yet: press <b>Look through</b>, or call <code>panel.look()</code>.</p>'


def look_html(panel: DataPanel) -> str:
    """How far a look through all elements is."""
    if panel.status == "idle":
        return '<span class="quiet">not looked through yet</span>'
    (done, total), (seconds, remaining) = panel.progress, panel.times
    told = told_progress(done, total, "elements", seconds=seconds, remaining=remaining)
    return state_html(panel.status, told) + bar_html(done / total if total else 0.0, "elements read")


def statistics_html(panel: DataPanel) -> str:
    """A table of the fields, channels and sizes, the classes as bars, the broken elements."""
    found = panel.findings.statistics
    if found is None:
        return _NOTHING
    head = "".join(f'<th scope="col">{name}</th>' for name in ("field", *FieldStatistics.HEADS))
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in field.row())}</tr>'
        for name, field in found.fields.items()
    )
    seen = f"{found.seen:,} of {found.count:,} elements read, {len(found.broken):,} broken"
    table = f'<table class="wide"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    across = f'<div class="across" tabindex="0" role="group" aria-label="fields">{table}</div>'
    parts = [f'<p class="quiet">{seen}</p>{across}', facts_table(field_facts(found))]
    if found.balance:
        most = max(found.balance.values()) or 1
        parts.append(bars("Labels", [(name, count / most, f"{count:,}") for name, count in found.balance.items()]))
    if found.broken:
        faults = [(str(fault.index), fault.problem) for fault in found.broken[:_BROKEN]]
        more = f"<p>and {len(found.broken) - _BROKEN:,} more</p>" if len(found.broken) > _BROKEN else ""
        parts.append(f"<b>Broken elements</b>{facts_table(faults)}{more}")
    return "".join(f'<div class="group">{part}</div>' for part in parts)


def duplicates_html(panel: DataPanel) -> str:
    """The groups of equal elements and of images that look alike, as thumbnails."""
    found = panel.findings.duplicates
    if found is None:
        return _NOTHING
    told = []
    for words, group in groups_shown(found):
        items = [message(panel.thumb(place)) for place in group[:_MEMBERS]]
        names = [f"{found.told(place)} {found.labels.get(place, '')}".strip() for place in group[:_MEMBERS]]
        more = f" (the first {_MEMBERS} of {len(group)})" if len(group) > _MEMBERS else ""
        told.append(f'<div class="group"><b>{escape(words)}</b>{more}{still(items, names)}</div>')
    brief = f'<div class="group"><pre>{escape(_brief(repr(found)))}</pre></div>'
    return f'{brief}<div class="groups">{"".join(told)}</div>'


def pipeline_html(panel: DataPanel) -> str:
    """The steps of the pipe and the time that each takes."""
    if panel.findings.timing is None:
        return _NOTHING
    words, png = pipeline_picture(panel.findings.timing)
    broken = [f'<div class="bad">{escape(str(fault))}</div>' for fault in panel.findings.timing.broken[:5]]
    return f'<div class="group">{image(png, alt=words)}{"".join(broken)}</div>'


def _brief(words: str) -> str:
    """The counts of a report, without the groups that are shown below."""
    return "\n".join(line.strip() for line in words.splitlines() if not line.startswith(("  equal:", "  alike:")))
