r"""Say which open issues need a person: unread ones, those that wait, stale ones, those without a next step.

It reads an export of the issues, asks no network and changes nothing. With GitHub's command line:

    gh issue list --state open --limit 1000 \
        --json number,title,labels,createdAt,updatedAt,comments,assignees,author > issues.json
    python tools/triage.py issues.json

A list as the REST interface gives it (created_at, user, ...), or several pages of one, is read as well; "-" is the
standard input. What the labels mean is told in docs/governance.md.

The exit status is 0 if nothing is late, 1 if something is, and 2 if the export cannot be read.
"""

import argparse
import io
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import NamedTuple

from issue_export import BadExport, Issue, read_export, read_text

__all__ = ["KNOWN", "LIMITS", "SECTIONS", "Finding", "findings", "main"]

LIMITS = {  # the seven states in their order; days after which an issue is late in it
    "state: new": 7,
    "state: waiting": 28,
    "state: confirmed": 14,
    "state: deciding": 14,
    "state: ready": 180,
    "state: taken": 30,
    "state: review": 7,
}
NEXT = {
    "state: confirmed": "propose what to do and set state: deciding, or describe it and set state: ready",
    "state: deciding": "decide: state: ready, or close it with end: declined and the reason",
    "state: ready": "ask whether anyone still needs it",
    "state: taken": "ask whoever has it; a week without an answer makes it state: ready again",
    "state: review": "read the pull request",
}
KNOWN = (
    *LIMITS,
    *(f"kind: {name}" for name in ("defect", "claim", "wish", "question", "task")),
    *(f"weight: {name}" for name in ("urgent", "next", "some day")),
    *(f"end: {name}" for name in ("duplicate", "declined", "no answer", "answered", "as meant")),
    *(f"area: {name}" for name in ("assets", "augment", "cli", "data", "items", "medical", "onnx", "plot", "prune")),
    *(f"area: {name}" for name in ("recipe", "train", "vision", "widget", "documentation", "building")),
    "first hour",
)
SECTIONS = {
    "untriaged": "Not read yet",
    "waiting": "Wait for their reporters",
    "stale": "Nothing has happened for too long",
    "stuck": "Lack a next step",
    "contradictory": "Labels that contradict each other",
    "unknown": "Labels that .github/labels.yml does not know",
}
ONCE = ("kind", "state", "weight")  # families of which an issue has one label


class Finding(NamedTuple):
    """One issue in one section.

    Attributes:
        section: a key of SECTIONS.
        issue: which.
        days: since when.
        late: whether it needs somebody now.
        say: what to do.
    """

    section: str
    issue: Issue
    days: int
    late: bool
    say: str


def since(day: date, today: date) -> int:
    """The days from one day to another; a clock that is ahead makes none."""
    return max(0, (today - day).days)


def in_order(issue: Issue, today: date) -> Iterator[Finding]:
    """Where an issue with one state, or none, stands in the pipeline."""
    state = next(iter(issue.of("state")), "state: new")
    if state == "state: new":
        days = since(issue.created, today)
        yield Finding("untriaged", issue, days, days > LIMITS[state], "read it; give it a kind, an area and a state")
    elif state == "state: waiting" and issue.answered:
        days = since(issue.answered, today)
        yield Finding("stuck", issue, days, days > LIMITS["state: new"], "its reporter has answered: read it")
    elif state == "state: waiting":
        days = since(issue.asked or issue.updated, today)
        late = days > LIMITS[state]
        say = "close it with end: no answer" if late else "its reporter was asked"
        yield Finding("waiting", issue, days, late, say)
    else:
        days = since(issue.updated, today)
        if days > LIMITS.get(state, 0) and state in NEXT:
            yield Finding("stale", issue, days, True, NEXT[state])


def missing(issue: Issue) -> Iterator[str]:
    """What keeps an issue that was read from going on."""
    states = issue.of("state")
    if states and states != ["state: new"] and not issue.of("kind"):
        yield "give it a kind"
    if {"state: ready", "state: taken", "state: review"} & set(states) and not issue.of("weight"):
        yield "give it a weight"
    if "state: taken" in states and not issue.assignees:
        yield "assign it, or set state: ready"


def contradictions(issue: Issue) -> Iterator[str]:
    """What cannot be true at once."""
    for family in ONCE:
        if len(issue.of(family)) > 1:
            yield f"keep one of {', '.join(issue.of(family))}"
    if issue.of("end"):
        yield f"close it, or take off {', '.join(issue.of('end'))}"
    early = set(issue.of("state")) - {"state: ready", "state: taken", "state: review"}
    if "first hour" in issue.labels and (early or not issue.of("state")):
        yield "first hour is for what is ready: decide and describe it first"
    for state in sorted({"state: new", "state: ready"} & issue.labels):
        if issue.assignees:
            yield f"{state}, yet assigned to {', '.join(issue.assignees)}: set state: taken, or assign nobody"


def findings(issues: list[Issue], today: date) -> list[Finding]:
    """Everything there is to say of the issues.

    Args:
        issues: the open ones.
        today: the day that ages are counted to.

    Returns:
        By section, in each the oldest first; an issue may stand in several.
    """
    found: list[Finding] = []
    for issue in issues:
        age = since(issue.updated, today)
        if len(issue.of("state")) <= 1:
            found += in_order(issue, today)
        found += [Finding("stuck", issue, age, True, say) for say in missing(issue)]
        found += [Finding("contradictory", issue, age, True, say) for say in contradictions(issue)]
        foreign = sorted(issue.labels - set(KNOWN))
        if foreign:
            found.append(Finding("unknown", issue, age, True, f"replace or list {', '.join(foreign)}"))
    order = list(SECTIONS)
    return sorted(found, key=lambda one: (order.index(one.section), -one.days, one.issue.number))


def counted(number: int, thing: str) -> str:
    """A number with its noun."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def as_text(told: list[Finding], head: str) -> str:
    """The findings for a terminal."""
    lines = [head]
    for section, title in SECTIONS.items():
        inside = [one for one in told if one.section == section]
        lines += ["", f"{title} ({len(inside)})"] if inside else []
        for one in inside:
            mark = "late" if one.late else ""
            lines.append(
                f"  {mark:4}  {counted(one.days, 'day'):>9}  #{one.issue.number}  {one.issue.title}: {one.say}"
            )
    return "\n".join(lines)


def plain(text: str) -> str:
    """A text of strangers as Markdown that means nothing more: no links, no tables, nobody called."""
    return re.sub(r"([\\`*_{}\[\]()#+!|~<>&])", r"\\\1", text).replace("@", "&#64;")


def as_markdown(told: list[Finding], head: str) -> str:
    """The findings as tables."""
    lines = [f"{head}."]
    for section, title in SECTIONS.items():
        inside = [one for one in told if one.section == section]
        if inside:
            lines += ["", f"## {title}", "", "| Issue | Days | Late | What to do |", "|---|---:|---|---|"]
        for one in inside:
            cells = (f"#{one.issue.number} {plain(one.issue.title)}", str(one.days), "yes" if one.late else "no")
            lines.append(f"| {' | '.join((*cells, plain(one.say)))} |")
    return "\n".join(lines)


def as_json(told: list[Finding], head: str) -> str:
    """The findings for another program."""
    rows = [
        {
            "section": one.section,
            "number": one.issue.number,
            "title": one.issue.title,
            "labels": sorted(one.issue.labels),
            "assignees": list(one.issue.assignees),
            "days": one.days,
            "late": one.late,
            "say": one.say,
        }
        for one in told
    ]
    return json.dumps({"told": head, "findings": rows}, indent=2, ensure_ascii=False)


WRITERS = {"text": as_text, "markdown": as_markdown, "json": as_json}


def main(arguments: list[str] | None = None) -> int:
    """Print what needs somebody.

    Args:
        arguments: those of the command line, if not the real ones.

    Returns:
        0 if nothing is late, 1 if something is, 2 if the export cannot be read.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("export", help="the file of issues, or - for the standard input")
    parser.add_argument("--format", choices=WRITERS, default="text", help="text unless told")
    parser.add_argument("--today", type=date.fromisoformat, default=None, help="the day to count to: 2026-11-22")
    asked = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a title may hold what the terminal cannot show
    try:
        issues, passed_over = read_export(read_text(asked.export))
    except BadExport as error:
        print(f"{asked.export}: {error}", file=sys.stderr)
        return 2
    today = asked.today or datetime.now(UTC).date()
    told = findings(issues, today)
    late = len({one.issue.number for one in told if one.late})
    head = f"{counted(len(issues), 'open issue')} on {today}, {late} late"
    if passed_over:
        head += f"; passed over: {passed_over} closed, pull requests, or told twice"
    print(WRITERS[asked.format](told, head))
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
