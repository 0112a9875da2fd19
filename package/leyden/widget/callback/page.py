"""The parts of a callback panel as HTML: faults with their mending line, the table, the timeline, the writes."""

from collections.abc import Mapping, Sequence
from html import escape

from leyden.plot.lanes import SHADES, thinned
from leyden.train import Event, Fault, Total, Write
from leyden.train.show import Row, marks_of, spans_of

__all__ = ["PAGE_STYLE", "faults_html", "lanes_html", "table_html", "totals_html", "writes_html"]

_COLUMNS = 300  # bars of one lane and one hook that are told apart
_MARKS, _TICKS = 8, 5  # steps and moments that are named along the timeline
_WRITES = 200  # rows of the table of writes
_COPY = (
    "const line = this.previousElementSibling; getSelection().selectAllChildren(line);"
    "this.textContent = document.execCommand('copy') ? 'Copied' : 'Selected';"
)

PAGE_STYLE = """
.leyden .faults { display: flex; flex-direction: column; gap: 8px; }
.leyden .fault { border-left: 3px solid var(--leyden-red); padding: 2px 10px; }
.leyden .fault b { color: var(--leyden-red); }
.leyden .mend { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; margin-top: 4px; }
.leyden .mend code { font-family: var(--jp-code-font-family, monospace); font-size: 12px; padding: 3px 8px;
  background: var(--jp-layout-color2, #8882); border-radius: 3px; user-select: all; overflow-wrap: anywhere;
  color: inherit; }
.leyden .mend button { font: inherit; font-size: 12px; padding: 1px 10px; border-radius: 3px; cursor: pointer;
  border: 1px solid var(--jp-border-color1, #8888); background: none; color: inherit; }
.leyden .mend button:focus-visible { outline: 2px solid var(--jp-brand-color1, Highlight); outline-offset: 1px; }
.leyden .leyden-page { overflow: auto; max-height: 640px; height: auto; }
.leyden .leyden-page:focus-visible { outline: 2px solid var(--jp-brand-color1, Highlight); }
.leyden table.wide { border-collapse: collapse; font-size: 12px; font-variant-numeric: tabular-nums; }
.leyden table.wide th, .leyden table.wide td { text-align: left; padding: 3px 16px 3px 0; vertical-align: top;
  white-space: nowrap; }
.leyden table.wide thead th { font-weight: 600; color: var(--jp-ui-font-color2, GrayText); white-space: nowrap; }
.leyden table.wide .bar { display: block; width: 110px; margin-top: 7px; }
.leyden .lanes { display: grid; grid-template-columns: fit-content(38%) minmax(0, 1fr); gap: 0 10px; font-size: 12px;
  font-variant-numeric: tabular-nums; align-items: center; }
.leyden .lanes .who { overflow-wrap: anywhere; min-width: 0; }
.leyden .lanes .lane { position: relative; height: 24px; border-bottom: 1px solid var(--jp-border-color2, #8884); }
.leyden .lanes .lane i { position: absolute; top: 4px; bottom: 4px; min-width: 2px; border-radius: 1px; }
.leyden .lanes .lane i.beside { background-image: repeating-linear-gradient(135deg, transparent 0 3px,
  var(--jp-layout-color1, Canvas) 3px 5px); }
.leyden .lanes .scale { position: relative; height: 18px; color: var(--jp-ui-font-color2, GrayText); overflow: hidden; }
.leyden .lanes .scale span { position: absolute; white-space: nowrap; padding-left: 3px; overflow: hidden;
  box-sizing: border-box; border-left: 1px solid var(--jp-border-color1, #8888); }
.leyden .keys { display: flex; flex-wrap: wrap; gap: 2px 14px; font-size: 12px; margin-top: 6px; }
.leyden .keys i { display: inline-block; width: 11px; height: 11px; border-radius: 2px; margin-right: 5px;
  vertical-align: -1px; }
.leyden .keys i.beside { background: repeating-linear-gradient(135deg, #888 0 3px, transparent 3px 5px); }
"""


def faults_html(faults: Sequence[Fault], notices: Sequence[str]) -> str:
    """Every fault with its mending line beside a button that copies it, and what else is worth knowing."""
    told = []
    for fault in faults:
        mend = ""
        if fault.mend:
            button = f'<button type="button" onclick="{_COPY}" aria-label="Copy {escape(fault.mend)}">Copy</button>'
            mend = f'<div class="mend"><code>{escape(fault.mend)}</code>{button}</div>'
        told.append(f'<div class="fault"><b>{escape(fault.kind)}</b> {escape(fault.message)}{mend}</div>')
    told += [f'<div class="quiet">{escape(notice)}</div>' for notice in notices]
    role = "alert" if faults else "note"
    return f'<div class="faults" role="{role}">{"".join(told)}</div>' if told else ""


def table_html(rows: Sequence[Row]) -> str:
    """Callbacks in running order: what they read and write, after whom they run and why."""
    cells = []
    for row in rows:
        after = "<br>".join(f'{escape(name)} <span class="quiet">({_path(why)})</span>' for name, why in row.after)
        reads = "<br>".join(map(_path, row.reads)) if row.declared else '<span class="quiet">undeclared</span>'
        cells.append((str(row.position), escape(row.callback), reads, "<br>".join(map(_path, row.writes)), after))
    return _table(("", "callback", "reads", "writes", "runs after"), cells, label="callbacks")


def lanes_html(events: Sequence[Event], lanes: Sequence[str], hooks: Sequence[str], *, label: str) -> str:
    """The calls as bars, a lane a callback, on one clock in milliseconds; the colour is that of the hook.

    Args:
        events: of one run; where many bars would cover each other, the longest is drawn.
        lanes: callbacks, top to bottom.
        hooks: all hooks of the log, in an order that stays, so that each keeps its colour.
        label: what is shown, in words.
    """
    if not events:
        return '<span class="quiet">Nothing has run yet, or nothing of what is chosen.</span>'
    start, end = min(event.start for event in events), max(event.start + event.seconds for event in events)
    clock = (start, max(end - start, 1e-6))
    colours = {hook: SHADES[place % len(SHADES)] for place, hook in enumerate(hooks)}
    rows = [f'<span></span><div class="scale">{_steps(events, clock)}</div>']
    for name in lanes:
        own = [event for event in events if event.callback == name]
        words = f"{name}: {len(own)} calls, {_long(sum(event.seconds for event in own))} in all"
        rows.append(f'<span class="who">{escape(name)}</span><div class="lane" role="img" aria-label="{escape(words)}">'
                    f"{_bars(own, clock, colours)}</div>")  # fmt: skip
    rows.append(f'<span></span><div class="scale">{_ticks(clock[1])}</div>')
    group = f'<div class="lanes" role="group" aria-label="{escape(label)}">{"".join(rows)}</div>'
    return f'<div class="quiet">{escape(label)}</div>{group}{_keys(events, colours)}'


def totals_html(totals: Sequence[Total]) -> str:
    """The time that every callback took in all, the longest first."""
    found: dict[str, list[Total]] = {}
    for total in totals:
        found.setdefault(total.callback, []).append(total)
    sums = {name: sum(total.seconds for total in rows) for name, rows in found.items()}
    most = max(sums.values(), default=0.0) or 1.0
    cells = []
    for name in sorted(sums, key=sums.__getitem__, reverse=True):
        calls, longest = sum(total.calls for total in found[name]), max(total.longest for total in found[name])
        bar = f'<span class="bar"><i style="width:{sums[name] / most:.1%}"></i></span>'
        told = (_long(sums[name]), f"{calls:,}", _long(sums[name] / calls), _long(longest))
        cells.append((escape(name), bar, *told))
    return _table(("callback", "", "in all", "calls", "mean", "longest"), cells, label="time") if cells else ""


def writes_html(writes: Sequence[Write]) -> str:
    """The newest writes, newest first."""
    if not writes:
        return '<span class="quiet">Nothing was written yet, or nothing of what is chosen.</span>'
    cells = [
        (str(write.step), escape(write.hook), escape(write.callback), _path(write.path),
         _value(write.before), _value(write.after))
        for write in reversed(writes[-_WRITES:])
    ]  # fmt: skip
    more = f"the newest {_WRITES} of {len(writes):,} writes" if len(writes) > _WRITES else f"{len(writes):,} writes"
    heads = ("step", "hook", "callback", "what", "before", "after")
    return f'<div class="quiet">{more}, newest first</div>{_table(heads, cells, label="writes")}'


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, label: str) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<table class="wide" aria-label="{label}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _bars(events: Sequence[Event], clock: tuple[float, float], colours: Mapping[str, str]) -> str:
    start, length = clock
    steps = {(event.start, event.hook): event.step for event in events}
    return "".join(
        f'<i class="{"beside" if span.beside else "alone"}" style="left:{(span.start - start) / length:.3%};'
        f'width:{span.seconds / length:.3%};background-color:{colours.get(span.kind, SHADES[-1])}" '
        f'title="{span.kind}, step {steps[span.start, span.kind]}, {_long(span.seconds)}"></i>'
        for span in thinned(spans_of(events), _COLUMNS)
    )


def _steps(events: Sequence[Event], clock: tuple[float, float]) -> str:
    marks = list(marks_of(events).items())
    start, length = clock
    return _scale([(name, (at - start) / length) for name, at in marks[:: -(-len(marks) // _MARKS)]])


def _ticks(length: float) -> str:
    return _scale([(_long(length * place / _TICKS) if place else "0", place / _TICKS) for place in range(_TICKS)])


def _scale(named: Sequence[tuple[str, float]]) -> str:
    """Words along a line, each with the room up to the next."""
    ends = [share for _, share in named[1:]] + [1.0]
    return "".join(
        f'<span style="left:{share:.3%};width:{max(end - share, 0):.3%}">{escape(name)}</span>'
        for (name, share), end in zip(named, ends, strict=True)
    )


def _keys(events: Sequence[Event], colours: Mapping[str, str]) -> str:
    seen = {event.hook for event in events}
    keys = [f'<span><i style="background:{colours[hook]}"></i>{hook}</span>' for hook in colours if hook in seen]
    if any(span.beside for span in spans_of(events)):
        keys.append('<span><i class="beside"></i>in a thread of its own</span>')
    return f'<div class="keys">{"".join(keys)}</div>'


def _long(seconds: float) -> str:
    """A time in three signs and its unit."""
    for size, unit in ((1.0, "s"), (1e-3, "ms")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def _path(path: str) -> str:
    return escape(path).replace(".", ".<wbr>")


def _value(value: object) -> str:
    if value is None:
        return '<span class="quiet">-</span>'
    return escape(f"{value:.6g}" if isinstance(value, float) else str(value))
