"""The open issues of a project, read from an export of them: see triage.py for how one is written."""

import json
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["BadExport", "Export", "Issue", "read_export", "read_text"]

EXPORT = "write it with gh issue list --json, as `python tools/triage.py --help` says"


class BadExport(ValueError):
    """The export cannot be read; the message has one line for each reason."""


@dataclass(frozen=True)
class Issue:
    """An open issue, as far as the order of work goes.

    Attributes:
        number: its number.
        title: what it is called, in one line.
        labels: their names, in lower case.
        assignees: who has it.
        created: the day it was opened.
        updated: the day anything of it changed last.
        asked: the day somebody other than its reporter wrote last, if the export tells.
        answered: the day its reporter wrote last, if that is after the last of the others.
    """

    number: int
    title: str
    labels: frozenset[str]
    assignees: tuple[str, ...]
    created: date
    updated: date
    asked: date | None = None
    answered: date | None = None

    def of(self, family: str) -> list[str]:
        """Its labels of one family, such as "state"."""
        return sorted(label for label in self.labels if label.startswith(f"{family}: "))


class Export(NamedTuple):
    """The open issues of a file, and how many entries were something else: closed, pull requests, told twice."""

    issues: list[Issue]
    passed_over: int


def first(entry: dict[str, Any], *names: str) -> Any:
    """The value of the first of the names that the entry has: gh and REST call the same thing differently."""
    return next((entry[name] for name in names if entry.get(name) is not None), None)


def day_of(entry: dict[str, Any], *names: str) -> date:
    """The day of a moment, in UTC."""
    told = first(entry, *names)
    try:
        moment = datetime.fromisoformat(told)
        return (moment.astimezone(UTC) if moment.tzinfo else moment).date()
    except (TypeError, ValueError, OverflowError):
        raise BadExport(f"{names[0]} is {told!r}, not a moment such as '2026-11-22T07:30:00Z'") from None


def named(entry: dict[str, Any], key: str, name: str) -> list[str]:
    """The names in a list of objects, or of plain names."""
    held = entry.get(key) or []
    if isinstance(held, list):
        found = [one.get(name) if isinstance(one, dict) else one for one in held]
        if all(isinstance(one, str) for one in found):
            return [str(one) for one in found]
    raise BadExport(f"{key} is {held!r:.60}, not a list of objects with a {name!r}")


def login(entry: dict[str, Any]) -> str:
    """Who wrote an issue or a comment; empty if the account is gone."""
    person = first(entry, "author", "user")
    return str(person.get("login", "")) if isinstance(person, dict) else ""


def conversation(entry: dict[str, Any]) -> tuple[date | None, date | None]:
    """The day the others wrote last, and the day the reporter answered them; REST gives a mere count of comments."""
    comments = entry.get("comments")
    if not isinstance(comments, list):
        return None, None
    reporter, asked, answered = login(entry), None, None
    for comment in comments:
        if not isinstance(comment, dict):
            raise BadExport(f"comments holds {comment!r:.60}, not an object")
        day = day_of(comment, "createdAt", "created_at")
        if reporter and login(comment) == reporter:
            answered = day if asked else None
        else:
            asked, answered = day, None
    return asked, answered


def read_issue(entry: dict[str, Any]) -> Issue:
    """One issue of an export."""
    number, title = entry.get("number"), entry.get("title")
    if not isinstance(number, int) or isinstance(number, bool):
        raise BadExport(f"number is {number!r}, not a whole number")
    if not isinstance(title, str):
        raise BadExport(f"title is {title!r}, not a text")
    asked, answered = conversation(entry)
    return Issue(
        number=number,
        title=" ".join("".join(sign if sign.isprintable() else " " for sign in title).split()),
        labels=frozenset(label.strip().lower() for label in named(entry, "labels", "name")),
        assignees=tuple(named(entry, "assignees", "login")),
        created=day_of(entry, "createdAt", "created_at"),
        updated=day_of(entry, "updatedAt", "updated_at", "createdAt", "created_at"),
        asked=asked,
        answered=answered,
    )


def entries_of(text: str) -> list[Any]:
    """What an export lists, page after page."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        hint = "; several pages in a row? gh api has --slurp" if "Extra data" in str(error) else ""
        raise BadExport(f"is no JSON ({error}){hint}; {EXPORT}") from None
    if isinstance(value, dict):
        value = value.get("items", value)  # what a search gives
    if not isinstance(value, list):
        raise BadExport(f"holds one {type(value).__name__}, not a list of issues; {EXPORT}")
    pages = value if value and all(isinstance(page, list) for page in value) else [value]
    return [entry for page in pages for entry in page]


def read_export(text: str) -> Export:
    """Read an export.

    Args:
        text: JSON, as gh or the REST interface gives it.

    Returns:
        Its open issues, by number; pull requests and closed ones are only counted.

    Raises:
        BadExport: It is no list of issues, or some are not what they should be: all of them are told.
    """
    found: dict[int, Issue] = {}
    faults, entries = [], entries_of(text)
    for place, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict):
            faults.append(f"entry {place} is {entry!r:.60}, not an issue")
        elif entry.get("pull_request") is None and str(entry.get("state") or "open").lower() == "open":
            try:
                issue = read_issue(entry)
            except BadExport as error:
                faults.append(f"entry {place} (issue {entry.get('number')!r}): {error}")
            else:
                older = found.get(issue.number)
                found[issue.number] = older if older and older.updated > issue.updated else issue
    if faults:
        raise BadExport("\n".join([f"{len(faults)} of {len(entries)} entries cannot be read; {EXPORT}", *faults]))
    return Export([found[number] for number in sorted(found)], len(entries) - len(found))


def read_text(name: str) -> str:
    """What a file holds, or the standard input for "-"."""
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise BadExport(f"cannot be read: {error.strerror}") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadExport("is not UTF-8; in PowerShell, write it with `| Out-File -Encoding utf8`") from None
