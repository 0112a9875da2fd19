"""One page that tells a run: figures, pictures and how they were made, in a single file."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from leyden import plot

__all__ = ["Section", "report"]

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2329; --paper: #fff; --line: #d9dee3; --soft: #5b6670; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --paper: #14181c; --line: #353c43; --soft: #9aa5af; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
       max-width: 56rem; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2.25rem 0 .5rem; }
p { margin: .25rem 0 .75rem; } .lead { color: var(--soft); }
table { border-collapse: collapse; } td { border-bottom: 1px solid var(--line); padding: .3rem 1.5rem .3rem 0; }
td:last-child { text-align: right; font-variant-numeric: tabular-nums; padding-right: 0; }
figure { margin: .75rem 0; } img { max-width: 100%; height: auto; background: #fff; border-radius: 4px; }
"""


@dataclass(frozen=True)
class Section:
    """A heading, what is to be said, and at most one picture (PNG) with its text alternative."""

    title: str
    text: str
    picture: bytes | None = None
    alternative: str = ""


def report(title: str, lead: str, *, rows: Sequence[tuple[str, str]], sections: Sequence[Section]) -> str:
    """Lays out a page that needs nothing beside itself: no scripts, no links, pictures inside.

    Args:
        title: heading of the page.
        lead: one sentence below it.
        rows: (what, value) pairs of the table.
        sections: shown in order.

    Returns:
        A complete HTML document.

    Examples:
        >>> page = report("A run", "Of <one> step.", rows=[("accuracy", "0.9")], sections=[Section("How", "By hand.")])
        >>> "Of &lt;one&gt; step." in page, page.count("<h2>")
        (True, 1)
    """
    cells = "\n".join(f"<tr><td>{escape(what)}</td><td>{escape(value)}</td></tr>" for what, value in rows)
    body = "\n".join(_section(section) for section in sections)
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title><style>{_STYLE}</style></head>
<body>
<h1>{escape(title)}</h1>
<p class="lead">{escape(lead)}</p>
<table>
{cells}
</table>
{body}
</body>
</html>
"""


def _section(section: Section) -> str:
    figure = ""
    if section.picture:
        source = plot.data_uri(section.picture)
        figure = f'\n<figure><img src="{source}" alt="{escape(section.alternative, quote=True)}"></figure>'
    return f"<h2>{escape(section.title)}</h2>\n<p>{escape(section.text)}</p>{figure}"
